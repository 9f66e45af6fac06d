import Foundation
import TestSupport
import Testing

/// `predict` from the tables that it keeps beside a catalog.
struct PredictTableTests {
  private static let header = "designation,epochMjdTdb,origin,frame,x,y,z,vx,vy,vz,H,G\n"

  /// Asteroids at 2.5 au all around, near the ecliptic.
  private static func orbits(_ range: Range<Int>) -> String {
    range.map { index in
      let angle = 0.37 * Double(index)
      let (c, s) = (cos(angle), sin(angle))
      let speed = 0.0108
      return "object \(index),61000,SUN,ECLIPJ2000,\(2.5 * c),\(2.5 * s),0.1,"
        + "\(-speed * s),\(speed * c),0.0005,\(15 + index % 5),0.15\n"
    }.joined()
  }

  private struct Place {
    var folder: URL
    var catalog: String { folder.appending(path: "survey.db").path }

    func importOrbits(_ range: Range<Int>) throws {
      let file = folder.appending(path: "orbits-\(range.lowerBound).csv")
      try Data((header + orbits(range)).utf8).write(to: file)
      let run = try ProgramRun(["import", "--catalog", catalog, file.path])
      #expect(run.status == 0, "\(run.errors)")
    }

    func predict(_ more: String...) throws -> [Substring] {
      let run = try ProgramRun(
        [
          "predict", "--catalog", catalog, "--ra", "40", "--dec", "15", "--radius", "60",
          "--time", "61005.2:utc",
        ] + more)
      #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
      return run.output.split(separator: "\n")
    }

    /// Names of the tables beside the catalog, and when they were made.
    func tables() throws -> [String: Date] {
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        .filter { $0.contains(".table") }
      return Dictionary(
        uniqueKeysWithValues: try names.map { name in
          let attributes = try FileManager.default.attributesOfItem(
            atPath: folder.appending(path: name).path)
          return (name, attributes[.creationDate] as? Date ?? .distantPast)
        })
    }
  }

  /// Numbers of the table's lines agree with those of propagation to their last digits.
  private func compare(_ table: [Substring], _ exact: [Substring]) throws {
    #expect(table.count == exact.count && table[0] == exact[0])
    for (ours, truth) in zip(table, exact).dropFirst() {
      let (a, b) = (ours.split(separator: ","), truth.split(separator: ","))
      #expect(a.count == b.count && a[0] == b[0])
      for column in [2, 3] {
        let (x, y) = (try #require(Double(a[column])), try #require(Double(b[column])))
        // 1 mas; columns have 9 decimals.
        #expect(abs(x - y) < 3e-7, "\(ours) \(truth)")
      }
    }
  }

  @Test("The table is made once, renewed by what changed, made again when damaged")
  func life() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let place = Place(folder: folder)
    try place.importOrbits(0..<60)
    let name = "survey.db.night-2025-11-25-X05.table"
    let first = try place.predict()
    #expect(first.count > 10)
    try compare(first, try place.predict("--exact"))
    #expect(try place.tables().keys.sorted() == [name])
    let path = folder.appending(path: name)
    let before = try Data(contentsOf: path)
    #expect(try place.predict() == first)
    #expect(try Data(contentsOf: path) == before)

    // Two more of 60: they go to a table of their own.
    try place.importOrbits(60..<62)
    let more = try place.predict()
    try compare(more, try place.predict("--exact"))
    #expect(try place.tables().keys.sorted() == [name, name + ".later"])
    #expect(try Data(contentsOf: path) == before)

    // Half as many again: all is made anew.
    try place.importOrbits(62..<90)
    try compare(try place.predict(), try place.predict("--exact"))
    #expect(try place.tables().keys.sorted() == [name])
    #expect(try Data(contentsOf: path) != before)

    try Data(before.prefix(before.count / 2)).write(to: path)
    try compare(try place.predict(), try place.predict("--exact"))
    #expect(try Data(contentsOf: path).count > before.count)
  }

  @Test("A table that is up to date is not compared with the catalog again")
  func current() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let place = Place(folder: folder)
    try place.importOrbits(0..<20)
    // Of a change in the last seconds no file's time can tell whether it came before.
    Thread.sleep(forTimeInterval: 2.5)
    let first = try place.predict()
    let path = folder.appending(path: "survey.db.night-2025-11-25-X05.table").path
    /// Comparing stamps the file with its own moment.
    func stamp() throws -> Date? {
      try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    }
    let before = try #require(try stamp())
    #expect(try place.predict() == first)
    #expect(try stamp() == before)
    try place.importOrbits(20..<22)
    #expect(try place.predict().count >= first.count)
    #expect(try place.tables().count == 2)
  }

  @Test("Six tables of a site are kept, those nearest to the newest; other sites' stay")
  func oldNights() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let place = Place(folder: folder)
    try place.importOrbits(0..<20)
    let names = [
      "2025-10-11-X05.table", "2025-10-11-X05.table.later", "2025-10-12-X05.table",
      "2025-10-11-G96.table", "2025-11-21-X05.table", "2025-11-22-X05.table",
      "2025-11-23-X05.table", "2025-12-25-X05.table",
    ].map { "survey.db.night-\($0)" }
    for name in names { try Data("old".utf8).write(to: folder.appending(path: name)) }
    _ = try place.predict()
    let made = "survey.db.night-2025-11-25-X05.table"
    #expect(try place.tables().keys.sorted() == (names.dropFirst(2) + [made]).sorted())
  }

  @Test("A name with a comma and quotes is one field, as RFC 4180 writes it")
  func quotedName() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let place = Place(folder: folder)
    let file = folder.appending(path: "orbits.csv")
    let named = Self.orbits(0..<20).replacing("object", with: "\"A,\"\"b\"\"").replacing(
      ",61000,", with: "\",61000,")
    try Data((Self.header + named).utf8).write(to: file)
    let run = try ProgramRun(["import", "--catalog", place.catalog, file.path])
    #expect(run.status == 0, "\(run.errors)")
    let lines = try place.predict()
    #expect(lines.count > 3)
    for line in lines.dropFirst() { #expect(line.hasPrefix("\"A,\"\"b\"\" "), "\(line)") }
  }

  @Test("Where the catalog's folder can't be written the table stays in memory")
  func readOnly() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let place = Place(folder: folder)
    try place.importOrbits(0..<20)
    let exact = try place.predict("--exact")
    // Root writes everywhere: a folder in the place of the table stops it too.
    try FileManager.default.createDirectory(
      at: folder.appending(path: "survey.db.night-2025-11-25-X05.table"),
      withIntermediateDirectories: true)
    try compare(try place.predict(), exact)
    #expect(try place.tables().count == 1)
  }
}
