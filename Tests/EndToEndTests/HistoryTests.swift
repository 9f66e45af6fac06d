import Foundation
import TestSupport
import Testing

@Suite struct HistoryTests {
  /// An export of a past moment has the bytes that it had then, in every kind of format, whatever
  /// came after: more nights, orbits from elsewhere, detections released.
  @Test func exportsOfThePastAreTheSameBytes() throws {
    let survey = try SmallSurvey()
    try withScratch { scratch in
      let first = try scratch.file("first.csv", survey.first)
      #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, first]).status == 0)
      #expect(try nightly(scratch, "2024-05-06").status == 0)
      let kinds = [
        ["--format", "csv", "--table", "SSObject"], ["--format", "csv", "--table", "SSSource"],
        ["--format", "csv", "--table", "DiaSource"], ["--format", "csv", "--table", "links"],
        ["--format", "csv", "--table", "solutionSources"],
        ["--format", "csv", "--table", "mpc_orbits", "--order", "q"],
        ["--format", "parquet", "--table", "SSObject"],
        ["--format", "fits", "--table", "SSSource"],
        ["--format", "votable", "--table", "SSObject"],
        ["--format", "votable-tabledata", "--table", "mpc_orbits"],
        ["--format", "csv", "--table", "orbits"], ["--format", "mpcorb"],
        ["--format", "mpc-orb"], ["--format", "ades-psv"], ["--format", "ades-xml"],
        ["--format", "obs80"],
      ]
      func export(_ name: String, _ more: [String]) throws -> [Data] {
        try kinds.enumerated().map { index, kind in
          let file = scratch.folder.appending(path: "\(name)-\(index)")
          let run = try ProgramRun(
            ["export", "--catalog", scratch.catalog, "--output", file.path] + kind + more)
          #expect(run.status == 0, "\(run.errors)")
          return try Data(contentsOf: file)
        }
      }
      let then = try export("then", [])
      let history = try ProgramRun(["catalog", "history", "--json", "--catalog", scratch.catalog])
      let revisions = try #require(
        try JSONSerialization.jsonObject(with: Data(history.output.utf8)) as? [[String: Any]])
      let moment = try #require(revisions.last?["at"] as? String)

      let second = try scratch.file("second.csv", survey.second)
      #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, second]).status == 0)
      let orbits = TestPaths.fixtures.appending(path: "orbits/sbdb.csv").path
      #expect(try ProgramRun(["import", "--catalog", scratch.catalog, orbits]).status == 0)
      #expect(try nightly(scratch, "2024-05-11").status == 0)
      let one = try #require(try table(scratch, "links").first?["diaSourceId"])
      #expect(
        try ProgramRun(["catalog", "release", "--catalog", scratch.catalog, one]).status == 0)

      let now = try export("now", [])
      let past = try export("past", ["--as-of", moment])
      for (index, kind) in kinds.enumerated() {
        #expect(past[index] == then[index], "\(kind)")
        #expect(now[index] != then[index], "\(kind)")
      }
      #expect(try ProgramRun(["catalog", "check", "--catalog", scratch.catalog]).status == 0)
      let early = try ProgramRun(
        ["export", "--catalog", scratch.catalog, "--format", "csv", "--output", "-"]
          + ["--as-of", "2020-01-01"])
      #expect(early.status == 1)
      #expect(early.errors.contains("the catalog's history begins at"))
    }
  }
}
