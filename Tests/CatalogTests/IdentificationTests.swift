import Astro
import Astrometry
import Catalog
import Dynamics
import Exchange
import Foundation
import Testing

/// Names that are one object's: what Rubin's number of an object is, and who keeps it.
@Suite struct IdentificationTests {
  private func add(_ catalog: Catalog, _ orbits: [CatalogOrbit], from file: String) throws {
    _ = try catalog.importOrbits(orbits, file: file)
  }

  private func orbit(_ name: String, _ others: [String] = [], q: Double = 1) -> CatalogOrbit {
    var orbit = catalogOrbit(name)
    orbit.otherNames = others
    orbit.orbit.state.position.x *= q
    return orbit
  }

  private func apply(_ catalog: Catalog, _ updates: [ObjectUpdate]) throws {
    try catalog.apply(updates, what: "test", night: 57346)
  }

  /// (2062) Aten = 1976 AA, in whatever order number, designations and both together come: one
  /// object, Rubin's number (ASCII of J76A00A).
  @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
  func numberAndDesignationAreOneObject(order: [Int]) throws {
    let rubin = try #require(Designation("1976 AA")?.ssObjectId)
    #expect(rubin == 0x4A_37_36_41_30_30_41)
    let files = [orbit("2062"), orbit("1976 AA", q: 1.1), orbit("1976 AA", ["2062"], q: 1.2)]
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      for index in order { try add(catalog, [files[index]], from: "file \(index)") }
      #expect(try catalog.numbers("ssObjectId", of: "mpc_orbits") == [Double(rubin)])
      for name in ["2062", "(2062)", "02062", "1976 AA", "J76A00A", "\(rubin)"] {
        #expect(try catalog.objectId(named: name) == rubin, "\(name)")
      }
      #expect(try catalog.orbits().map(\.designation) == ["1976 AA"])
      #expect(try catalog.problems().isEmpty)
      // The orbit that came last is in force.
      let last = files[try #require(order.last)].orbit.state.position.x
      #expect(try catalog.orbits()[0].orbit.state.position.x == last)
    }
  }

  /// Detections of an object that was known by its number go with it; the number that it had leads
  /// to it, then and now.
  @Test func detectionsFollowTheirObject() throws {
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      _ = try catalog.ingest(rows((1...5).map { detection($0) }), bad: [], from: file)
      try add(catalog, [orbit("2062")], from: "MPCORB.DAT")
      let number = try #require(Designation("2062")?.ssObjectId)
      let rubin = try #require(Designation("1976 AA")?.ssObjectId)
      var before = update(number, [1, 2, 3])
      before.solution = nil
      try apply(catalog, [before])
      var list: (names: [[String]], bad: [QuarantinedRecord])? = ([["1976 AA", "2062"]], [])
      let result = try catalog.identify(file: "ids.csv") {
        defer { list = nil }
        return list
      }
      #expect(result.counts.added == 1)
      #expect(try catalog.detections(ofObjects: [rubin]).count == 3)
      #expect(try catalog.numbers("ssObjectId", of: "SSObject") == [Double(rubin)])
      #expect(try catalog.objectId(named: "\(number)") == rubin)
      #expect(try catalog.orbits().map(\.designation) == ["1976 AA"])
      #expect(try catalog.problems().isEmpty)
      // The past orbit stays with the number that it had.
      #expect(try catalog.numbers("ssObjectId", of: "orbitSolutions").contains(Double(number)))
    }
  }

  /// The MPC finds that 2001 AB1 is 1990 XY2, of the earlier year and now the primary designation;
  /// later that it was the other way about.
  @Test func primaryDesignationsChange() throws {
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      let (old, new) = ("1990 XY2", "2001 AB1")
      let oldId = try #require(Designation(old)?.ssObjectId)
      let newId = try #require(Designation(new)?.ssObjectId)
      try add(catalog, [orbit(old), orbit(new, q: 1.1)], from: "a")
      #expect(try catalog.orbitCount() == 2)
      try add(catalog, [orbit(old, [new], q: 1.2)], from: "b")
      #expect(try catalog.orbits().map(\.designation) == [old])
      #expect(try catalog.objectId(named: new) == oldId)
      // A file that has only the secondary name brings an orbit of the same object.
      try add(catalog, [orbit(new, q: 1.3)], from: "c")
      #expect(try catalog.orbits().map(\.ssObjectId) == [oldId])
      #expect(try catalog.orbits().map(\.designation) == [old])
      try add(catalog, [orbit(new, [old], q: 1.4)], from: "d")
      #expect(try catalog.orbits().map(\.ssObjectId) == [newId])
      #expect(try catalog.objectId(named: old) == newId)
      #expect(try catalog.problems().isEmpty)
      // All that is in the list of names, with times.
      var names = Set<String>()
      try catalog.rows(of: "identifications") { _ in
      } row: { values in
        if case .text(let name) = values[1] { names.insert(name) }
      }
      #expect(names == [old, new])
    }
  }

  /// An object of ours that is a part of another one keeps its name, and gets its number back when
  /// it turns out to be one of its own.
  @Test func partsComeBack() throws {
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      _ = try catalog.ingest(rows((1...6).map { detection($0) }), bad: [], from: file)
      try apply(catalog, [update(100, [1, 2, 3]), update(200, [4, 5])])
      try apply(catalog, [update(100, [1, 2, 3, 4, 5], absorbed: [200])])
      #expect(try catalog.formerSources(of: 200) == [4, 5])
      #expect(try catalog.parts(of: 100).map(\.designation) == ["D200"])
      try apply(catalog, [update(100, [1, 2, 3]), update(200, [4, 5, 6])])
      #expect(try catalog.parts(of: 100).isEmpty)
      #expect(try catalog.detections(ofObjects: [200]).count == 3)
      #expect(try catalog.problems().isEmpty)
    }
  }

  @Test func namesOfFilesAreRead() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "identifications-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let list = folder.appending(path: "ids.csv").path
    try """
    id,packed_primary_provisional_designation,unpacked_primary_provisional_designation,permid
    1,J76A00A,1976 AA,2062
    2,K04M04N,2004 MN4,99942
    3,what,what,1
    """.write(toFile: list, atomically: true, encoding: .utf8)
    let file = try #require(try IdentificationFile(path: list))
    let part = try #require(try file.next(upTo: 100))
    #expect(part.names == [["1976 AA", "2062"], ["2004 MN4", "99942"]])
    #expect(part.bad.map(\.location) == [.line(4)])
    // MPCORB has the provisional designation of numbered objects without a name.
    let orbits = folder.appending(path: "MPCORB.DAT").path
    try """
    00433   11.16  0.46 K1972  84.17190  178.83549  304.30424   10.82858  0.2227385  0.55973997   \
    1.4581823  0 MPO467611  8406  52 1893-2019 0.69 M-v 38h MPCLINUX   1804    (433) Eros         \
          20190509
    12345   11.16  0.46 K1972  84.17190  178.83549  304.30424   10.82858  0.2227385  0.55973997   \
    1.4581823  0 MPO467611  8406  52 1893-2019 0.69 M-v 38h MPCLINUX   1804  (12345) 1993 FT8     \
          20190509

    """.write(toFile: orbits, atomically: true, encoding: .utf8)
    let read = try OrbitFile.readAll(orbits).orbits
    #expect(read.map(\.designation) == ["433", "12345"])
    #expect(read.map(\.otherNames) == [[], ["1993 FT8"]])
  }
}
