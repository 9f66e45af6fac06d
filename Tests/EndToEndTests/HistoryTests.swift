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

  private static let tables = [
    "DiaSource", "SSObject", "SSSource", "links", "mpc_orbits", "orbits", "retiredObjects",
  ]

  private func exports(_ scratch: Scratch, _ more: [String] = []) throws -> [String] {
    try Self.tables.map { name in
      let run = try ProgramRun(
        ["export", "--catalog", scratch.catalog, "--format", "csv", "--table", name]
          + ["--output", "-"] + more)
      #expect(run.status == 0, "\(run.errors)")
      return run.output
    }
  }

  /// A split that orbits hold, of whichever object allows it; then the merge that undoes it.
  private func splitAndMerge(_ scratch: Scratch, _ remember: (String) throws -> Void) throws {
    let members = Dictionary(grouping: try table(scratch, "SSSource")) { $0["designation"] ?? "" }
      .mapValues { $0.compactMap { Int64($0["diaSourceId"] ?? "") }.sorted() }
      .filter { $0.key.hasPrefix("E24") }
    for (name, ids) in members.sorted(by: { ($1.value.count, $0.key) < ($0.value.count, $1.key) }) {
      let part = ids.suffix(ids.count / 2).map(String.init)
      let split = try ProgramRun(
        ["catalog", "split", "--catalog", scratch.catalog, name] + part)
      guard split.status == 0 else { continue }
      try remember("split")
      let known = Set(members.keys)
      let new = try #require(
        try table(scratch, "SSObject").compactMap { $0["designation"] }
          .first { $0.hasPrefix("E24") && !known.contains($0) })
      let merge = try ProgramRun(["catalog", "merge", "--catalog", scratch.catalog, name, new])
      #expect(merge.status == 0, "\(merge.errors)")
      return try remember("merge")
    }
    Issue.record("no object could be split")
  }

  /// One export after each thing that can happen to a catalog, and all of them again at its end.
  @Test func whateverChangesAnExportOfThenStays() throws {
    let survey = try SmallSurvey()
    let orbits = try lines(TestPaths.fixtures.appending(path: "orbits/sbdb.csv"))
    let names = orbits[0].split(separator: ",", omittingEmptySubsequences: false)
    let h = try #require(names.firstIndex(of: "H"))
    let changed = orbits.enumerated().map { number, line in
      var fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      if number > 0 { fields[h] = Double(fields[h]).map { "\($0 + 0.5)" } ?? "" }
      return fields.joined(separator: ",") + "\n"
    }.joined()
    try withScratch { scratch in
      func run(_ arguments: String...) throws {
        let run = try ProgramRun(arguments + ["--catalog", scratch.catalog])
        #expect(run.status == 0 || run.status == 5, "\(arguments): \(run.errors)")
      }
      var past: [(step: String, moment: String, content: [String])] = []
      func remember(_ step: String) throws {
        let history = try ProgramRun([
          "catalog", "history", "--json", "--catalog", scratch.catalog,
        ])
        let revisions = try #require(
          try JSONSerialization.jsonObject(with: Data(history.output.utf8)) as? [[String: Any]])
        let moment = try #require(revisions.last?["at"] as? String)
        past.append((step, moment, try exports(scratch)))
      }
      try run("ingest", try scratch.file("first.csv", survey.first))
      try remember("detections")
      try run("nightly", "--night", "2024-05-06")
      try remember("a night")
      try splitAndMerge(scratch, remember)
      try run("ingest", try scratch.file("second.csv", survey.second))
      try run("import", TestPaths.fixtures.appending(path: "orbits/sbdb.csv").path)
      try remember("orbits from elsewhere")
      try run("nightly", "--night", "2024-05-11")
      try remember("attribution, refits")
      let one = try #require(try table(scratch, "links").first?["diaSourceId"])
      try run("catalog", "release", one)
      try remember("an attribution undone")
      try run("import", "--own", "replace", try scratch.file("changed.csv", changed))
      try remember("another import")
      let now = try exports(scratch)
      try run("catalog", "archive", "--before", "2024-05-03")
      #expect(past.count == 8)
      #expect(Set(past.map(\.moment)).count == past.count)
      for (step, moment, content) in past {
        let then = try exports(scratch, ["--as-of", moment])
        for (index, name) in Self.tables.enumerated() {
          #expect(then[index] == content[index], "\(name) after: \(step)")
        }
      }
      #expect(try exports(scratch) == now)
      for (a, b) in zip(past, past.dropFirst()) { #expect(a.content != b.content, "\(b.step)") }
      #expect(try ProgramRun(["catalog", "check", "--catalog", scratch.catalog]).status == 0)
    }
  }
}
