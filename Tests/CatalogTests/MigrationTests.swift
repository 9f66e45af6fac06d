import Catalog
import Dynamics
import Foundation
import GRDB
import TestSupport
import Testing

@Suite struct MigrationTests {
  /// A catalog that version 1 made: 45 detections, three objects, three imported orbits, one run.
  private func withVersion1(_ body: (String) throws -> Void) throws {
    let dump = TestPaths.fixtures.appending(path: "catalogs/v1.sql")
    let script = try String(contentsOf: dump, encoding: .utf8)
    try withTemporaryCatalog { path in
      let queue = try DatabaseQueue(path: path)
      try queue.writeWithoutTransaction { database in
        try database.execute(sql: script)
        // "ECLP"; a dump does not have it.
        try database.execute(sql: "PRAGMA application_id = 1162038352")
      }
      try queue.close()
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
