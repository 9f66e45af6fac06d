import GRDB

extension Catalog {
  /// Takes detections from the objects that they were attributed to, one transaction. They are free
  /// for linking and for other objects, are never given to the same object again, and
  /// `releasedSources` says why. The objects' counts follow; our own orbits stay until they are
  /// fitted again. An object that has no detection left is no SSObject any more; its orbit stays.
  ///
  /// - Returns: what was released.
  /// - Throws: ``CatalogError``, and changes nothing, when one of them is not there or no object's.
  public func release(_ ids: [Int64], reason: String) throws(CatalogError) -> [ReleasedSource] {
    var released: [ReleasedSource] = []
    for id in Set(ids).sorted() {
      let object = try read("reading detections") { database in
        try Int64.fetchOne(
          database, sql: "SELECT ssObjectId FROM DiaSource WHERE diaSourceId = ?", arguments: [id])
      }
      guard let object else { throw .notAttributed(diaSourceId: id) }
      released.append(ReleasedSource(diaSourceId: id, ssObjectId: object, reason: reason))
    }
    let identifiers = released.map(\.diaSourceId)
    try write("releasing detections") { database in
      guard !identifiers.isEmpty else { return }
      let revision = try Revision(database, "release: \(reason)")
      try Self.release(identifiers, reason: reason, revision, database)
    }
    return released
  }

  /// Whose some detections are; those that are nobody's are left out.
  package func owners(of ids: [Int64]) throws(CatalogError) -> [Int64: Int64] {
    try read("reading detections") { database in
      let statement = try database.makeStatement(
        sql: "SELECT ssObjectId FROM DiaSource WHERE diaSourceId = ?")
      var owners: [Int64: Int64] = [:]
      for id in ids { owners[id] = try Int64.fetchOne(statement, arguments: [id]) }
      return owners
    }
  }

  /// Objects that some detections were taken from.
  package func formerOwners(of ids: [Int64]) throws(CatalogError) -> [Int64] {
    try read("reading released detections") { database in
      let statement = try database.makeStatement(
        sql: "SELECT ssObjectId FROM releasedSources WHERE diaSourceId = ?")
      return try ids.flatMap { try Int64.fetchAll(statement, arguments: [$0]) }
    }
  }

  /// Takes detections, all of which are objects', from these.
  static func release(
    _ ids: [Int64], reason: String, _ revision: Revision, _ database: Database
  ) throws {
    var objects = Set<Int64>()
    for id in ids {
      if let object = try Int64.fetchOne(
        database, sql: "SELECT ssObjectId FROM DiaSource WHERE diaSourceId = ?", arguments: [id])
      {
        objects.insert(object)
      }
      try database.execute(
        sql: """
          INSERT INTO releasedSources (diaSourceId, ssObjectId, night, reason)
          SELECT diaSourceId, ssObjectId, night, ? FROM DiaSource WHERE diaSourceId = ?
          ON CONFLICT DO UPDATE SET night = excluded.night, reason = excluded.reason
          """, arguments: [reason, id])
      try database.execute(
        sql: "UPDATE main.DiaSource SET ssObjectId = NULL WHERE diaSourceId = ?", arguments: [id])
      try database.execute(sql: "DELETE FROM SSSource WHERE diaSourceId = ?", arguments: [id])
    }
    for object in objects.sorted() { try recount(database, object, revision: revision.number) }
  }

  /// Counts and arc of an object from its detections.
  static func recount(_ database: Database, _ id: Int64, revision: Int) throws {
    let bands = ["u", "g", "r", "i", "z", "y"].map { band in
      "\(band)_nObs = (SELECT count(*) FROM DiaSource WHERE ssObjectId = ?1 AND band = '\(band)')"
    }
    let times = "FROM DiaSource WHERE ssObjectId = ?1"
    try database.execute(
      sql: """
        UPDATE SSObject SET nObs = (SELECT count(*) \(times)),
          arc = coalesce((SELECT max(midpointMjdTai) - min(midpointMjdTai) \(times)), 0),
          firstObservationMjdTai = (SELECT min(midpointMjdTai) \(times)),
          \(bands.joined(separator: ", ")), sinceRevision = \(revision)
        WHERE ssObjectId = ?1
        """, arguments: [id])
    try database.execute(
      sql: "DELETE FROM SSObject WHERE ssObjectId = ? AND nObs = 0", arguments: [id])
    try database.execute(
      sql: """
        DELETE FROM objectStates WHERE ssObjectId = ?1
          AND NOT EXISTS (SELECT 1 FROM SSObject WHERE ssObjectId = ?1)
        """, arguments: [id])
  }
}
