public import Astrometry
import Dynamics
import GRDB

extension Catalog {
  /// The number of the object that has or had a name: a designation (readable or packed), a name of
  /// ours, or a number (`ssObjectId`) that an object has or had. Nil when no object has rows.
  public func objectId(named name: String) throws(CatalogError) -> Int64? {
    // Above the highest number of the MPC, digits are an ssObjectId.
    let id =
      Int64(name).flatMap { $0 > 15_396_335 ? $0 : nil } ?? Self.ssObjectId(forDesignation: name)
    return try read("looking up \(name)") { database in
      func one(_ sql: String, _ id: Int64) throws -> Int64? {
        try Int64.fetchOne(database, sql: sql, arguments: [id])
      }
      let whose = "SELECT ssObjectId FROM designations WHERE nameId = ?"
      let became = "SELECT mergedInto FROM retiredObjects WHERE ssObjectId = ?"
      let object = try one(whose, id) ?? one(became, id) ?? id
      let rows = """
        SELECT ssObjectId FROM SSObject WHERE ssObjectId = ?1 UNION
        SELECT ssObjectId FROM mpc_orbits WHERE ssObjectId = ?1
        """
      return try one(rows, object)
    }
  }

  /// Takes in what a list says of who is who: each line the names of one object, the primary
  /// designation first. Names of objects that the catalog does not have are kept for later.
  ///
  /// - Parameter next: the next lines and what was wrong with others, nil at the end. What it throws
  ///   undoes the whole file.
  /// - Returns: `added` are the names that are new or another object's now.
  public func identify(
    file: String, _ next: () throws -> (names: [[String]], bad: [QuarantinedRecord])?
  ) throws -> IngestResult {
    try writeRethrowing("taking in identifications of \(file)") { database in
      let revision = try Revision(database, "identifications of \(file)")
      var identification = try Identification(
        database, source: file, revision: revision.number)
      var result = IngestResult()
      var digest = ContentDigest()
      while let part = try next() {
        result.counts.rows += part.names.count + part.bad.count
        result.quarantined += part.bad
        for names in part.names {
          for name in names { digest.add(name) }
          let before = identification.changes
          guard let found = try identification.find(names) else { continue }
          try Self.take(found, database, revision: revision.number)
          if identification.changes > before {
            result.counts.added += 1
          } else {
            result.counts.alreadyThere += 1
          }
        }
      }
      result.counts.quarantined = result.quarantined.count
      try Self.replaceQuarantine(database, file: file, with: result.quarantined)
      try Self.remember(
        database, file: file, kind: "identifications", digest: digest.text,
        counts: result.counts)
      try revision.end(database, changes: identification.changes)
      return result
    }
  }

  /// Makes an object a part of another one, without a fit: its detections, and its orbit if the
  /// other has none. Its own orbits stay under its number, which is retired.
  static func absorb(
    _ database: Database, _ id: Int64, into survivor: Int64, designation: String, revision: Int
  ) throws {
    let hasObject = try exists("SSObject", survivor, database)
    let hasOrbit = try exists("mpc_orbits", survivor, database)
    try retireNames(database, id, into: survivor, revision: revision)
    try database.execute(
      sql: "UPDATE main.DiaSource SET ssObjectId = ? WHERE ssObjectId = ?",
      arguments: [survivor, id])
    try database.execute(
      sql: """
        UPDATE SSSource SET ssObjectId = ?, designation = ?, sinceRevision = \(revision)
        WHERE ssObjectId = ?
        """, arguments: [survivor, designation, id])
    if !hasOrbit { try moveOrbit(database, id, to: survivor, designation, revision) }
    if hasObject {
      try database.execute(sql: "DELETE FROM SSObject WHERE ssObjectId = ?", arguments: [id])
      try recount(database, survivor, revision: revision)
    } else {
      try database.execute(
        sql: """
          UPDATE SSObject SET ssObjectId = ?, designation = ?, sinceRevision = \(revision)
          WHERE ssObjectId = ?
          """, arguments: [survivor, designation, id])
    }
    try database.execute(sql: "DELETE FROM mpc_orbits WHERE ssObjectId = ?", arguments: [id])
    try database.execute(sql: "DELETE FROM objectStates WHERE ssObjectId = ?", arguments: [id])
  }

  /// The solution stays the other's; the survivor gets one of its own with the same numbers.
  private static func moveOrbit(
    _ database: Database, _ id: Int64, to survivor: Int64, _ designation: String, _ revision: Int
  ) throws {
    let columns = OrbitSolution.columns.dropFirst().joined(separator: ", ")
    try database.execute(
      sql: """
        INSERT INTO orbitSolutions (ssObjectId, \(columns), source)
        SELECT ?, \(columns), source FROM orbitSolutions WHERE solutionId =
          (SELECT solutionId FROM mpc_orbits WHERE ssObjectId = ?)
        """, arguments: [survivor, id])
    guard database.changesCount > 0 else { return }
    let solution = database.lastInsertedRowID
    try database.execute(
      sql: """
        UPDATE mpc_orbits SET ssObjectId = ?, solutionId = ?, sinceRevision = \(revision)
        WHERE ssObjectId = ?
        """, arguments: [survivor, solution, id])
    try giveName(database, survivor, designation, revision: revision)
  }

  private static func exists(_ table: String, _ id: Int64, _ database: Database) throws -> Bool {
    try Bool.fetchOne(
      database, sql: "SELECT EXISTS (SELECT 1 FROM \(table) WHERE ssObjectId = ?)",
      arguments: [id]) ?? false
  }

  /// Gives an object another primary designation, in all tables. Its number stays.
  static func giveName(
    _ database: Database, _ id: Int64, _ designation: String, revision: Int
  ) throws {
    let known = Designation(designation)
    try database.execute(
      sql: """
        UPDATE mpc_orbits SET designation = ?1, packed_primary_provisional_designation = ?2,
          unpacked_primary_provisional_designation = ?3, sinceRevision = \(revision)
        WHERE ssObjectId = ?4 AND designation <> ?1
        """,
      arguments: [designation, known?.packed ?? designation, known?.description ?? designation, id])
    for table in ["SSObject", "SSSource"] {
      try database.execute(
        sql: """
          UPDATE \(table) SET designation = ?1, sinceRevision = \(revision)
          WHERE ssObjectId = ?2 AND designation IS NOT ?1
          """, arguments: [designation, id])
    }
  }

  /// Keeps the number and the names of an object that becomes a part of another one.
  static func retireNames(
    _ database: Database, _ id: Int64, into survivor: Int64, revision: Int
  ) throws {
    let name = try String.fetchOne(
      database,
      sql: """
        SELECT designation FROM SSObject WHERE ssObjectId = ?1 UNION
        SELECT designation FROM mpc_orbits WHERE ssObjectId = ?1
        """, arguments: [id])
    guard let name else { return }
    try database.execute(
      sql: """
        INSERT INTO retiredObjects (ssObjectId, designation, mergedInto, sinceRevision)
        VALUES (?1, ?2, ?3, \(revision))
        ON CONFLICT (ssObjectId) DO UPDATE SET mergedInto = ?3, sinceRevision = \(revision)
        """, arguments: [id, name, survivor])
    for (table, column) in [("retiredObjects", "mergedInto"), ("designations", "ssObjectId")] {
      try database.execute(
        sql: """
          UPDATE \(table) SET \(column) = ?, sinceRevision = \(revision) WHERE \(column) = ?
          """, arguments: [survivor, id])
    }
    var write = try BulkInsert(database, sql: Identification.upsert(revision: revision))
    var own = Identification.Name(name)
    own.id = id
    own.bind(to: &write, id: survivor, source: "merged")
    try write.run()
  }
}
