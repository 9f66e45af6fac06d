import Astro
import Astrometry
import Dynamics
import GRDB

/// The prepared statements of an ingest.
///
/// Neighbouring rows mostly share visit, band, observatory and night, and lack the same columns:
/// those are bound when they change. Visits are counted here and written once, by ``finish(_:)``.
struct DetectionWriter: ~Copyable {
  enum Outcome { case added, alreadyThere, conflict }

  private var insert: BulkInsert
  private var same: BulkInsert
  private var known: BulkInsert
  /// Identifiers that may be archived.
  private let archived: ClosedRange<Int64>?
  private var bound = BoundValues()
  private var visits: [Int64: Visit] = [:]
  private var visit: Visit?

  private struct Visit {
    let visit: Int64
    let observatory: ObservatoryCode
    let night: Int
    let midpointMjdTai: Double
    let band: String?
    var count: Int64
  }

  /// What the insert statement has bound of the columns that seldom change.
  private struct BoundValues {
    var visit: Int64?
    var band: String?
    var observatory: ObservatoryCode?
    var night: Int?
    var hasTrail = false
    var hasName = false
    var hasPlace = false
  }

  init(_ database: Database, revision: Int) throws {
    let insert = try BulkInsert(database, sql: DiaSourceColumns.insert(revision: revision))
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
    self.same = same
    self.known = known
  }

  mutating func write(_ row: IngestRow) throws -> Outcome {
    guard try add(row) else {
      DiaSourceColumns.bindContent(row.detection, to: &same)
      return try same.exists() ? .alreadyThere : .conflict
    }
    if row.detection.visit != nil { count(row) }
    return .added
  }

  /// - Returns: false when its identifier is in the catalog.
  private mutating func add(_ row: IngestRow) throws -> Bool {
    if let archived, archived.contains(row.detection.diaSourceId) {
      known.bind(row.detection.diaSourceId)
      if try known.exists() { return false }
    }
    bind(row)
    return try insert.run() == 1
  }

  /// Writes what was counted.
  mutating func finish(_ database: Database) throws {
    keepVisit()
    var statement = try BulkInsert(
      database,
      sql: """
        INSERT INTO visits (visit, observatory, night, midpointMjdTai, band, nDiaSources)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (visit) DO UPDATE SET nDiaSources = nDiaSources + excluded.nDiaSources
        """)
    for (_, visit) in visits.sorted(by: { $0.key < $1.key }) {
      statement.bind(visit.visit)
      statement.bind(visit.observatory.description)
      statement.bind(visit.night)
      statement.bind(visit.midpointMjdTai)
      statement.bind(visit.band)
      statement.bind(visit.count)
      try statement.run()
    }
    visits = [:]
  }

  private mutating func count(_ row: IngestRow) {
    guard let id = row.detection.visit else { return }
    if visit?.visit != id {
      keepVisit()
      visit =
        visits[id]
        ?? Visit(
          visit: id, observatory: row.detection.observatory, night: row.night,
          midpointMjdTai: row.detection.midpoint.mjd, band: row.detection.band, count: 0)
    }
    visit?.count += 1
  }

  private mutating func keepVisit() {
    if let visit { visits[visit.visit] = visit }
    visit = nil
  }

  /// Columns by their place in ``DiaSourceColumns/insert``.
  private mutating func bind(_ row: IngestRow) {
    let detection = row.detection
    insert.set(1, detection.diaSourceId)
    insert.set(3, detection.midpoint.mjd)
    insert.set(4, detection.raDeg)
    set(5, detection.raErrDeg)
    insert.set(6, detection.decDeg)
    set(7, detection.decErrDeg)
    set(8, detection.raDecCovDeg2)
    set(13, detection.mag)
    set(14, detection.magErr)
    set(20, detection.extendedness)
    set(21, row.flux?.value)
    set(22, row.flux?.error)
    bindShared(row)
    bindSeldom(detection)
  }

  private mutating func bindShared(_ row: IngestRow) {
    let detection = row.detection
    if detection.visit != bound.visit {
      if let visit = detection.visit { insert.set(2, visit) } else { insert.setNull(2) }
      bound.visit = detection.visit
    }
    if detection.band != bound.band {
      if let band = detection.band { insert.set(11, band) } else { insert.setNull(11) }
      bound.band = detection.band
    }
    if detection.observatory != bound.observatory {
      insert.set(12, detection.observatory.description)
      bound.observatory = detection.observatory
    }
    if row.night != bound.night {
      insert.set(23, Int64(row.night))
      bound.night = row.night
    }
  }

  private mutating func bindSeldom(_ detection: Detection) {
    let hasTrail = detection.trailLengthArcsec != nil || detection.trailAngleDeg != nil
    if hasTrail || bound.hasTrail {
      set(9, detection.trailLengthArcsec)
      set(10, detection.trailAngleDeg)
      bound.hasTrail = hasTrail
    }
    let hasName = detection.sourceId != nil || detection.designation != nil
    if hasName || bound.hasName {
      if let name = detection.sourceId { insert.set(15, name) } else { insert.setNull(15) }
      if let name = detection.designation { insert.set(16, name) } else { insert.setNull(16) }
      bound.hasName = hasName
    }
    let place = detection.observerGeocentricKm
    if place != nil || bound.hasPlace {
      set(17, place?.x)
      set(18, place?.y)
      set(19, place?.z)
      bound.hasPlace = place != nil
    }
  }

  private func set(_ column: Int32, _ value: Double?) {
    if let value { insert.set(column, value) } else { insert.setNull(column) }
  }
}
