import Astrometry
import Dynamics
import Exchange
import Foundation
import Testing

/// Lists and lines of `mpc_orb` records, read piece by piece.
struct MPCOrbStreamTests {
  /// A record on several lines, with braces and quotes in a string.
  private func record(_ name: String, x: String = "1.5") -> String {
    """
    {"designation_data": {"unpacked_primary_provisional_designation": "\(name)"},
     "comment": "not \\"the end}\\" ] of, it\\\\",
     "epoch_data": {"epoch": 60000.0, "timeform": "MJD", "timesystem": "TDT"},
     "CAR": {"coefficient_names": ["x", "y", "z", "vx", "vy", "vz"],
       "coefficient_values": [\(x), 0.1, 0.2, 0.001, 0.012, 0.0001]}}
    """
  }

  private func line(_ name: String, x: String = "1.5") -> String {
    record(name, x: x).replacing("\n", with: " ")
  }

  private func withFile<Value>(_ text: String, _ body: (String) throws -> Value) throws -> Value {
    try RealFiles.withFolder { folder in
      let url = folder.appending(path: "orbits.json")
      try Data(text.utf8).write(to: url)
      return try body(url.path)
    }
  }

  private func names(_ count: Int) -> [String] { (1...count).map { "2024 AA\($0)" } }

  /// As the catalog's import reads it: parts that are understood apart from each other.
  private func parts(_ path: String) throws -> OrbitBatch {
    let file = try OrbitFile(path: path)
    var all = OrbitBatch()
    while let part = try file.nextPart() {
      let batch = part.parsed()
      all.orbits += batch.orbits
      all.lines += batch.lines
      all.quarantined += batch.quarantined
    }
    return all
  }

  @Test func linesAreRecords() throws {
    let text = [
      line("2024 AA1"), "", line("2024 AA2", x: "\"far\""), line("2024 AA3"), "{\"a\": }",
    ]
    .joined(separator: "\r\n")
    try withFile(text) { path in
      let batch = try parts(path)
      #expect(batch.orbits.map(\.designation) == ["2024 AA1", "2024 AA3"])
      #expect(batch.lines == [1, 4])
      #expect(batch.quarantined.map(\.location) == [.line(3), .line(5)])
      #expect(batch.quarantined.map(\.field) == ["CAR.x", nil])
    }
  }

  /// More than one block of 1 MB, as a list and as records one after the other.
  @Test(arguments: ["[", ""]) func manyBlocksComeInOrder(open: String) throws {
    let all = names(6_000)
    let text = open + all.map { record($0) }.joined(separator: open.isEmpty ? "\n" : ",\n")
    try withFile(text + (open.isEmpty ? "" : "]\n")) { path in
      let batch = try parts(path)
      #expect(batch.orbits.map(\.designation) == all)
      #expect(batch.lines == all.indices.map { 5 * $0 + 1 })
      #expect(batch.quarantined.isEmpty)
      let whole = try OrbitFile.readAll(path)
      #expect(whole.orbits == batch.orbits)
    }
  }

  @Test(arguments: [0.3, 0.999]) func aFileThatIsCutIsNoFile(share: Double) throws {
    let list = "[" + names(4_000).map { record($0) }.joined(separator: ",") + "]"
    try withFile(String(list.prefix(Int(share * Double(list.count))))) { path in
      _ = #expect(throws: ExchangeError.self) { try parts(path) }
    }
  }

  @Test(arguments: ["[\(1)] more", "[1, 2", "[]", "{"]) func whatIsNoListIsToldOf(text: String)
    throws
  {
    try withFile(text) { path in
      _ = #expect(throws: ExchangeError.self) { try parts(path) }
    }
  }
}
