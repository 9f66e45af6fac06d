import Foundation
import GRDB

extension Catalog {
  /// Walks through all pages of a catalog's file, without its archives, and looks whether tables and
  /// indexes hang together (SQLite's `quick_check`): some two seconds of a core for 1 GB. The file is
  /// only read; one that is not there passes.
  ///
  /// - Throws: ``CatalogError/damaged(path:action:reason:)``, or that it is no SQLite file.
  public static func checkPages(of path: String) throws(CatalogError) {
    let path = file(at: path)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
      !isFolder.boolValue
    else { return }
    let action = "checking its pages"
    let found = try CatalogError.wrap(action, path: path) {
      do {
        let queue = try readOnlyQueue(path, showsArchives: false)
        defer { try? queue.close() }
        return try queue.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
      } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {
        // A run was ended while it made the catalog: who opens it for writing takes that back.
        return nil
      }
    }
    if let found, found != "ok" {
      let reason = found.split(separator: "\n").last.map(String.init) ?? found
      throw .damaged(path: path, action: action, reason: reason)
    }
  }

  /// Everything that is wrong with the file or with how its tables agree, in words; empty when
  /// all is well.
  public func problems() throws(CatalogError) -> [String] {
    try read("checking") { database in
      let years = try ArchiveFiles.years(database)
      var problems: [String] = []
      for schema in ["main"] + years.map(ArchiveFiles.schema) {
        problems += try String.fetchAll(database, sql: "PRAGMA \(schema).integrity_check")
          .filter { $0 != "ok" }.map { "SQLite\(schema == "main" ? "" : ", \(schema)"): \($0)" }
      }
      // The queries would only say again, less clearly, that pages can't be read.
      guard problems.isEmpty else { return problems }
      let orphans = try Row.fetchAll(database, sql: "PRAGMA main.foreign_key_check").count
      if orphans > 0 { problems.append("\(orphans) rows that refer to rows which are not there") }
      for (what, sql) in Self.invariants + years.flatMap(Self.invariantsOfArchive) {
        let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM (\(sql))") ?? 0
        if count > 0 { problems.append("\(count) \(what)") }
      }
      return problems
    }
  }

  /// What must never be found, and the query that finds it.
  private static let invariants =
    invariantsOfObjects + invariantsOfOrbits + invariantsOfDetections + invariantsOfHistory

  private static let invariantsOfObjects = [
    (
      "SSSource rows whose detection is missing or belongs to another object",
      """
      SELECT 1 FROM SSSource s LEFT JOIN DiaSource d USING (diaSourceId)
      WHERE d.ssObjectId IS NOT s.ssObjectId
      """
    ),
    (
      "detections of an object without their row in SSSource",
      """
      SELECT 1 FROM main.DiaSource d WHERE d.ssObjectId IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM SSSource s WHERE s.diaSourceId = d.diaSourceId)
      """
    ),
    (
      "SSSource rows without their SSObject",
      "SELECT 1 FROM SSSource s LEFT JOIN SSObject o USING (ssObjectId) WHERE o.ssObjectId IS NULL"
    ),
    (
      "SSSource rows of objects without an orbit",
      """
      SELECT 1 FROM SSSource s LEFT JOIN mpc_orbits m USING (ssObjectId)
      WHERE m.ssObjectId IS NULL
      """
    ),
    (
      "detections of an object that is not in SSObject",
      """
      SELECT 1 FROM main.DiaSource d LEFT JOIN SSObject o USING (ssObjectId)
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
      "SSObject rows whose arc is not that of their detections",
      """
      SELECT 1 FROM SSObject o JOIN (
        SELECT s.ssObjectId, min(d.midpointMjdTai) AS first, max(d.midpointMjdTai) AS last
        FROM SSSource s JOIN DiaSource d USING (diaSourceId) GROUP BY s.ssObjectId) t
      USING (ssObjectId)
      WHERE abs(o.firstObservationMjdTai - t.first) > 1e-6 OR abs(o.arc - (t.last - t.first)) > 1e-6
      """
    ),
    (
      "SSObject rows with more detections in bands than in all",
      """
      SELECT 1 FROM SSObject
      WHERE u_nObs + g_nObs + r_nObs + i_nObs + z_nObs + y_nObs > nObs
      """
    ),
    (
      "retired objects that are still in SSObject",
      "SELECT 1 FROM retiredObjects r JOIN SSObject o USING (ssObjectId)"
    ),
    (
      "detections that were released from the object that they belong to",
      "SELECT 1 FROM releasedSources r JOIN SSSource s USING (diaSourceId, ssObjectId)"
    ),
  ]

  private static let invariantsOfOrbits = [
    (
      "orbits whose solution is missing or is another object's",
      """
      SELECT 1 FROM mpc_orbits m LEFT JOIN orbitSolutions s USING (solutionId)
      WHERE s.ssObjectId IS NOT m.ssObjectId
      """
    ),
    (
      "orbit solutions whose covariance is not 36 numbers",
      """
      SELECT 1 FROM orbitSolutions
      WHERE squareRootInformation IS NOT NULL AND length(squareRootInformation) <> 288
      """
    ),
    (
      "orbit solutions of neither SUN nor SSB",
      "SELECT 1 FROM orbitSolutions WHERE origin NOT IN ('SUN', 'SSB')"
    ),
  ]

  private static let invariantsOfDetections = [
    (
      "detections that are not on the sky",
      "SELECT 1 FROM main.DiaSource WHERE NOT (ra >= 0 AND ra < 360 AND dec BETWEEN -90 AND 90)"
    ),
    (
      "visits whose nDiaSources is not the number of their detections",
      """
      SELECT 1 FROM visits v LEFT JOIN (
        SELECT visit, count(*) AS n FROM DiaSource WHERE visit IS NOT NULL GROUP BY visit) t
      USING (visit) WHERE v.nDiaSources <> coalesce(t.n, 0)
      """
    ),
  ]

  private static let invariantsOfHistory = Migrations.versioned.map { table, key in
    (
      "rows of \(table)History that end before they begin, or after what replaced them began",
      """
      SELECT 1 FROM \(table)History h LEFT JOIN \(table) t USING (\(key))
      WHERE h.untilRevision <= h.sinceRevision OR h.untilRevision > t.sinceRevision
      """
    )
  }

  private static func invariantsOfArchive(_ year: Int) -> [(String, String)] {
    let rows = "\(ArchiveFiles.schema(year)).DiaSource"
    return [
      (
        "batches of the archive of \(year) that have not the rows that the catalog says",
        """
        SELECT 1 FROM archiveBatches b LEFT JOIN (
          SELECT batch, count(*) AS n FROM \(rows) GROUP BY batch) t USING (batch)
        WHERE b.year = \(year) AND b.nRows <> coalesce(t.n, 0)
        """
      ),
      (
        "detections that are in the catalog and in the archive of \(year)",
        """
        SELECT 1 FROM main.DiaSource d JOIN \(rows) a USING (diaSourceId)
        WHERE a.batch IN (SELECT batch FROM archiveBatches WHERE year = \(year))
        """
      ),
    ]
  }
}
