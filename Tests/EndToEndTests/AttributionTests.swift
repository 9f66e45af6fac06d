import Foundation
import TestSupport
import Testing

@Suite struct AttributionTests {
  /// The survey's objects, half of them with orbits that are known beforehand (JPL's, without
  /// covariances): those are not found a second time, the others are found and then followed.
  @Test func knownObjectsAreRecognisedAndOthersFollowed() throws {
    let survey = try SmallSurvey()
    let names = Set(survey.truth.values)
    let orbits = try lines(TestPaths.fixtures.appending(path: "orbits/sbdb.csv"))
    let known = orbits.dropFirst().filter { names.contains(String($0.prefix { $0 != "," })) }
    let knownNames = Set(known.map { String($0.prefix { $0 != "," }) })
    #expect(!knownNames.isEmpty)
    #expect(knownNames.count < names.count)
    try withScratch { scratch in
      let csv = ([orbits[0]] + known).joined(separator: "\n") + "\n"
      let files = [try scratch.file("first.csv", survey.first), try scratch.file("known.csv", csv)]
      #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, files[0]]).status == 0)
      #expect(try ProgramRun(["import", "--catalog", scratch.catalog, files[1]]).status == 0)
      #expect(try nightly(scratch, "2024-05-06").status == 0)
      try check(scratch, survey, knownNames)

      let second = try scratch.file("second.csv", survey.second)
      #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, second]).status == 0)
      #expect(try nightly(scratch, "2024-05-11").status == 0)
      try check(scratch, survey, knownNames)
      #expect(try ProgramRun(["catalog", "check", "--catalog", scratch.catalog]).status == 0)
      // Others' orbits stay as they are.
      let solutions = try table(scratch, "orbitSolutions")
      #expect(solutions.count { knownNames.contains($0["designation"] ?? "") } == known.count)
    }
  }

  private func check(_ scratch: Scratch, _ survey: SmallSurvey, _ known: Set<String>) throws {
    var owners: [String: Set<String>] = [:]
    var attributed = 0
    var ofKnown = 0
    for row in try table(scratch, "DiaSource") {
      let truth = survey.truth[row["diaSourceId"] ?? ""] ?? ""
      if known.contains(truth) { ofKnown += 1 }
      guard let id = row["ssObjectId"], !id.isEmpty else { continue }
      owners[truth, default: []].insert(id)
      if known.contains(truth) { attributed += 1 }
    }
    // Every object is one object, and its own.
    #expect(owners.values.allSatisfy { $0.count == 1 })
    #expect(Set(owners.values.map { $0.first }).count == owners.count)
    // Of a thousand detections three may be beyond 3.4 standard deviations; of these few hundred
    // at most two.
    #expect(attributed >= ofKnown - 2)
    for row in try table(scratch, "SSObject") {
      let truth = owners.first { $0.value == [row["ssObjectId"] ?? ""] }?.key ?? ""
      if known.contains(truth) { #expect(row["designation"] == truth) }
    }
  }

  /// Killed at any moment and begun again: every table has the content that it has without that.
  @Test func killedRunsLeaveTheSameCatalog() throws {
    let survey = try SmallSurvey()
    try withScratch { scratch in
      let first = try scratch.file("first.csv", survey.first)
      let second = try scratch.file("second.csv", survey.second)
      func begin(_ catalog: String) throws {
        #expect(try ProgramRun(["ingest", "--catalog", catalog, first]).status == 0)
        let run = try ProgramRun(["nightly", "--catalog", catalog, "--night", "2024-05-06"])
        #expect(run.status == 0)
        #expect(try ProgramRun(["ingest", "--catalog", catalog, second]).status == 0)
      }
      func digests(_ catalog: String) throws -> String {
        try ProgramRun(["catalog", "stats", "--digests", "--catalog", catalog]).output
      }
      let arguments = ["nightly", "--night", "2024-05-11", "--jobs", "2", "--catalog"]
      let whole = scratch.folder.appending(path: "whole.db").path
      try begin(whole)
      let start = Date.now
      #expect(try ProgramRun(arguments + [whole]).status == 0)
      let seconds = Date.now.timeIntervalSince(start)
      let expected = try digests(whole)

      let killed = scratch.folder.appending(path: "killed.db").path
      try begin(killed)
      // The golden ratio spreads the moments; on the whole they get later, so that it ends.
      var kills = 0
      for attempt in 1...40 {
        let part = (Double(attempt) * 0.618).truncatingRemainder(dividingBy: 1)
        let after = String(format: "%.3f", seconds * part * (0.3 + Double(attempt) / 15))
        let run = try ProgramRun(
          arguments + [killed], prefix: ["/usr/bin/timeout", "-s", "KILL", after])
        if run.status == 0 { break }
        kills += 1
        #expect(try ProgramRun(["catalog", "check", "--catalog", killed]).status == 0)
      }
      #expect(kills > 1)
      #expect(try ProgramRun(arguments + [killed]).status == 0)
      #expect(try digests(killed) == expected)
    }
  }
}
