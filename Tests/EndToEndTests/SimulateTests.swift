import Foundation
import TestSupport
import Testing

/// `ecliptic simulate` as a user runs it.
struct SimulateTests {
  private func run(_ arguments: [String]) throws -> ProgramRun {
    try ProgramRun(["simulate"] + arguments)
  }

  private let orbits = TestPaths.fixtures.appending(path: "orbits/sbdb.csv").path
  private let visits = TestPaths.fixtures.appending(path: "visits/rubin-baseline.csv").path

  @Test func oneNightIsWritten() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try run([
      "--orbits", orbits, "--visits", visits, "--from", "2024-05-03", "--nights", "1",
      "--false-ratio", "0.5", "--alerts", "--write-orbits", "--json", "--output", folder.path,
    ])
    #expect(result.status == 0, "\(result.errors)")
    struct Report: Decodable { var visits, detections, falseDetections, alerts: Int }
    let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
    func lines(_ name: String) throws -> [Substring] {
      try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        .split(whereSeparator: \.isNewline)
    }
    #expect(report.detections > 100 && report.falseDetections > 20)
    #expect(report.alerts == report.detections)
    #expect(try lines("detections.csv").count == report.detections + 1)
    #expect(try lines("truth.csv").count == report.detections + 1)
    #expect(try lines("visits.csv").count == report.visits + 1)
    #expect(try lines("orbits.csv").count == 7097)
    let truth = try lines("truth.csv").dropFirst()
    #expect(truth.count { $0.hasSuffix(",,") } == report.falseDetections)
    let packets = try FileManager.default.contentsOfDirectory(
      atPath: folder.appending(path: "alerts").path)
    #expect(packets.count > 10 && packets.allSatisfy { $0.hasSuffix(".avro") })
  }

  @Test func mistakesAreNamed() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let output = folder.appending(path: "survey").path
    let cases: [(arguments: [String], code: Int32, text: String)] = [
      (["--orbits", "/nonexistent", "--visits", visits, "--output", output], 1, "/nonexistent"),
      (["--orbits", orbits, "--visits", orbits, "--output", output], 1, "visit"),
      (
        ["--orbits", orbits, "--visits", visits, "--from", "2030-01-01", "--output", output], 1,
        "2024-04-27 to 2024-05-11"
      ),
      (
        ["--orbits", orbits, "--visits", visits, "--from", "May", "--output", output], 2,
        "YYYY-MM-DD"
      ),
      (
        ["--orbits", orbits, "--visits", visits, "--false-ratio=-1", "--output", output], 2,
        "--false-ratio"
      ),
      (
        ["--orbits", orbits, "--visits", visits, "--observatory", "?", "--output", output], 2,
        "--observatory"
      ),
      (["--orbits", orbits], 2, "--visits"),
    ]
    for (arguments, code, text) in cases {
      let result = try run(arguments)
      #expect(result.status == code, "\(arguments): \(result.errors)")
      #expect(result.errors.contains(text), "\(arguments): \(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: output))
    }
  }
}
