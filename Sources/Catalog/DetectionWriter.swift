import Astro
import Astrometry
import Dynamics
import GRDB

/// The prepared statements of an ingest. Visits are counted here and written once, by
/// ``finish(_:)``.
struct DetectionWriter: ~Copyable {
  enum Outcome { case added, alreadyThere, conflict }

  private var insert: BulkInsert
  private var insertGroup: BulkInsert
  private var same: BulkInsert
  private var known: BulkInsert
  /// Identifiers that may be archived.
  private let archived: ClosedRange<Int64>?
  private var slot = DetectionSlot(number: 0)
  private var groupSlots = (0..<Self.groupSize).map { DetectionSlot(number: $0) }
  /// The last rows were all new: the next ones will be.
  private var areNew = true
  private var visits: [Int64: Visit] = [:]
  private var visit: Visit?

  /// Rows that go in with one statement.
  private static let groupSize = 32

  private struct Visit {
    let visit: Int64
    let observatory: ObservatoryCode
    let night: Int
    let midpointMjdTai: Double
    let band: String?
    var count: Int64
    var lacksKnown = false
  }

  init(_ database: Database, revision: Int) throws {
    let insert = try BulkInsert(
      database,
      sql: DiaSourceColumns.insert(revision: revision) + " ON CONFLICT (diaSourceId) DO NOTHING")
    let insertGroup = try BulkInsert(
      database, sql: DiaSourceColumns.insert(revision: revision, rows: Self.groupSize))
    let same = try BulkInsert(database, sql: DiaSourceColumns.sameContent)
    let known = try BulkInsert(
      database, sql: "SELECT 1 FROM DiaSource WHERE diaSourceId = ?")
    archived = try Row.fetchOne(
      database,
      sql: """
        SELECT min(firstDiaSourceId), max(lastDiaSourceId) FROM archiveBatches HAVING count(*) > 0
        """
    ).map { ($0[0] as Int64)...($0[1] as Int64) }
    self.insert = insert
    self.insertGroup = insertGroup
    self.same = same
    self.known = known
  }

  /// Writes rows in their order.
  ///
  /// - Parameter report: is told what became of each.
  mutating func write(_ rows: [IngestRow], _ report: (IngestRow, Outcome) -> Void) throws {
    var next = 0
    while next < rows.count {
      let group = rows[next..<min(rows.count, next + Self.groupSize)]
      next = group.endIndex
      if try areNew && group.count == Self.groupSize && add(group) {
        for row in group {
          count(row)
          report(row, .added)
        }
        continue
      }
      areNew = true
      for row in group {
        let outcome = try write(row)
        if outcome != .added { areNew = false }
        report(row, outcome)
      }
    }
  }

  private mutating func write(_ row: IngestRow) throws -> Outcome {
    guard try add(row) else {
      DiaSourceColumns.bindContent(row.detection, to: &same)
      return try same.exists() ? .alreadyThere : .conflict
    }
    count(row)
    return .added
  }

  /// Adds all of a group or, when one of its identifiers is in the catalog or twice in the group,
  /// none of it.
  private mutating func add(_ group: ArraySlice<IngestRow>) throws -> Bool {
    for (number, row) in group.enumerated() {
      if archived?.contains(row.detection.diaSourceId) == true { return false }
      groupSlots[number].bind(row, to: insertGroup)
    }
    return try insertGroup.runUnlessConstrained()
  }

  /// - Returns: false when its identifier is in the catalog.
  private mutating func add(_ row: IngestRow) throws -> Bool {
    if archived?.contains(row.detection.diaSourceId) == true {
      known.bind(row.detection.diaSourceId)
      if try known.exists() { return false }
    }
    slot.bind(row, to: insert)
    return try insert.run() == 1
  }

  /// Writes what was counted.
  mutating func finish(_ database: Database) throws {
    keepVisit()
    var statement = try BulkInsert(
      database,
      sql: """
        INSERT INTO visits
          (visit, observatory, night, midpointMjdTai, band, nDiaSources, knownLeftOut)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (visit) DO UPDATE SET nDiaSources = nDiaSources + excluded.nDiaSources,
          knownLeftOut = max(knownLeftOut, excluded.knownLeftOut)
        """)
    for (_, visit) in visits.sorted(by: { $0.key < $1.key }) {
      statement.bind(visit.visit)
      statement.bind(visit.observatory.description)
      statement.bind(visit.night)
      statement.bind(visit.midpointMjdTai)
      statement.bind(visit.band)
      statement.bind(visit.count)
      statement.bind(visit.lacksKnown)
      try statement.run()
    }
    visits = [:]
  }

  /// A detection's visit is one that known objects were left out of.
  mutating func noteWithoutKnown(_ row: IngestRow) {
    guard row.detection.visit != nil else { return }
    count(row, 0)
    visit?.lacksKnown = true
  }

  private mutating func count(_ row: IngestRow, _ number: Int64 = 1) {
    guard let id = row.detection.visit else { return }
    if visit?.visit != id {
      keepVisit()
      visit =
        visits[id]
        ?? Visit(
          visit: id, observatory: row.detection.observatory, night: row.night,
          midpointMjdTai: row.detection.midpoint.mjd, band: row.detection.band, count: 0)
    }
    visit?.count += number
  }

  private mutating func keepVisit() {
    if let visit { visits[visit.visit] = visit }
    visit = nil
  }
}
