/// A row of `SSSource`: a detection held against its object's orbit. Names and units are LSST's;
/// what is nil was not computed. `nil` geometry belongs to an object without a fitted orbit.
public struct SSSourceRecord: Sendable {
  public var diaSourceId: Int64
  /// Ecliptic J2000 and galactic place of the detection [deg].
  public var eclLambda: Double
  public var eclBeta: Double
  public var galLon: Double
  public var galLat: Double
  public var geometry: Geometry?
  /// How near the detection is to the predicted place among all of its exposure: 1 is the nearest.
  public var distanceRank: Int?

  /// Degrees, arcsec, au, km/s, deg/d; states when the light left, ICRF.
  public struct Geometry: Sendable {
    public var elongation = 0.0
    public var phaseAngle = 0.0
    public var topoRange = 0.0
    public var topoRangeRate = 0.0
    public var helioRange = 0.0
    public var helioRangeRate = 0.0
    public var ephRa = 0.0
    public var ephDec = 0.0
    public var ephVmag: Double?
    public var ephRate = 0.0
    public var ephRateRa = 0.0
    public var ephRateDec = 0.0
    public var ephOffset = 0.0
    public var ephOffsetRa = 0.0
    public var ephOffsetDec = 0.0
    public var ephOffsetAlongTrack = 0.0
    public var ephOffsetCrossTrack = 0.0
    /// x, y, z [au], vx, vy, vz [km/s].
    public var helio: [6 of Double] = .init(repeating: 0)
    public var topo: [6 of Double] = .init(repeating: 0)

    public init() {}
  }

  public init(
    diaSourceId: Int64, eclLambda: Double, eclBeta: Double, galLon: Double, galLat: Double,
    geometry: Geometry? = nil
  ) {
    self.diaSourceId = diaSourceId
    self.eclLambda = eclLambda
    self.eclBeta = eclBeta
    self.galLon = galLon
    self.galLat = galLat
    self.geometry = geometry
  }
}

extension SSSourceRecord {
  static let columns = [
    "diaSourceId", "ssObjectId", "designation", "eclLambda", "eclBeta", "galLon", "galLat",
    "elongation", "phaseAngle", "topoRange", "topoRangeRate", "helioRange", "helioRangeRate",
    "ephRa", "ephDec", "ephVmag", "ephRate", "ephRateRa", "ephRateDec", "ephOffset",
    "ephOffsetRa", "ephOffsetDec", "ephOffsetAlongTrack", "ephOffsetCrossTrack", "helio_x",
    "helio_y", "helio_z", "helio_vx", "helio_vy", "helio_vz", "helio_vtot", "topo_x", "topo_y",
    "topo_z", "topo_vx", "topo_vy", "topo_vz", "topo_vtot", "diaDistanceRank",
  ]

  /// Writes a row, unless it is there with the same content.
  static func upsert(revision: Int) -> String {
    let own = columns.dropFirst()
    return """
      INSERT INTO SSSource (\(columns.joined(separator: ", ")), sinceRevision)
      VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")), \(revision))
      ON CONFLICT (diaSourceId) DO UPDATE SET
        \(own.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")),
        sinceRevision = \(revision)
      WHERE (\(own.map { "SSSource.\($0)" }.joined(separator: ", ")))
        IS NOT (\(own.map { "excluded.\($0)" }.joined(separator: ", ")))
      """
  }

  func bind(to statement: inout BulkInsert, ssObjectId: Int64, designation: String) {
    statement.bind(diaSourceId)
    statement.bind(ssObjectId)
    statement.bind(designation)
    for value in [eclLambda, eclBeta, galLon, galLat] { statement.bind(value) }
    guard let g = geometry else {
      for _ in 7..<Self.columns.count - 1 { statement.bindNull() }
      statement.bind(distanceRank)
      return
    }
    for value in [
      g.elongation, g.phaseAngle, g.topoRange, g.topoRangeRate, g.helioRange, g.helioRangeRate,
      g.ephRa, g.ephDec,
    ] { statement.bind(value) }
    statement.bind(g.ephVmag)
    for value in [
      g.ephRate, g.ephRateRa, g.ephRateDec, g.ephOffset, g.ephOffsetRa, g.ephOffsetDec,
      g.ephOffsetAlongTrack, g.ephOffsetCrossTrack,
    ] { statement.bind(value) }
    for state in [g.helio, g.topo] {
      for index in 0..<6 { statement.bind(state[index]) }
      statement.bind(
        (state[3] * state[3] + state[4] * state[4] + state[5] * state[5]).squareRoot())
    }
    statement.bind(distanceRank)
  }
}
