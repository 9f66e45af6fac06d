import Astrometry
import Catalog
import Dynamics
import Foundation
import GRDB
import Synchronization
import Testing

/// The statements that the catalog's functions really run, as SQLite's trace tells them, go by an
/// index: no table that grows with detections or objects is read from end to end.
@Suite struct QueryPlanTests {
  /// Tables of which a night has one row or a few hundred.
  private static let small: Set<String> = [
    "runs", "revisions", "nights", "ingestedFiles", "pendingLinkages", "archiveBatches",
    "archivedNights", "sqlite_master", "sqlite_schema", "grdb_migrations", "pragma_table_xinfo",
  ]

  /// Lines of a plan that read a large table from end to end.
  private static func scans(_ sql: String, _ database: Database) throws -> [String] {
    let plan = try database.makeStatement(sql: "EXPLAIN QUERY PLAN \(sql)")
    plan.setUncheckedArguments(StatementArguments())
    let lines = try Row.fetchAll(plan).map { $0[3] as String }
    // What a part of the statement found is read from end to end by the next.
    let parts = Set(
      lines.filter { $0.hasPrefix("CO-ROUTINE ") || $0.hasPrefix("MATERIALIZE ") }
        .map { String($0.split(separator: " ")[1]) })
    return lines.filter { line in
      guard line.hasPrefix("SCAN ") else { return false }
      let name = String(line.split(separator: " ")[1])
      let isPart = name == "CONSTANT" || name.hasPrefix("(") || parts.contains(name)
      return !isPart && !small.contains(name.replacing("main.", with: ""))
    }
  }

  /// Runs what a night runs on a catalog, with every statement noted.
  private func statements(_ catalog: Catalog) throws -> Set<String> {
    let found = Mutex<Set<String>>([])
    let note: @Sendable (Database.TraceEvent) -> Void = { event in
      if case .statement(let statement) = event { found.withLock { _ = $0.insert(statement.sql) } }
    }
    catalog.database.writeWithoutTransaction { $0.trace(options: .statement, note) }
    try catalog.database.read { $0.trace(options: .statement, note) }
    let record = StageRecord(
      stage: "report", night: 57323, inputDigest: "", startedAt: .distantPast, seconds: 0,
      figures: "{}")
    let fault = QuarantinedRecord(file: file, location: .line(9), reason: "is no number")
    _ = try catalog.ingest(rows((1...9).map { detection($0) }), bad: [fault], from: file)
    _ = try catalog.importOrbits([catalogOrbit("433"), catalogOrbit("434")], file: "/o")
    _ = try catalog.importOrbits([catalogOrbit("434", x: 1.6), catalogOrbit("433")], file: "/p")
    let run = try catalog.beginRun().runId
    try catalog.apply([update(100, [1, 2, 3])], stage: record, runId: run)
    let addition = SourceAddition(update(100, [4]))
    try catalog.apply([], additions: [addition], stage: record, runId: run + 1)
    _ = try catalog.detections(nights: 57323...57324)
    _ = try catalog.detections(nights: 57323...57324, free: true)
    _ = try catalog.detections(ofObjects: [100])
    _ = try catalog.settledObjects(among: [100])
    _ = try catalog.releasedObjects(nights: 57323...57324)
    _ = try catalog.orbits(ofObjects: [100])
    _ = try catalog.designations(ofObjects: [100])
    _ = try catalog.photometricSources(ofObjects: [100])
    _ = try catalog.nightList()
    _ = try catalog.run(night: 57323, inputDigest: "")
    _ = try catalog.release([4], reason: "a star")
    return found.withLock { $0 }
  }

  @Test(arguments: [false, true]) func hotStatementsGoByAnIndex(archived: Bool) throws {
    try withTemporaryCatalog { path in
      if archived {
        let catalog = try Catalog(path: path, access: .readWrite)
        let old = detection(1001, mjd: 57000.5)
        _ = try catalog.ingest(
          [IngestRow(detection: old, night: 57000, location: .line(2))], bad: [], from: "/old.csv")
        _ = try catalog.archive(before: 57001)
        try catalog.close()
      }
      let catalog = try Catalog(path: path, access: .readWrite)
      let all = try statements(catalog).filter {
        $0.hasPrefix("SELECT") || $0.hasPrefix("INSERT") || $0.hasPrefix("UPDATE")
          || $0.hasPrefix("DELETE") || $0.hasPrefix("WITH")
      }
      #expect(all.count > 30)
      for name in ["DiaSource", "SSSource", "SSObject", "mpc_orbits", "orbitSolutions"] {
        #expect(all.contains { $0.contains("FROM \(name)") || $0.contains("JOIN \(name)") })
      }
      try catalog.database.read { database in
        for sql in all where !Self.readsEverything(sql) {
          let scans = try Self.scans(sql, database)
          #expect(scans.isEmpty, "\(sql)")
        }
      }
      try catalog.close()
    }
  }

  /// What a statement asks for is all of a table, the end of it, or whether it has a row at all.
  private static func readsEverything(_ sql: String) -> Bool {
    sql.contains("sqlite_master") || sql.contains("max(ssObjectId)")
      || sql.contains("max(solutionId)")
      || sql.wholeMatch(of: /SELECT NOT EXISTS \(SELECT 1 FROM \w+\)/) != nil
  }

  /// The test above can fail: without its index a query is a scan.
  @Test func aScanIsSeen() throws {
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      let sql = "SELECT ra FROM DiaSource WHERE night BETWEEN 1 AND 2"
      #expect(try catalog.database.read { try Self.scans(sql, $0) }.isEmpty)
      try catalog.database.write { try $0.execute(sql: "DROP INDEX DiaSourceByNight") }
      // The connection that knows of the change.
      let scans = try catalog.database.writeWithoutTransaction { try Self.scans(sql, $0) }
      #expect(scans == ["SCAN DiaSource"])
      try catalog.close()
    }
  }
}
