import Catalog
import Dynamics
import Foundation
import GRDB
import TestSupport
import Testing

@Suite struct MigrationTests {
  /// Makes a catalog of a dump.
  private func load(_ name: String, _ path: String) throws {
    let dump = TestPaths.fixtures.appending(path: "catalogs/\(name).sql")
    let script = try String(contentsOf: dump, encoding: .utf8)
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { database in
      try database.execute(sql: script)
      // "ECLP"; a dump does not have it.
      try database.execute(sql: "PRAGMA application_id = 1162038352")
    }
    try queue.close()
  }

  /// The rows of all tables, by the columns that they have in a list of tables and columns.
  private func content(
    _ path: String, of columns: [String: [String]]
  ) throws -> [String: [String]] {
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }
    return try queue.read { database in
      var found: [String: [String]] = [:]
      for (table, names) in columns {
        let list = names.map { "quote(\"\($0)\")" }.joined(separator: " || ',' || ")
        found[table] = try String.fetchAll(database, sql: "SELECT \(list) FROM \(table)").sorted()
      }
      return found
    }
  }

  private func columns(_ path: String) throws -> [String: [String]] {
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }
    return try queue.read { database in
      let tables = try String.fetchAll(
        database,
        sql: """
          SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
            AND name NOT LIKE 'grdb_%'
          """)
      var columns: [String: [String]] = [:]
      for table in tables { columns[table] = try database.columns(in: table).map(\.name) }
      return columns
    }
  }

  /// What each earlier version left is there after the migration, row by row and column by column.
  @Test(arguments: Self.dumps)
  func everyEarlierVersionIsBroughtUpToDate(version: String) throws {
    // A dump may be kept before the next version is made.
    if try version == Self.versions().last { return }
    try withTemporaryCatalog { path in
      try load(version, path)
      let had = try columns(path)
      var before = try content(path, of: had)
      #expect(before["DiaSource"]?.isEmpty == false && before["SSSource"]?.isEmpty == false)
      #expect(throws: CatalogError.self) { try Catalog(path: path, access: .readOnly) }
      let catalog = try Catalog(path: path, access: .readWriteExisting)
      #expect(try catalog.problems().isEmpty)
      try catalog.close()
      // The stage that stands for a whole run got another name in v2.
      if version == "v1" {
        before["runs"] = before["runs"]?.map { $0.replacing("'write'", with: "'report'") }
      }
      let after = try content(path, of: had)
      for (table, rows) in before { #expect(after[table] == rows.sorted(), "\(table)") }
      let again = try Catalog(path: path, access: .readWriteExisting)
      let result = try again.ingest(rows([detection(1)]), bad: [], from: file)
      #expect(result.counts.added == 1)
      try again.close()
    }
  }

  /// A migration that is added needs a dump of the version before it (Tools/make-catalog-fixture).
  @Test func everyEarlierVersionHasADump() throws {
    let versions = try Self.versions()
    #expect(versions.count >= 10)
    for version in versions.dropLast() { #expect(Self.dumps.contains(version), "\(version)") }
  }

  private static let dumps = [
    "v1", "v2", "v3", "visitJudgements", "v4", "archives", "userFilters", "priorSolutions",
    "solutionLaws",
  ]

  /// The names of all migrations, in their order.
  private static func versions() throws -> [String] {
    var versions: [String] = []
    try withTemporaryCatalog { path in
      try Catalog(path: path, access: .readWrite).close()
      let queue = try DatabaseQueue(path: path)
      versions = try queue.read {
        try String.fetchAll($0, sql: "SELECT identifier FROM grdb_migrations ORDER BY rowid")
      }
    }
    return versions
  }

  /// A catalog that version 1 made: 45 detections, three objects, three imported orbits, one run.
  private func withVersion1(_ body: (String) throws -> Void) throws {
    try withTemporaryCatalog { path in
      try load("v1", path)
      try body(path)
    }
  }

  @Test func everythingOfVersion1IsKept() throws {
    try withVersion1 { path in
      #expect(throws: CatalogError.self) { try Catalog(path: path, access: .readOnly) }
      let catalog = try Catalog(path: path, access: .readWriteExisting)
      #expect(try catalog.problems().isEmpty)
      let counts = try catalog.rowCounts()
      #expect(counts["DiaSource"] == 45)
      #expect(counts["SSObject"] == 3)
      #expect(counts["SSSource"] == 45)
      #expect(counts["mpc_orbits"] == 6)
      #expect(counts["orbitSolutions"] == 6)
      #expect(counts["runs"] == 5)
      #expect(counts["releasedSources"] == 0)
      #expect(try catalog.orbits().map(\.designation).count { $0.hasPrefix("E24") } == 3)
      // The run is a complete one for the new journal too.
      let run = try #require(try catalog.run(night: 60441, inputDigest: "3e5473811f0d2ae0"))
      #expect(run.stage(Catalog.lastStage) != nil)
      #expect(try catalog.beginRun().runId == run.runId + 1)
      try catalog.close()
      try Catalog(path: path, access: .readOnly).close()
    }
  }
}
