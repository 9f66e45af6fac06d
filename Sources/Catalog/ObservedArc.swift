import GRDB

/// What SSObject says of an object's detections: how many, over what time, in which bands.
public struct ObservedArc: Sendable {
  public var ssObjectId: Int64
  public var designation: String
  public var count: Int
  /// First and last time [MJD TAI].
  public var firstMjdTai: Double
  public var lastMjdTai: Double
  /// Detections in each of LSST's bands (u, g, r, i, z, y); others count in none.
  public var bandCounts: [String: Int]

  public init(
    ssObjectId: Int64, designation: String, count: Int, firstMjdTai: Double, lastMjdTai: Double,
    bandCounts: [String: Int]
  ) {
    self.ssObjectId = ssObjectId
    self.designation = designation
    self.count = count
    self.firstMjdTai = firstMjdTai
    self.lastMjdTai = lastMjdTai
    self.bandCounts = bandCounts
  }
}

/// The prepared statement that writes SSObject rows from arcs.
struct ObservedArcWriter: ~Copyable {
  enum Mode {
    /// The row says what the arc says.
    case replace
    /// The arc is of new detections, which come to those that the row has.
    case extend
  }

  private var statement: BulkInsert

  init(_ database: Database, _ mode: Mode, revision: Int) throws {
    let counts = SSObjectColumns.bands.map { "\($0)_nObs" }
    let columns = ["ssObjectId", "designation", "nObs", "arc", "firstObservationMjdTai"] + counts
    let change: String
    switch mode {
    case .replace:
      let own = columns.dropFirst()
      change = """
        \(own.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")),
        sinceRevision = \(revision)
        WHERE (\(own.map { "SSObject.\($0)" }.joined(separator: ", ")))
          IS NOT (\(own.map { "excluded.\($0)" }.joined(separator: ", ")))
        """
    case .extend:
      // Two arcs make the one that holds both.
      change = """
        nObs = nObs + excluded.nObs,
        arc = max(firstObservationMjdTai + arc, excluded.firstObservationMjdTai + excluded.arc)
          - min(firstObservationMjdTai, excluded.firstObservationMjdTai),
        firstObservationMjdTai = min(firstObservationMjdTai, excluded.firstObservationMjdTai),
        \(counts.map { "\($0) = \($0) + excluded.\($0)" }.joined(separator: ", ")),
        sinceRevision = \(revision)
        """
    }
    statement = try BulkInsert(
      database,
      sql: """
        INSERT INTO SSObject (\(columns.joined(separator: ", ")), sinceRevision)
        VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")), \(revision))
        ON CONFLICT (ssObjectId) DO UPDATE SET \(change)
        """)
  }

  /// - Returns: the number of rows that changed.
  mutating func write(_ arc: ObservedArc) throws -> Int {
    statement.bind(arc.ssObjectId)
    statement.bind(arc.designation)
    statement.bind(arc.count)
    statement.bind(arc.lastMjdTai - arc.firstMjdTai)
    statement.bind(arc.firstMjdTai)
    for band in SSObjectColumns.bands { statement.bind(arc.bandCounts[band] ?? 0) }
    return try statement.run()
  }
}

/// The names of SSObject's columns.
enum SSObjectColumns {
  static let bands = ["u", "g", "r", "i", "z", "y"]

  /// LSST's 80, in its order.
  static let all: [String] =
    [
      "ssObjectId", "designation", "nObs", "arc", "firstObservationMjdTai", "MOIDEarth",
      "MOIDEarthDeltaV", "MOIDEarthEclipticLongitude", "MOIDEarthTrueAnomaly",
      "MOIDEarthTrueAnomalyObject", "tisserand_J", "extendednessMax", "extendednessMedian",
      "extendednessMin",
    ]
    + bands.flatMap { band in
      ["\(band)_nObs"] + BandPhotometry.columns(band)
    }
}
