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
  /// AB flux and its error [nJy].
  let flux: (value: Double, error: Double?)?

  public init(detection: Detection, night: Int, location: QuarantinedRecord.Location) {
    self.detection = detection
    self.night = night
    self.location = location
    flux = DiaSourceColumns.psfFlux(detection)
  }
}

/// A part of a file on its way into the catalog.
public struct IngestBatch: Sendable {
  public var rows: [IngestRow]
  /// What readers and checks refused.
  public var bad: [QuarantinedRecord]
  /// Good records that are not wanted, for the count only.
  public var leftOut: Int
  /// Detections of visits that known objects were left out of: that they lack these is noted.
  public var ofVisitsWithoutKnown: [IngestRow]
  /// Rows whose stated error of position can't be and is taken as not stated.
  public var errorsTakenAsMissing = 0

  public init(
    rows: [IngestRow], bad: [QuarantinedRecord], leftOut: Int = 0,
    ofVisitsWithoutKnown: [IngestRow] = []
  ) {
    self.rows = rows
    self.bad = bad
    self.leftOut = leftOut
    self.ofVisitsWithoutKnown = ofVisitsWithoutKnown
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
  /// Orbits that are in the catalog now but not in force, as our own are better.
  public var keptOwn = 0

  public init() {}

  public static func += (a: inout IngestCounts, b: IngestCounts) {
    a.rows += b.rows
    a.added += b.added
    a.alreadyThere += b.alreadyThere
    a.quarantined += b.quarantined
    a.leftOut += b.leftOut
    a.keptOwn += b.keptOwn
  }
}

/// What a file brought.
public struct IngestResult: Sendable {
  public var counts = IngestCounts()
  public var quarantined: [QuarantinedRecord] = []
  /// Designations of objects whose own orbit stays in force.
  public var keptOwn: [String] = []
  /// Detections whose stated error of position can't be (0, negative, too small to be true): it is
  /// taken as not stated.
  public var errorsTakenAsMissing = 0
  /// Processor time of the thread that wrote, without reading and parsing [s].
  public var writerSeconds = 0.0

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
    var clock = WriterClock()
    var result = try writeRethrowing("adding detections of \(file)") { database in
      var result = IngestResult()
      var digest = ContentDigest()
      var nights = Set<Int>()
      try Self.enlargeCache(database)
      let revision = try Revision(database, "ingest \(file)")
      var writer = try DetectionWriter(database, revision: revision.number)
      while let batch = try clock.outside(next) {
        result.counts.rows += batch.rows.count + batch.bad.count + batch.leftOut
        result.counts.leftOut += batch.leftOut
        result.errorsTakenAsMissing += batch.errorsTakenAsMissing
        result.quarantined += batch.bad
        for row in batch.ofVisitsWithoutKnown { writer.noteWithoutKnown(row) }
        for row in batch.rows {
          digest.add(UInt64(bitPattern: row.detection.diaSourceId))
          digest.add(row.detection.midpoint.mjd.bitPattern)
          digest.add(row.detection.raDeg.bitPattern)
          digest.add(row.detection.decDeg.bitPattern)
        }
        try writer.write(batch.rows) { row, outcome in
          switch outcome {
          case .added:
            result.counts.added += 1
            nights.insert(row.night)
          case .alreadyThere: result.counts.alreadyThere += 1
          case .conflict: result.quarantined.append(Self.conflict(row, file: file))
          }
        }
      }
      try writer.finish(database)
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
    result.writerSeconds = clock.seconds
    return result
  }

  /// For transactions of millions of rows: pages that are changed again and again stay in memory.
  static func enlargeCache(_ database: Database) throws {
    try database.execute(sql: "PRAGMA cache_size = -262144")
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
