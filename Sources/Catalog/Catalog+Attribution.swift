import GRDB

/// New detections of an object whose orbit stays as it is: rows to be added to what is there.
public struct SourceAddition: Sendable {
  /// Of the new ones.
  public var arc: ObservedArc
  public var sources: [SSSourceRecord]
  /// Objects that turned out to be this one; the new detections are theirs.
  public var absorbed: [Int64]

  /// The new detections of an update, without its orbit.
  public init(_ update: ObjectUpdate) {
    arc = update.arc
    sources = update.sources
    absorbed = update.absorbed
  }
}

/// A detection that is taken from its object.
public struct ReleasedSource: Sendable, Hashable {
  public var diaSourceId: Int64
  public var ssObjectId: Int64
  public var reason: String

  public init(diaSourceId: Int64, ssObjectId: Int64, reason: String) {
    self.diaSourceId = diaSourceId
    self.ssObjectId = ssObjectId
    self.reason = reason
  }
}

extension Catalog {
  /// Objects that no detection is to be given back to: by detection.
  public func releasedObjects(
    nights: ClosedRange<Int>
  ) throws(CatalogError) -> [Int64: Set<Int64>] {
    try read("reading released sources") { database in
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT r.diaSourceId, r.ssObjectId FROM releasedSources r JOIN DiaSource d
          USING (diaSourceId) WHERE d.night BETWEEN ? AND ?
          """, arguments: [nights.lowerBound, nights.upperBound])
      var found: [Int64: Set<Int64>] = [:]
      while let row = try rows.next() { found[row[0], default: []].insert(row[1]) }
      return found
    }
  }

  /// When an object is confirmed and no candidate any more, for orbits `m` with their solutions `s`:
  /// its orbit is someone else's, or one of those that we improved, or our own, determined by four
  /// nights and more.
  static let isConfirmed = """
    (s.source <> '\(OrbitSolution.ownSource)' OR s.priorSolutionId IS NOT NULL OR (s.determined = 1 AND (SELECT
      count(DISTINCT night) FROM DiaSource d WHERE d.ssObjectId = m.ssObjectId) >= 4))
    """

  /// Confirmed objects: their detections need not be linked again.
  ///
  /// - Parameter ids: among these.
  public func settledObjects(among ids: [Int64]) throws(CatalogError) -> Set<Int64> {
    try read("reading objects") { database in
      let statement = try database.makeStatement(
        sql: """
          SELECT 1 FROM mpc_orbits m JOIN orbitSolutions s USING (solutionId)
          WHERE m.ssObjectId = ?1 AND \(Self.isConfirmed)
          """)
      var found = Set<Int64>()
      for id in ids
      where try Int.fetchOne(statement, arguments: [id]) != nil { found.insert(id) }
      return found
    }
  }

  /// - Returns: the number of rows that changed.
  static func add(
    _ additions: [SourceAddition], revision: Int, _ database: Database
  ) throws -> Int {
    var changes = 0
    var object = try ObservedArcWriter(database, .extend, revision: revision)
    var take = try BulkInsert(
      database,
      sql: "UPDATE main.DiaSource SET ssObjectId = ? WHERE diaSourceId = ? AND ssObjectId IS NULL")
    // What is archived has no object of its own: it is free unless SSSource gives it one.
    var isFree = try BulkInsert(
      database, sql: "SELECT 1 FROM DiaSource WHERE diaSourceId = ? AND ssObjectId IS NULL")
    var source = try BulkInsert(database, sql: SSSourceRecord.upsert(revision: revision))
    for addition in additions {
      let arc = addition.arc
      changes += try object.write(arc)
      for record in addition.sources {
        take.bind(arc.ssObjectId)
        take.bind(record.diaSourceId)
        isFree.bind(record.diaSourceId)
        guard try take.run() == 1 || isFree.exists() else {
          throw DatabaseError(
            message: "detection \(record.diaSourceId) is missing or another object's")
        }
        record.bind(to: &source, ssObjectId: arc.ssObjectId, designation: arc.designation)
        try source.run()
      }
    }
    return changes
  }

  static func note(
    _ released: [ReleasedSource], night: Int, _ database: Database
  ) throws {
    var insert = try BulkInsert(
      database,
      sql: """
        INSERT INTO releasedSources (diaSourceId, ssObjectId, night, reason) VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET night = excluded.night, reason = excluded.reason
        """)
    for source in released {
      insert.bind(source.diaSourceId)
      insert.bind(source.ssObjectId)
      insert.bind(night)
      insert.bind(source.reason)
      try insert.run()
    }
  }
}
