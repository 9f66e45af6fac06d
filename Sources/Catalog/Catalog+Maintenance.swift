import Foundation
import GRDB

extension Catalog {
  /// Rows in every table.
  public func rowCounts() throws(CatalogError) -> [String: Int] {
    try read("counting rows") { database in
      var counts: [String: Int] = [:]
      for table in try Self.tableNames(database) {
        counts[table] = try Int.fetchOne(database, sql: "SELECT count(*) FROM \"\(table)\"") ?? 0
      }
      return counts
    }
  }

  /// First and last night with detections (MJD of the evening); nil for a catalog without any.
  public func nights() throws(CatalogError) -> ClosedRange<Int>? {
    try read("reading nights") { database in
      guard
        let row = try Row.fetchOne(
          database, sql: "SELECT min(night), max(night) FROM DiaSource HAVING count(*) > 0")
      else { return nil }
      return (row[0] as Int)...(row[1] as Int)
    }
  }

  /// All nights with detections, ascending.
  public func nightList() throws(CatalogError) -> [Int] {
    try read("reading nights") { database in
      // From one night to the next by the index, not over all detections.
      try Int.fetchAll(
        database,
        sql: """
          WITH RECURSIVE nights (night) AS (
            SELECT min(night) FROM DiaSource UNION ALL
            SELECT (SELECT min(night) FROM DiaSource d WHERE d.night > nights.night) FROM nights
            WHERE night IS NOT NULL)
          SELECT night FROM nights WHERE night IS NOT NULL
          """)
    }
  }

  /// Everything that is wrong with the file or with how its tables agree, in words; empty when
  /// all is well.
  public func problems() throws(CatalogError) -> [String] {
    try read("checking") { database in
      var problems = try String.fetchAll(database, sql: "PRAGMA integrity_check")
        .filter { $0 != "ok" }.map { "SQLite: \($0)" }
      for (what, sql) in Self.invariants {
        let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM (\(sql))") ?? 0
        if count > 0 { problems.append("\(count) \(what)") }
      }
      return problems
    }
  }

  /// What must never be found, and the query that finds it.
  private static let invariants =
    [
      (
        "SSSource rows whose detection is missing or belongs to another object",
        """
        SELECT 1 FROM SSSource s LEFT JOIN DiaSource d USING (diaSourceId)
        WHERE d.ssObjectId IS NOT s.ssObjectId
        """
      ),
      (
        "SSSource rows without their SSObject",
        "SELECT 1 FROM SSSource s LEFT JOIN SSObject o USING (ssObjectId) WHERE o.ssObjectId IS NULL"
      ),
      (
        "detections of an object that is not in SSObject",
        """
        SELECT 1 FROM DiaSource d LEFT JOIN SSObject o USING (ssObjectId)
        WHERE d.ssObjectId IS NOT NULL AND o.ssObjectId IS NULL
        """
      ),
      (
        "SSObject rows whose nObs is not the number of their sources",
        """
        SELECT 1 FROM SSObject o WHERE nObs <>
          (SELECT count(*) FROM SSSource s WHERE s.ssObjectId = o.ssObjectId)
        """
      ),
      (
        "orbits whose solution is missing or is another object's",
        """
        SELECT 1 FROM mpc_orbits m LEFT JOIN orbitSolutions s USING (solutionId)
        WHERE s.ssObjectId IS NOT m.ssObjectId
        """
      ),
      (
        "retired objects that are still in SSObject",
        "SELECT 1 FROM retiredObjects r JOIN SSObject o USING (ssObjectId)"
      ),
    ]
    + Migrations.versioned.map { table, key in
      (
        "rows of \(table)History that end before they begin, or after what replaced them began",
        """
        SELECT 1 FROM \(table)History h LEFT JOIN \(table) t USING (\(key))
        WHERE h.untilRevision <= h.sinceRevision OR h.untilRevision > t.sinceRevision
        """
      )
    }

  /// Copies the catalog, while it may be in use, to a new file that appears only when complete.
  ///
  /// - Throws: ``CatalogError``, also when `destination` exists.
  public func backup(to destination: String) throws(CatalogError) {
    let temporary = destination + ".\(getpid()).tmp"
    if access(destination, F_OK) == 0 {
      throw .database(path: destination, action: "backup", reason: "the file exists; remove it")
    }
    defer { unlink(temporary) }
    try CatalogError.wrap("backup", path: destination) {
      try database.unsafeRead { try $0.execute(sql: "VACUUM INTO ?", arguments: [temporary]) }
      if rename(temporary, destination) != 0 {
        throw CatalogError.notWritable(path: destination)
      }
    }
  }
}

extension Catalog {
  /// Lets the file grow to no more than a number of pages, as if the disk were full beyond: for
  /// tests, and for catalogs with a quota. Holds while the catalog is open.
  package func limitPages(_ count: Int) throws(CatalogError) {
    try CatalogError.wrap("limiting its size", path: path) {
      try database.writeWithoutTransaction {
        try $0.execute(sql: "PRAGMA max_page_count = \(count)")
      }
    }
  }
}
