import Astro
import Astrometry
import Catalog
import Dynamics
import GRDB
import Testing

/// Rows go in by groups of 32: what is in a group is treated as if it came alone.
@Suite struct GroupedWriteTests {
  /// Identifiers that come twice, in a group, across groups, and of rows that are there before.
  @Test func repeatedRowsAreToldApart() throws {
    let first = (1...40).map { detection($0, ra: 10 + Double($0)) }
    var second = (1...200).map { detection($0, ra: 10 + Double($0)) }
    second.insert(second[90], at: 92)
    second.insert(detection(100, ra: 1), at: 104)
    second.append(second[60])
    second.append(detection(7, ra: 2))
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      #expect(try catalog.ingest(rows(first), bad: [], from: file).counts.added == 40)
      let result = try catalog.ingest(rows(second), bad: [], from: file)
      #expect(result.counts.rows == 204)
      #expect(result.counts.added == 160)
      #expect(result.counts.alreadyThere == 42)
      // The lines of the two that say something else: a header, then rows from line 2.
      #expect(result.quarantined.map(\.location) == [.line(106), .line(205)])
      let stored = try catalog.detections(nights: 57323...57323)
      #expect(stored.map(\.detection) == (1...200).map { detection($0, ra: 10 + Double($0)) })
      #expect(try catalog.numbers("nDiaSources", of: "visits") == [200])
    }
  }

  /// Groups and single rows give the same catalog.
  @Test func groupsGiveWhatSingleRowsGive() throws {
    let all = (1...100).map { detection($0, ra: 10 + Double($0)) }
    var digests: [String?] = []
    for size in [1, 7, 32, 100] {
      try withTemporaryCatalog { path in
        let catalog = try Catalog(path: path, access: .readWrite)
        let input = rows(all)
        var batches = stride(from: 0, to: 100, by: size).map {
          IngestBatch(rows: Array(input[$0..<min(100, $0 + size)]), bad: [])
        }
        _ = try catalog.ingest(file: file) { batches.isEmpty ? nil : batches.removeFirst() }
        #expect(try catalog.detections(nights: 57323...57323).map(\.detection) == all)
        digests.append(try catalog.contentDigests()["DiaSource"])
      }
    }
    #expect(digests[0] != nil)
    #expect(Set(digests).count == 1)
  }

  /// Orbits of one file that are the same object's, while the first still waits to be written.
  @Test func orbitsThatWaitAreKnown() throws {
    var orbits = (1...50).map { catalogOrbit("1990 AA\($0)", x: 1.5 + Double($0) / 100) }
    orbits.insert(orbits[3], at: 5)
    var changed = orbits[2]
    changed.orbit.state.position.x += 1e-3
    orbits.insert(changed, at: 8)
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      let result = try catalog.importOrbits(orbits, file: "a.dat")
      #expect(result.counts.added == 51)
      #expect(result.counts.alreadyThere == 1)
      #expect(try catalog.numbers("ssObjectId", of: "mpc_orbits").count == 50)
      #expect(try catalog.numbers("solutionId", of: "orbitSolutions") == (1...51).map(Double.init))
      let known = try catalog.orbits().first { $0.designation == changed.designation }
      #expect(known?.orbit.state.position.x == changed.orbit.state.position.x)
      #expect(try catalog.problems().isEmpty)
    }
  }

  /// A number and a designation as two orbits, and then the line that says that they are one.
  @Test func namesOfOrbitsThatWaitAreKnown() throws {
    var both = catalogOrbit("2062")
    both.otherNames = ["1976 AA"]
    let orbits = [catalogOrbit("2062"), catalogOrbit("1976 AA"), catalogOrbit("1990 XX1"), both]
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      _ = try catalog.importOrbits(orbits, file: "a.dat")
      let rubin = try #require(Designation("1976 AA")?.ssObjectId)
      #expect(try catalog.objectId(named: "2062") == rubin)
      #expect(try catalog.orbits().count == 2)
      #expect(try catalog.problems().isEmpty)
    }
  }

  /// Orbits that have the columns of a list of elements alone go in by statements of their own: what
  /// is in the catalog is the same.
  @Test func plainOrbitsAreStoredAsOthersAre() throws {
    let plain = (1...64).map { catalogOrbit("1990 AA\($0)", x: 1.5 + Double($0) / 100) }
    var mixed = plain
    // One of each group has more to say.
    for index in [5, 40] { mixed[index].quality.converged = true }
    var digests: [[String: String]] = []
    for orbits in [plain, mixed] {
      try withTemporaryCatalog { path in
        let catalog = try Catalog(path: path, access: .readWrite)
        #expect(try catalog.importOrbits(orbits, file: "it's a list").counts.added == 64)
        var found = try catalog.orbits()
        for index in found.indices {
          found[index].quality.converged = nil
          found[index].ssObjectId = nil
        }
        #expect(
          found.sorted { $0.designation < $1.designation }
            == plain.sorted { $0.designation < $1.designation })
        #expect(try catalog.problems().isEmpty)
        digests.append(try catalog.contentDigests())
      }
    }
    // Elements, names and types too.
    #expect(digests[0]["mpc_orbits"] != nil && digests[0]["mpc_orbits"] == digests[1]["mpc_orbits"])
    #expect(digests[0]["orbitSolutions"] != digests[1]["orbitSolutions"])
  }

  /// Indexes that wait while an empty catalog is filled are there afterwards, also when the import
  /// fails, and what comes twice in a file is found by them.
  @Test func indexesComeBack() throws {
    struct Stop: Error {}
    func indexes(_ path: String) throws -> [String] {
      let queue = try DatabaseQueue(path: path)
      defer { try? queue.close() }
      return try queue.read {
        try String.fetchAll(
          $0, sql: "SELECT name FROM sqlite_master WHERE type = 'index' ORDER BY name")
      }
    }
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      let before = try indexes(path)
      #expect(before.contains("orbitSolutionsBySSObject"))
      #expect(before.contains("designationsBySSObject"))
      var batches = 0
      #expect(throws: Stop.self) {
        try catalog.importOrbits(file: "/a") {
          batches += 1
          if batches > 1 { throw Stop() }
          return ImportBatch([catalogOrbit("433")], source: "/a")
        }
      }
      #expect(try indexes(path) == before)
      #expect(try catalog.orbits().isEmpty)
      var twice = (1...40).map { catalogOrbit("\($0)", x: 1 + Double($0) / 100) }
      twice[3].otherNames = ["1990 AB"]
      let result = try catalog.importOrbits(twice + twice, file: "/b")
      #expect(result.counts.added == 40 && result.counts.alreadyThere == 40)
      #expect(result.writerSeconds > 0)
      #expect(try indexes(path) == before)
      #expect(try catalog.problems().isEmpty)
    }
  }
}
