import Foundation
import TestSupport
import Testing

/// Nights on which something is wrong.
@Suite struct AlarmTests {
  private struct Alarm: Decodable {
    var kind: String
    var visit: String?
    var message: String
  }

  private struct Report: Decodable {
    var alarms: [Alarm]
    var attributed: Int
    var detections: Int
  }

  private func report(_ run: ProgramRun) throws -> Report {
    try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
  }

  private func begin(_ scratch: Scratch, _ survey: DenseSurvey, _ detections: String) throws {
    let files = [
      try scratch.file("night.csv", detections), try scratch.file("known.csv", survey.orbits),
    ]
    #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, files[0]]).status == 0)
    #expect(try ProgramRun(["import", "--catalog", scratch.catalog, files[1]]).status == 0)
  }

  private func judged(_ scratch: Scratch) throws -> [String: String] {
    let run = try ProgramRun(["catalog", "visits", "--catalog", scratch.catalog])
    #expect(run.status == 0)
    return Dictionary(
      uniqueKeysWithValues: run.output.split(separator: "\n").map { line in
        let fields = line.split(separator: " ")
        return (String(fields[2]), String(fields[3].prefix { $0 != ":" }))
      })
  }

  @Test func aGoodNightHasNone() throws {
    let survey = try DenseSurvey.shared()
    try withScratch { scratch in
      try begin(scratch, survey, survey.file())
      let run = try nightly(scratch, DenseSurvey.night, ["--json"])
      #expect(run.status == 0, "\(run.errors)")
      #expect(try report(run).alarms.isEmpty)
      #expect(try judged(scratch).isEmpty)
    }
  }

  /// One visit a degree off, one 37 s, one an hour, one second of arc.
  @Test func wrongVisitsAreNamedSetAsideAndTakenBack() throws {
    let survey = try DenseSurvey.shared()
    let v = survey.visits
    let (far, tai, hour, near) = (v[3], v[8], v[15], v[20])
    try withScratch { scratch in
      try begin(
        scratch, survey,
        survey.file { row in
          switch row[1] {
          case far: DenseSurvey.shift(&row, degrees: 1)
          case tai: DenseSurvey.shift(&row, seconds: -37)
          case hour: DenseSurvey.shift(&row, seconds: 3600)
          case near: DenseSurvey.shift(&row, degrees: 1.0 / 3600)
          default: break
          }
        })
      let run = try nightly(scratch, DenseSurvey.night, ["--json"])
      #expect(run.status == 5, "\(run.errors)")
      let found = try report(run)
      func message(_ visit: String, _ kind: String) -> String {
        found.alarms.first { $0.visit == visit && $0.kind == kind }?.message ?? ""
      }
      // A degree of right ascension times the cosine of the declination. Some 60 objects with 0.1″ and motions of 0.01″/s tell offsets to 0.02″, times to 1 s.
      #expect(
        message(far, "visitOffset").contains(
          /\+3[56]\d\d\.\d+″ in RA cos\(dec\) and \+3(600|599)\./))
      #expect(message(near, "visitOffset").contains(/in RA cos\(dec\) and \+(1\.0|0\.9)/))
      #expect(message(tai, "visitClock").contains(/lack \+3[678]\.\d s/))
      #expect(message(hour, "visitClock").contains(/lack -3(600|599|598)\.\d s/))
      let suspects = try judged(scratch)
      #expect(suspects == [far: "suspect", tai: "suspect", hour: "suspect", near: "suspect"])
      for row in try table(scratch, "DiaSource") where judgedVisit(row, [far, tai, hour, near]) {
        #expect(row["ssObjectId"] == "")
      }

      // The operator's word stands whatever a run finds; taken back, it is found again.
      let of = ["catalog", "visits", "--catalog", scratch.catalog, "--night", DenseSurvey.night]
      #expect(try ProgramRun(of + ["--keep", near, "--set-aside", v[0]]).status == 0)
      #expect(try ProgramRun(of + ["--keep", "17"]).status == 1)
      let second = try report(try nightly(scratch, DenseSurvey.night, ["--json"]))
      #expect(second.attributed > 0)
      let word = try judged(scratch)
      #expect(word[near] == "kept" && word[v[0]] == "aside" && word[far] == "suspect")
      let owned = try table(scratch, "DiaSource").filter { $0["ssObjectId"] != "" }
      #expect(owned.contains { $0["visit"] == near })
      #expect(!owned.contains { $0["visit"] == v[0] })
      #expect(try ProgramRun(of + ["--reset", near, "--reset", v[0]]).status == 0)
      #expect(try nightly(scratch, DenseSurvey.night).status == 5)
      #expect(try judged(scratch)[near] == "suspect")
      #expect(try judged(scratch)[v[0]] == nil)
      #expect(try ProgramRun(["catalog", "check", "--catalog", scratch.catalog]).status == 0)
    }
  }

  private func judgedVisit(_ row: [String: String], _ visits: [String]) -> Bool {
    visits.contains(row["visit"] ?? "")
  }

  /// Ten minutes back in the middle of the night, by known objects and without.
  @Test(arguments: [true, false]) func aClockThatRunsBack(withOrbits: Bool) throws {
    let survey = try DenseSurvey.shared()
    let late = Set(survey.visits.suffix(6))
    try withScratch { scratch in
      let detections = survey.file { row in
        if late.contains(row[1]) { DenseSurvey.shift(&row, seconds: -600) }
      }
      if withOrbits {
        try begin(scratch, survey, detections)
      } else {
        let file = try scratch.file("night.csv", detections)
        #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, file]).status == 0)
      }
      let run = try nightly(scratch, DenseSurvey.night, ["--json"])
      #expect(run.status == 5, "\(run.errors)")
      let back = try report(run).alarms.filter { $0.kind == "clockRunsBack" }
      #expect(back.count == 1 && back[0].visit == survey.visits[survey.visits.count - 6])
      let suspects = Set(try judged(scratch).keys)
      // Without orbits the fewest visits that put the others in order; some of either half.
      if withOrbits { #expect(suspects == late) } else { #expect(!suspects.isEmpty) }
    }
  }

  /// A clock that is wrong all night, and a catalog that knows two or three objects of a visit.
  @Test(arguments: [37.0, -3600]) func aNightWhoseClockIsWrong(seconds: Double) throws {
    let survey = try DenseSurvey.shared()
    try withScratch { scratch in
      let orbits = survey.orbits.split(separator: "\n")
      let few = orbits.enumerated().filter { $0.offset == 0 || $0.offset % 16 == 1 }.map(\.element)
      let files = [
        try scratch.file(
          "night.csv", survey.file { row in DenseSurvey.shift(&row, seconds: seconds) }),
        try scratch.file("known.csv", few.joined(separator: "\n") + "\n"),
      ]
      #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, files[0]]).status == 0)
      #expect(try ProgramRun(["import", "--catalog", scratch.catalog, files[1]]).status == 0)
      let run = try nightly(scratch, DenseSurvey.night, ["--json"])
      #expect(run.status == 5, "\(run.errors)")
      let found = try report(run)
      let alarm = try #require(found.alarms.first { $0.kind == "visitClock" && $0.visit == nil })
      let number = try #require(alarm.message.firstMatch(of: /lack ([-+][0-9.]+) s/))
      // Forty objects and more with 0.1″ and 0.01″/s: 2 s.
      #expect(abs((Double(number.1) ?? 0) + seconds) < 8)
      #expect(found.attributed == 0)
      // All but those that were judged one by one, and these too.
      #expect(try judged(scratch).values.allSatisfy { $0 == "suspect" })
      #expect(try judged(scratch).count == survey.visits.count)
      #expect(try ProgramRun(["catalog", "check", "--catalog", scratch.catalog]).status == 0)
    }
  }

  /// Clouds: one visit shows a tenth of what it should.
  @Test func aVisitThatShowsLittle() throws {
    let survey = try DenseSurvey.shared()
    let cloudy = survey.visits[5]
    var count = 0
    let rows = survey.rows.filter { row in
      guard row[1] == cloudy else { return true }
      count += 1
      return count % 10 == 0
    }
    try withScratch { scratch in
      try begin(
        scratch, survey,
        ([survey.head] + rows.map { $0.joined(separator: ",") })
          .joined(separator: "\n") + "\n")
      let run = try nightly(scratch, DenseSurvey.night, ["--json"])
      #expect(run.status == 5, "\(run.errors)")
      let alarms = try report(run).alarms
      #expect(alarms.map(\.kind) == ["knownMissing"])
      #expect(alarms.map(\.visit) == [cloudy])
      // What it shows is good: it is not left out.
      #expect(try judged(scratch)[cloudy] == nil)
      let owned = try table(scratch, "DiaSource").filter {
        $0["visit"] == cloudy && $0["ssObjectId"] != ""
      }
      #expect(!owned.isEmpty)
    }
  }

  /// Every detection twice, half a second of arc apart: nobody can tell which one is the object.
  @Test func aNightOfDoubledDetections() throws {
    let survey = try DenseSurvey.shared()
    let doubled = survey.rows.flatMap { row -> [[String]] in
      var other = row
      other[0] = "9\(row[0])"
      DenseSurvey.shift(&other, degrees: 0.35 / 3600)
      return [row, other]
    }
    try withScratch { scratch in
      try begin(
        scratch, survey,
        ([survey.head] + doubled.map { $0.joined(separator: ",") })
          .joined(separator: "\n") + "\n")
      let run = try nightly(scratch, DenseSurvey.night, ["--json"])
      #expect(run.status == 5, "\(run.errors)")
      let rejected = try #require(
        try report(run).alarms.first { $0.kind == "manyRejected" }, "\(run.output.prefix(600))")
      #expect(rejected.message.contains("are doubtful"))
      #expect(rejected.visit == nil)
    }
  }

  /// The alert way: what the sender, or our own tags, gave to known objects is left out of the
  /// catalog. That a night lacks these says nothing.
  @Test func knownObjectsThatWereLeftOutAreNotMissed() throws {
    let orbits = TestPaths.fixtures.appending(path: "orbits/sbdb.csv").path
    let visits = TestPaths.fixtures.appending(path: "visits/rubin-baseline.csv").path
    try withScratch { scratch in
      func place(_ name: String) -> String { scratch.folder.appending(path: name).path }
      #expect(try ProgramRun(["import", "--catalog", scratch.catalog, orbits]).status == 0)
      #expect(
        try ProgramRun([
          "simulate", "--orbits", orbits, "--visits", visits, "--from", "2024-05-11", "--nights",
          "1", "--seed", "20240427", "--false-ratio", "0.4", "--alerts", "--output",
          place("night"),
        ]).status == 0)
      #expect(
        try ProgramRun([
          "tag", "--catalog", scratch.catalog, place("night/alerts"), "--output", place("tagged"),
        ]).status == 0)
      let taken = try ProgramRun(["ingest", "--catalog", scratch.catalog, place("tagged")])
      #expect(taken.status == 0 && !taken.output.contains("left out 0"), "\(taken.output)")
      let run = try nightly(scratch, "2024-05-11", ["--json"])
      #expect(run.status == 0, "\(run.errors)")
      let found = try report(run)
      #expect(found.alarms.isEmpty && found.detections > 200)
      // All visits that had alerts of known objects are noted.
      let noted = try table(scratch, "visits").count { $0["knownLeftOut"] != "0" }
      #expect(noted > 100)
      #expect(try ProgramRun(["catalog", "check", "--catalog", scratch.catalog]).status == 0)
    }
  }

  /// A catalog most of whose objects are fainter than what a night shows, as the world's is: a
  /// normal night has no alarm.
  @Test func objectsBeyondTheDepthAreNotMissed() throws {
    let orbits = try lines(TestPaths.fixtures.appending(path: "orbits/sbdb.csv"))
    let names = orbits[0].split(separator: ",").map(String.init)
    let (h, epoch) = (
      try #require(names.firstIndex(of: "H")), try #require(names.firstIndex(of: "epochMjdTdb"))
    )
    // Far beyond what the survey shows, and elsewhere: where they were months before.
    let faint = [20.0, 40, 60, 80].flatMap { days in
      orbits.dropFirst().enumerated().map { number, line in
        var fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        fields[0] = "faint \(days) \(number)"
        fields[h] = "\(max(24, (Double(fields[h]) ?? 20) + 6))"
        fields[epoch] = "\((Double(fields[epoch]) ?? 0) + days)"
        return fields.joined(separator: ",")
      }
    }
    try withScratch { scratch in
      let detections = TestPaths.fixtures.appending(path: "survey/detections.csv").path
      #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, detections]).status == 0)
      let known = try scratch.file("known.csv", (orbits + faint).joined(separator: "\n") + "\n")
      #expect(try ProgramRun(["import", "--catalog", scratch.catalog, known]).status == 0)
      let run = try nightly(scratch, "2024-05-10", ["--window-days", "14", "--json"])
      #expect(run.status == 0, "\(run.errors)")
      #expect(try report(run).alarms.isEmpty)
    }
  }

  @Test func fewDetectionsAndBadFiles() throws {
    try withScratch { scratch in
      var id = 0
      func detections(_ night: Int, _ count: Int) -> String {
        (0..<count).map { index in
          id += 1
          let time = Double(night) + 1.1 + 0.0004 * Double(index % 7)
          return "\(id),\(time),\(10 + 0.001 * Double(index)),-5,20,r,X05\n"
        }.joined()
      }
      let usual = (61_000..<61_005).map { detections($0, 600) }.joined()
      let file = try scratch.file("usual.csv", header + usual + detections(61_005, 40))
      #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, file]).status == 0)
      let run = try nightly(scratch, "2025-11-26", ["--json"])
      #expect(run.status == 5, "\(run.errors)")
      let few = try report(run).alarms
      #expect(few.map(\.kind) == ["fewDetections"])
      #expect(few[0].message.hasPrefix("40 detections; the median of the 5 nights before is 600"))

      let bad =
        String(repeating: "x,61006.1,10,-5,20,r,X05\n", count: 3)
        + String(repeating: "99,61006.1,nan,-5,20,r,X05\n", count: 60)
      let next = try scratch.file("next.csv", header + detections(61_006, 500) + bad)
      #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, next]).status == 3)
      let after = try nightly(scratch, "2025-11-27", ["--json"])
      #expect(after.status == 5)
      #expect(try report(after).alarms.map(\.kind) == ["manyQuarantined"])
    }
  }
}
