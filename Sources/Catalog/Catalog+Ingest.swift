import Astro
public import Astrometry
import Dynamics
public import Foundation
import GRDB

/// A detection on its way into the catalog.
public struct IngestRow: Sendable {
  public var detection: Detection
  /// MJD of the evening of its night (local noon to noon).
  public var night: Int
  /// Where it stood in its file, for the quarantine.
  public var location: QuarantinedRecord.Location

  public init(detection: Detection, night: Int, location: QuarantinedRecord.Location) {
    self.detection = detection
    self.night = night
    self.location = location
  }
}

/// A part of a file on its way into the catalog.
public struct IngestBatch: Sendable {
  public var rows: [IngestRow]
  /// What readers and checks refused.
  public var bad: [QuarantinedRecord]
  /// Good records that are not wanted, for the count only.
  public var leftOut: Int

  public init(rows: [IngestRow], bad: [QuarantinedRecord], leftOut: Int = 0) {
    self.rows = rows
    self.bad = bad
    self.leftOut = leftOut
  }
}

/// What became of the rows of a file.
public struct IngestCounts: Sendable, Hashable, Codable {
  /// Records that the file had, bad ones too.
  public var rows = 0
  public var added = 0
  /// In the catalog before, with the same content.
  public var alreadyThere = 0
  public var quarantined = 0
  /// Good records that were not wanted (alerts that their sender matched to a known object).
  public var leftOut = 0

  public init() {}

  public static func += (a: inout IngestCounts, b: IngestCounts) {
    a.rows += b.rows
    a.added += b.added
    a.alreadyThere += b.alreadyThere
    a.quarantined += b.quarantined
    a.leftOut += b.leftOut
  }
}

/// What a file brought.
public struct IngestResult: Sendable {
  public var counts = IngestCounts()
  public var quarantined: [QuarantinedRecord] = []

  public init() {}
}

extension Catalog {
  /// Adds a file's detections, all in one transaction. Idempotent: rows that are there with the
  /// same content are counted and left; rows whose `diaSourceId` is there with another content are
  /// quarantined. What an earlier version of the file had in quarantine is replaced.
  ///
  /// - Parameters:
  ///   - file: its path; `-` for standard input.
  ///   - next: the next part of the file, nil at its end. What it throws ends the transaction
  ///     and leaves the catalog as it was.
  public func ingest(
    file: String, _ next: () throws -> IngestBatch?
  ) throws -> IngestResult {
    try writeRethrowing("adding detections of \(file)") { database in
      var result = IngestResult()
      var digest = ContentDigest()
      var nights = Set<Int>()
      let revision = try Revision(database, "ingest \(file)")
      var writer = try DetectionWriter(database, revision: revision.number)
      while let batch = try next() {
        result.counts.rows += batch.rows.count + batch.bad.count + batch.leftOut
        result.counts.leftOut += batch.leftOut
        result.quarantined += batch.bad
        for row in batch.rows {
          digest.add(UInt64(bitPattern: row.detection.diaSourceId))
          digest.add(row.detection.midpoint.mjd.bitPattern)
          digest.add(row.detection.raDeg.bitPattern)
          digest.add(row.detection.decDeg.bitPattern)
          switch try writer.write(row) {
          case .added:
            result.counts.added += 1
            nights.insert(row.night)
          case .alreadyThere: result.counts.alreadyThere += 1
          case .conflict: result.quarantined.append(Self.conflict(row, file: file))
          }
        }
      }
      result.counts.quarantined = result.quarantined.count
      try Self.replaceQuarantine(database, file: file, with: result.quarantined)
      try Self.remember(
        database, file: file, kind: "detections", digest: digest.text, counts: result.counts)
      for night in nights.sorted() {
        try database.execute(
          sql: """
            INSERT INTO nights (night, addedRevision) VALUES (?1, ?2)
            ON CONFLICT (night) DO UPDATE SET addedRevision = ?2
            """, arguments: [night, revision.number])
      }
      try revision.end(database, changes: result.counts.added)
      return result
    }
  }

  private static func conflict(_ row: IngestRow, file: String) -> QuarantinedRecord {
    let name = row.detection.sourceId ?? String(row.detection.diaSourceId)
    return QuarantinedRecord(
      file: file, location: row.location, field: "diaSourceId",
      reason: "\(name) is in the catalog with another content; give it another identifier")
  }

  /// Notes that a file was read; the first time that this content was.
  static func remember(
    _ database: Database, file: String, kind: String, digest: String, counts: IngestCounts
  ) throws {
    try database.execute(
      sql: """
        INSERT INTO ingestedFiles
          (file, contentDigest, kind, rows, added, quarantined, ingestedAt)
        VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
        """,
      arguments: [
        file, digest, kind, counts.rows, counts.added, counts.quarantined,
        Date.now.formatted(.iso8601),
      ])
  }
}

/// The prepared statements of an ingest.
private struct DetectionWriter: ~Copyable {
  enum Outcome { case added, alreadyThere, conflict }

  private var insert: BulkInsert
  private var same: BulkInsert
  private var visit: BulkInsert

  init(_ database: Database, revision: Int) throws {
    let insert = try BulkInsert(database, sql: DiaSourceColumns.insert(revision: revision))
    let same = try BulkInsert(database, sql: DiaSourceColumns.sameContent)
    let visit = try BulkInsert(
      database,
      sql: """
        INSERT INTO visits (visit, observatory, night, midpointMjdTai, band, nDiaSources)
        VALUES (?, ?, ?, ?, ?, 1)
        ON CONFLICT (visit) DO UPDATE SET nDiaSources = nDiaSources + 1
        """)
    self.insert = insert
    self.same = same
    self.visit = visit
  }

  mutating func write(_ row: IngestRow) throws -> Outcome {
    DiaSourceColumns.bindContent(row.detection, to: &insert)
    DiaSourceColumns.bindDerived(row, to: &insert)
    guard try insert.run() == 1 else {
      DiaSourceColumns.bindContent(row.detection, to: &same)
      return try same.exists() ? .alreadyThere : .conflict
    }
    if let id = row.detection.visit {
      visit.bind(id)
      visit.bind(row.detection.observatory.description)
      visit.bind(row.night)
      visit.bind(row.detection.midpoint.mjd)
      visit.bind(row.detection.band)
      try visit.run()
    }
    return .added
  }
}

/// How a detection stands in `DiaSource`.
enum DiaSourceColumns {
  /// What came in: two rows of the same identifier must agree in all of it.
  static let content = [
    "diaSourceId", "visit", "midpointMjdTai", "ra", "raErr", "dec", "decErr", "ra_dec_Cov",
    "trailLength", "trailAngle", "band", "observatory", "mag", "magErr",
    "sourceId", "designation", "observerX", "observerY", "observerZ", "extendedness",
  ]

  static func insert(revision: Int) -> String {
    """
    INSERT INTO DiaSource
      (\(content.joined(separator: ", ")), psfFlux, psfFluxErr, night, sinceRevision)
    VALUES (\(content.map { _ in "?" }.joined(separator: ", ")), ?, ?, ?, \(revision))
    ON CONFLICT (diaSourceId) DO NOTHING
    """
  }

  static let sameContent = """
    SELECT 1 FROM DiaSource WHERE \(content.map { "\($0) IS ?" }.joined(separator: " AND "))
    """

  /// Binds the columns of ``content``, in order.
  static func bindContent(_ detection: Detection, to statement: inout BulkInsert) {
    statement.bind(detection.diaSourceId)
    statement.bind(detection.visit)
    statement.bind(detection.midpoint.mjd)
    statement.bind(detection.raDeg)
    statement.bind(detection.raErrDeg)
    statement.bind(detection.decDeg)
    statement.bind(detection.decErrDeg)
    statement.bind(detection.raDecCovDeg2)
    statement.bind(detection.trailLengthArcsec)
    statement.bind(detection.trailAngleDeg)
    statement.bind(detection.band)
    statement.bind(detection.observatory.description)
    statement.bind(detection.mag)
    statement.bind(detection.magErr)
    statement.bind(detection.sourceId)
    statement.bind(detection.designation)
    statement.bind(detection.observerGeocentricKm?.x)
    statement.bind(detection.observerGeocentricKm?.y)
    statement.bind(detection.observerGeocentricKm?.z)
    statement.bind(detection.extendedness)
  }

  /// Binds the columns after those of ``content`` in ``insert``.
  static func bindDerived(_ row: IngestRow, to statement: inout BulkInsert) {
    let flux = psfFlux(row.detection)
    statement.bind(flux?.value)
    statement.bind(flux?.error)
    statement.bind(row.night)
  }

  /// The AB flux [nJy] of a magnitude in a band of LSST; other bands have other zero points.
  private static func psfFlux(_ detection: Detection) -> (value: Double, error: Double?)? {
    guard let mag = detection.mag, let band = detection.band,
      ["u", "g", "r", "i", "z", "y"].contains(band)
    else { return nil }
    let flux = pow(10, (31.4 - mag) / 2.5)
    return (flux, detection.magErr.map { flux * $0 * log(10) / 2.5 })
  }
}

extension Catalog {
  /// The files with records in quarantine that were taken in since a moment, or at all: their
  /// records, and how many of these could not be used.
  public func filesWithBadRecords(
    since moment: Date?
  ) throws(CatalogError) -> [(file: String, rows: Int, quarantined: Int)] {
    try read("reading ingested files") { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT file, rows, quarantined FROM ingestedFiles
          WHERE ingestedAt >= ? AND quarantined > 0 ORDER BY quarantined DESC, file
          """, arguments: [moment?.formatted(.iso8601) ?? ""]
      ).map { ($0[0], $0[1], $0[2]) }
    }
  }
}
