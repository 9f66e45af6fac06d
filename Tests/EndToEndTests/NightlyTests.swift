import Foundation
import TestSupport
import Testing

/// A part of the fixture survey (real orbits, Rubin's simulated visits): the detections of 30
/// objects that were seen 12 times and more, in two halves, and the truth about them.
private struct SmallSurvey {
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

private func lines(_ file: URL) throws -> [String] {
  try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
}

private func nightly(
  _ scratch: Scratch, _ night: String, _ more: [String] = []
) throws -> ProgramRun {
  try ProgramRun(["nightly", "--catalog", scratch.catalog, "--night", night] + more)
}

/// The rows of an exported table, each by column name.
private func table(_ scratch: Scratch, _ name: String) throws -> [[String: String]] {
  let run = try ProgramRun([
    "export", "--catalog", scratch.catalog, "--format", "csv", "--table", name, "--output", "-",
  ])
  #expect(run.status == 0, "\(run.errors)")
  let rows = run.output.split(separator: "\n").map {
    $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }
  return rows.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(rows[0], $0)) }
}

private func withoutRuns(_ stats: String) -> String {
  stats.split(separator: "\n").filter { !$0.hasPrefix("runs") }.joined(separator: "\n")
}

@Suite struct NightlyTests {
  @Test func objectsAreFoundKeptAndExtended() throws {
    let survey = try SmallSurvey()
    try withScratch { scratch in
      let first = try scratch.file("first.csv", survey.first)
      #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, first]).status == 0)
      let run = try nightly(scratch, "2024-05-06")
      #expect(run.status == 0, "\(run.errors)")
      let early = try table(scratch, "SSObject")
      // Of 30 objects 23 have three nights with a pair by then; the linker may miss one or two.
      #expect(early.count >= 20)
      try checkPurity(scratch, survey)

      try checkRepetition(scratch)

      let second = try scratch.file("second.csv", survey.second)
      #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, second]).status == 0)
      #expect(try nightly(scratch, "2024-05-11", ["--window-days", "20"]).status == 0)
      let late = try table(scratch, "SSObject")
      try checkPurity(scratch, survey)
      // No object lost its number or name, none was doubled, some have grown.
      let names = Dictionary(uniqueKeysWithValues: late.map { ($0["ssObjectId"], $0) })
      var grown = 0
      for object in early {
        let now = try #require(names[object["ssObjectId"]])
        #expect(now["designation"] == object["designation"])
        let (before, after) = (Int(object["nObs"] ?? "") ?? 0, Int(now["nObs"] ?? "") ?? 0)
        #expect(after >= before)
        if after > before { grown += 1 }
      }
      #expect(grown > 0)
      #expect(try owners(scratch, survey).count == late.count)
      #expect(try ProgramRun(["catalog", "check", "--catalog", scratch.catalog]).status == 0)
    }
  }

  /// The same run again: told from the journal, and done again on one core.
  private func checkRepetition(_ scratch: Scratch) throws {
    let before = try scratch.tables()
    let again = try nightly(scratch, "2024-05-06")
    #expect(again.output.contains("done before"))
    #expect(try scratch.tables() == before)
    let forced = try nightly(scratch, "2024-05-06", ["--force", "--jobs", "1"])
    #expect(forced.status == 0)
    #expect(forced.output.contains("new objects         0"))
    #expect(withoutRuns(try scratch.tables()) == withoutRuns(before))
  }

  /// The true objects that the catalog's objects are, one each.
  private func owners(_ scratch: Scratch, _ survey: SmallSurvey) throws -> Set<String> {
    Set(
      try table(scratch, "SSSource").compactMap { $0["diaSourceId"].flatMap { survey.truth[$0] } })
  }

  private func checkPurity(_ scratch: Scratch, _ survey: SmallSurvey) throws {
    var found: [String: Set<String>] = [:]
    for row in try table(scratch, "SSSource") {
      let (object, id) = (try #require(row["ssObjectId"]), try #require(row["diaSourceId"]))
      #expect(row["obs_id"] == id)
      found[object, default: []].insert(survey.truth[id] ?? "unknown")
      // Simulated with errors of 0.1″ and less: five of them, both coordinates.
      #expect(try #require(Double(row["ephOffset"] ?? "")) < 0.8)
    }
    #expect(found.values.allSatisfy { $0.count == 1 })
  }
}
