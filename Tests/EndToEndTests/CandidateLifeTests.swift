import Foundation
import TestSupport
import Testing

/// An object's way from its first nights to its number.
@Suite struct CandidateLifeTests {
  private func ingest(_ scratch: Scratch, _ name: String, _ rows: [String]) throws {
    let file = try scratch.file(name, rows.joined(separator: "\n") + "\n")
    let run = try ProgramRun(["ingest", "--catalog", scratch.catalog, file])
    #expect(run.status == 0, "\(run.errors)")
  }

  private func bring(_ scratch: Scratch, _ name: String, _ text: String) throws {
    let run = try ProgramRun([
      "import", "--catalog", scratch.catalog, try scratch.file(name, text),
    ])
    #expect(run.status == 0, "\(run.errors)")
  }

  private func states(_ scratch: Scratch) throws -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: try table(scratch, "objectStates").map {
        ($0["ssObjectId"] ?? "", $0["state"] ?? "")
      })
  }

  private func moment(_ scratch: Scratch) throws -> String {
    let history = try ProgramRun(["catalog", "history", "--json", "--catalog", scratch.catalog])
    let revisions = try #require(
      try JSONSerialization.jsonObject(with: Data(history.output.utf8)) as? [[String: Any]])
    return try #require(revisions.last?["at"] as? String)
  }

  private func export(_ scratch: Scratch, _ more: [String] = []) throws -> [String] {
    try [["mpcorb"], ["csv", "--table", "SSObject"], ["csv", "--table", "links"]].map { kind in
      let run = try ProgramRun(
        ["export", "--catalog", scratch.catalog, "--output", "-", "--format"] + kind + more)
      #expect(run.status == 0, "\(run.errors)")
      return run.output
    }
  }

  /// Three nights make a candidate, more nights confirm it under the same number; its orbit comes in
  /// from elsewhere under a provisional designation, a list gives that one a permanent number. All
  /// names lead to it, all states can be read, and an export of each moment is what it was then.
  @Test func fromCandidateToNumber() throws {
    let survey = try SmallSurvey()
    let all = [survey.first, survey.second].flatMap { $0.split(separator: "\n").map(String.init) }
    let header = all[0]
    let rows = all.filter { $0 != header }
    func time(_ row: String) -> Double {
      Double(row.split(separator: ",", omittingEmptySubsequences: false)[3]) ?? 0
    }
    try withScratch { scratch in
      // The evenings of April 27 to May 6.
      try ingest(scratch, "early.csv", [header] + rows.filter { time($0) < 60_437.7 })
      #expect(try nightly(scratch, "2024-05-06").status == 0)
      let candidates = try states(scratch).filter { $0.value == "candidate" }.map(\.key)
      #expect(candidates.count >= 3)
      let (atFirst, exportedFirst) = (try moment(scratch), try export(scratch))

      try ingest(scratch, "late.csv", [header] + rows.filter { time($0) >= 60_437.7 })
      let days = ["--window-days", "14"]
      #expect(try nightly(scratch, "2024-05-11", days).status == 0)
      let confirmed = try states(scratch)
      let grown = candidates.filter { confirmed[$0] == "confirmed" }
      // Some are not seen again in the four nights that follow.
      #expect(10 * grown.count >= 6 * candidates.count, "\(grown.count) of \(candidates.count)")
      let (atSecond, exportedSecond) = (try moment(scratch), try export(scratch))
      #expect(exportedSecond != exportedFirst)

      let object = try #require(try chosen(scratch, survey, grown.sorted()))
      let told = try ProgramRun([
        "catalog", "history", "--catalog", scratch.catalog, "--object", object.name,
      ])
      #expect(told.output.contains("candidate") && told.output.contains("confirmed"))
      try becomesKnown(scratch, object, days)

      // Whatever came later, the past is what it was.
      #expect(try export(scratch, ["--as-of", atFirst]) == exportedFirst)
      #expect(try export(scratch, ["--as-of", atSecond]) == exportedSecond)
      #expect(try export(scratch) != exportedSecond)
      #expect(try ProgramRun(["catalog", "check", "--catalog", scratch.catalog]).status == 0)
    }
  }

  private struct Chosen {
    var id: String
    var name: String
    /// Its line in the list of true orbits.
    var orbit: String
  }

  /// A found object whose true orbit is listed.
  private func chosen(
    _ scratch: Scratch, _ survey: SmallSurvey, _ ids: [String]
  ) throws -> Chosen? {
    let orbits = try lines(TestPaths.fixtures.appending(path: "orbits/sbdb.csv"))
    let byName = Dictionary(
      orbits.dropFirst().map { (String($0.prefix { $0 != "," }), $0) },
      uniquingKeysWith: { first, _ in first })
    let links = try table(scratch, "links")
    let names = Dictionary(
      uniqueKeysWithValues: try table(scratch, "SSObject").map {
        ($0["ssObjectId"] ?? "", $0["designation"] ?? "")
      })
    for id in ids {
      let member = links.first { $0["ssObjectId"] == id }?["diaSourceId"] ?? ""
      if let truth = survey.truth[member], let orbit = byName[truth], let name = names[id] {
        return Chosen(id: id, name: name, orbit: orbit)
      }
    }
    return nil
  }

  private func becomesKnown(
    _ scratch: Scratch, _ object: Chosen, _ days: [String]
  ) throws {
    let sbdb = try lines(TestPaths.fixtures.appending(path: "orbits/sbdb.csv"))
    let elements = object.orbit.drop { $0 != "," }
    try bring(scratch, "known.csv", "\(sbdb[0])\n2015 QX12\(elements)\n")
    #expect(try nightly(scratch, "2024-05-11", days).status == 0)
    func current(_ name: String) throws -> [String: String]? {
      try table(scratch, "SSObject").first { $0["designation"] == name }
    }
    let known = try #require(try current("2015 QX12"))
    // K15Q12X as ASCII bytes, big-endian.
    #expect(known["ssObjectId"] == "\(0x4B_3135_5131_3258)")
    #expect(try current(object.name) == nil)
    #expect(
      try table(scratch, "retiredObjects").contains {
        $0["ssObjectId"] == object.id && $0["mergedInto"] == known["ssObjectId"]
      })

    try bring(
      scratch, "numbered.csv",
      "id,unpacked_primary_provisional_designation,permid\n1,2015 QX12,712345\n")
    let names = try table(scratch, "identifications").filter {
      $0["ssObjectId"] == known["ssObjectId"]
    }
    #expect(Set(names.compactMap { $0["name"] }) == ["2015 QX12", "712345", object.name])
    #expect(names.allSatisfy { $0["since"]?.isEmpty == false })
    // By each of them the same story is told.
    let stories = try ["712345", "2015 QX12", object.name].map { name in
      let told = try ProgramRun([
        "catalog", "history", "--catalog", scratch.catalog, "--object", name,
      ])
      #expect(told.status == 0, "\(name): \(told.errors)")
      return told.output
    }
    #expect(Set(stories).count == 1 && stories[0].contains("became a part of it"))
    #expect(try states(scratch)[known["ssObjectId"] ?? ""] == "confirmed")
  }
}
