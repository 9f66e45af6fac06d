import Foundation
import TestSupport
import Testing

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

  /// A row of nights, a stage done again, a run on a copy, an attribution undone.
  @Test func nightsAreCaughtUpDoneAgainAndTriedOut() throws {
    let survey = try SmallSurvey()
    try withScratch { scratch in
      for (name, text) in [("a.csv", survey.first), ("b.csv", survey.second)] {
        let file = try scratch.file(name, text)
        #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, file]).status == 0)
      }
      let before = try scratch.tables()
      let names = try scratch.names
      let tried = try nightly(scratch, "2024-05-11", ["--dry-run"])
      #expect(tried.status == 0 && !tried.output.contains("new objects         0"))
      #expect(try scratch.tables() == before)
      #expect(try scratch.names == names)

      let row = try nightly(scratch, "2024-05-10..2024-05-11", ["--json"])
      #expect(row.status == 0, "\(row.errors)")
      #expect(row.output.contains("newObjects"))
      let after = withoutRuns(try scratch.tables())
      for stage in ["attribution", "linking", "precovery"] {
        let again = try nightly(scratch, "2024-05-11", ["--from", stage])
        #expect(again.status == 0 && !again.output.contains("done before"))
        #expect(withoutRuns(try scratch.tables()) == after)
      }
      #expect(try nightly(scratch, "2024-05-12..2024-05-11").status == 2)

      let id = try #require(try table(scratch, "SSSource").first?["diaSourceId"])
      let release = ["catalog", "release", "--catalog", scratch.catalog, id]
      #expect(try ProgramRun(release).status == 0)
      #expect(try ProgramRun(release).status == 1)
      #expect(try ProgramRun(["catalog", "check", "--catalog", scratch.catalog]).status == 0)
      #expect(try nightly(scratch, "2024-05-11", ["--force"]).status == 0)
      // It is not given back.
      #expect(try !table(scratch, "SSSource").contains { $0["diaSourceId"] == id })
    }
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
