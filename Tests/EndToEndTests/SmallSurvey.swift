import Foundation
import TestSupport
import Testing

/// A part of the fixture survey (real orbits, Rubin's simulated visits): the detections of 30
/// objects that were seen 12 times and more, in two halves, and the truth about them.
struct SmallSurvey {
  let first: String
  let second: String
  /// By diaSourceId.
  let truth: [String: String]

  init() throws {
    let folder = TestPaths.fixtures.appending(path: "survey")
    let truthLines = try lines(folder.appending(path: "truth.csv"))
    let detections = try lines(folder.appending(path: "detections.csv"))
    let named = truthLines.dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let all = Dictionary(uniqueKeysWithValues: named.map { (String($0[0]), String($0[1])) })
    let counts = all.values.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
    let chosen = Set(counts.filter { $0.value >= 12 && !$0.key.isEmpty }.keys.sorted().prefix(30))
    truth = all.filter { chosen.contains($0.value) }
    var parts = [[detections[0]], [detections[0]]]
    for line in detections.dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard truth[String(fields[0])] != nil, let time = Double(fields[3]) else { continue }
      parts[time < 60437.7 ? 0 : 1].append(line)
    }
    first = parts[0].joined(separator: "\n") + "\n"
    second = parts[1].joined(separator: "\n") + "\n"
  }
}

func lines(_ file: URL) throws -> [String] {
  try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
}

func nightly(
  _ scratch: Scratch, _ night: String, _ more: [String] = []
) throws -> ProgramRun {
  try ProgramRun(["nightly", "--catalog", scratch.catalog, "--night", night] + more)
}

/// The rows of an exported table, each by column name.
func table(_ scratch: Scratch, _ name: String) throws -> [[String: String]] {
  let run = try ProgramRun([
    "export", "--catalog", scratch.catalog, "--format", "csv", "--table", name, "--output", "-",
  ])
  #expect(run.status == 0, "\(run.errors)")
  let rows = run.output.split(separator: "\n").map {
    $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }
  return rows.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(rows[0], $0)) }
}
