import Foundation
import TestSupport
import Testing

/// `ecliptic link` as a user runs it, on simulated skies with false detections and on real ones.
struct LinkCommandTests {
  /// Files in a folder of their own.
  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private func link(_ input: URL, _ output: URL, _ more: [String] = []) throws -> ProgramRun {
    let run = try ProgramRun(
      ["link", input.path, "--output", output.path, "--quiet"] + more)
    // 3: a row that repeats an identifier is quarantined.
    #expect(run.status == 0 || run.status == 3, "\(run.errors)")
    return run
  }

  /// The members of each linkage.
  private func links(_ file: URL) throws -> Set<Set<String>> {
    var members: [Substring: Set<String>] = [:]
    for line in try lines(file).dropFirst() {
      let fields = line.split(separator: ",")
      members[fields[0], default: []].insert(String(fields[1]))
    }
    return Set(members.values)
  }

  private func report(_ run: ProgramRun) throws -> [String: Any] {
    #expect(run.status == 0, "\(run.errors)")
    let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
    return try #require(object as? [String: Any])
  }

  private func number(_ report: [String: Any], _ key: String) -> Double {
    (report[key] as? NSNumber)?.doubleValue ?? .nan
  }

  private static let survey = TestPaths.fixtures.appending(path: "survey")
  private static let detections = survey.appending(path: "detections.csv")

  /// Nights from 27 April to 11 May, 6,750 false detections among 23,663.
  @Test func theSurveyOverAMonthsEndIsLinked() throws {
    try withFolder { folder in
      let out = folder.appending(path: "links.csv")
      let orbits = folder.appending(path: "orbits.csv")
      let others = folder.appending(path: "others.csv")
      let run = try link(
        Self.detections, out,
        ["--orbits", orbits.path, "--alternatives", others.path, "--json"])
      let counts = try #require(try report(run)["counts"] as? [String: Any])
      let score = try report(
        try ProgramRun([
          "evaluate", Self.detections.path, Self.survey.appending(path: "truth.csv").path,
          out.path, "--json",
        ]))
      #expect(number(score, "completeness") > 0.985)
      #expect(number(score, "purity") == 1)
      #expect(number(score, "shared_detections") == 0)
      // One orbit a linkage, named by it.
      let rows = try lines(orbits).dropFirst()
      #expect(Double(rows.count) == number(counts, "linkages"))
      #expect(Set(rows.map { $0.prefix { $0 != "," } }).count == rows.count)
      #expect(
        try lines(others).first == "alternativeId,linkId,score,linkScore,diaSourceId")
    }
  }

  /// Night after night with the links of the night before, and all nights at once: no other links.
  /// A hundredth may be missing, of objects that stand still on the sky and of which no pair with
  /// tonight's tracklet can be solved, only older ones among themselves.
  @Test func nightAfterNightGivesTheWindow() throws {
    let all = try lines(Self.detections)
    func upTo(_ night: Int) -> String {
      let kept = all.dropFirst().filter { line in
        let fields = line.split(separator: ",", omittingEmptySubsequences: false)
        return Double(fields[3]).map { $0 < Double(night) + 1.5 } ?? false
      }
      return ([all[0]] + kept).joined(separator: "\n") + "\n"
    }
    // Chile's noon is half past 16 h UTC: MJD 60435 is the night of 2024-05-05.
    let nights = [(60435, "2024-05-05"), (60436, "2024-05-06"), (60437, "2024-05-07")]
    try withFolder { folder in
      let input = folder.appending(path: "detections.csv")
      var known = folder.appending(path: "known.csv")
      try Data(upTo(60434).utf8).write(to: input)
      _ = try link(input, known)
      for (night, date) in nights {
        try Data(upTo(night).utf8).write(to: input)
        let next = folder.appending(path: "links-\(night).csv")
        _ = try link(input, next, ["--new-night", date, "--known", known.path])
        known = next
      }
      let whole = folder.appending(path: "whole.csv")
      _ = try link(input, whole)
      let (a, b) = (try links(known), try links(whole))
      #expect(b.count > 150)
      #expect(a.subtracting(b).isEmpty, "more than the whole window gives")
      #expect(b.subtracting(a).isEmpty, "fewer than the whole window gives")
    }
  }

  /// A survey that writes 0 where it knows no errors is one without these columns; it is told so once.
  @Test func errorsOfZeroAreNoErrors() throws {
    let rows = try SmallSurvey().first.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(rows[0][6] == "raErr" && rows[0][7] == "decErr")
    func text(_ change: (inout [String]) -> Void) -> String {
      rows.enumerated().map { index, row in
        var row = row
        if index > 0 { change(&row) }
        return row.joined(separator: ",")
      }.joined(separator: "\n") + "\n"
    }
    try withFolder { folder in
      let input = folder.appending(path: "detections.csv")
      let out = folder.appending(path: "links.csv")
      var found: [Set<Set<String>>] = []
      for value in ["", "0"] {
        try Data(
          text {
            $0[6] = value
            $0[7] = value
          }.utf8
        ).write(to: input)
        let run = try link(input, out, ["--json"])
        let count = number(try report(run), "errorsTakenAsMissing")
        #expect(count == (value == "" ? 0 : Double(rows.count - 1)))
        let warnings = run.errors.split(separator: "\n").filter { $0.hasPrefix("warning: ") }
        #expect(warnings.count == (value == "" ? 0 : 1))
        found.append(try links(out))
      }
      #expect(found[0].count >= 10)
      #expect(found[0] == found[1])
    }
  }

  /// Eight nights about New Year, fields about the opposition, every second detection false.
  @Test func aYearsEndIsNoSeam() throws {
    try withFolder { folder in
      var visits =
        "visit,midpointMjdTai,ra,dec,rotation,band,fiveSigmaDepth,seeing,exposureTime\n"
      var visit = 0
      // MJD 60309 is the evening of 2023-12-31; the opposition lies at RA 100°, dec +23°.
      for night in [60307, 60309, 60310, 60313] {
        for pass in 0..<2 {
          for field in 0..<6 {
            visit += 1
            let time = Double(night) + 1.15 + Double(pass) * 0.02 + Double(field) * 0.00045
            let ra = 97 + 3.2 * Double(field % 3)
            let dec = 22 + 2.9 * Double(field / 3)
            visits += "\(visit),\(time),\(ra),\(dec),0,r,24.3,0.8,30\n"
          }
        }
      }
      let file = folder.appending(path: "visits.csv")
      try Data(visits.utf8).write(to: file)
      let survey = folder.appending(path: "survey")
      let made = try ProgramRun([
        "simulate", "--orbits", TestPaths.fixtures.appending(path: "orbits/sbdb.csv").path,
        "--visits", file.path, "--clones", "4", "--clones-fainter", "1:4", "--false-ratio", "1",
        "--output", survey.path, "--quiet",
      ])
      #expect(made.status == 0, "\(made.errors)")
      let detections = survey.appending(path: "detections.csv")
      let out = folder.appending(path: "links.csv")
      _ = try link(detections, out)
      let score = try report(
        try ProgramRun([
          "evaluate", detections.path, survey.appending(path: "truth.csv").path, out.path,
          "--json",
        ]))
      #expect(number(score, "findable") > 20)
      #expect(number(score, "found") == number(score, "findable"))
      #expect(number(score, "purity") == 1)
    }
  }

  /// Rows twice, and once more under other identifiers: the objects stay the same, and so does what
  /// is given to each.
  @Test func duplicatedRowsMakeNoNewObjects() throws {
    try withFolder { folder in
      let all = try lines(Self.detections)
      let night = all.dropFirst().filter { line in
        let fields = line.split(separator: ",", omittingEmptySubsequences: false)
        return Double(fields[3]).map { $0 < 60433.5 } ?? false
      }
      let once = folder.appending(path: "once.csv")
      let twice = folder.appending(path: "twice.csv")
      let renamed = night.map { "9" + $0 }
      try Data(([all[0]] + night).joined(separator: "\n").utf8).write(to: once)
      try Data(([all[0]] + night + night + renamed).joined(separator: "\n").utf8).write(to: twice)
      let (a, b) = (folder.appending(path: "a.csv"), folder.appending(path: "b.csv"))
      _ = try link(once, a)
      _ = try link(twice, b)
      let (first, second) = (try links(a), try links(b))
      #expect(first.count > 50)
      let same = second == first
      #expect(same, "\(first.count) linkages, with every detection thrice \(second.count)")
    }
  }

  /// Real observations of 77 sites, three steps of some days with the links of the step before.
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func realObservationsComeInParts() throws {
    let data = try #require(TestPaths.sharedData).appending(path: "linking/unnobs")
    let all = try lines(data.appending(path: "detections.csv"))
    func upTo(_ mjd: Double) -> String {
      let kept = all.dropFirst().filter { line in
        let fields = line.split(separator: ",", omittingEmptySubsequences: false)
        return Double(fields[1]).map { $0 < mjd } ?? false
      }
      return ([all[0]] + kept).joined(separator: "\n") + "\n"
    }
    try withFolder { folder in
      let input = folder.appending(path: "detections.csv")
      var known = folder.appending(path: "known.csv")
      try Data(upTo(57336).utf8).write(to: input)
      _ = try link(input, known)
      // Evenings from 2015-11-09 on: MJD 57335.
      for (end, days) in [(57338.0, 9...12), (57340.0, 11...14)] {
        try Data(upTo(end).utf8).write(to: input)
        let next = folder.appending(path: "links-\(end).csv")
        let new = days.flatMap { ["--new-night", "2015-11-\($0 < 10 ? "0" : "")\($0)"] }
        _ = try link(input, next, new + ["--known", known.path])
        known = next
      }
      let whole = folder.appending(path: "whole.csv")
      _ = try link(input, whole)
      let (a, b) = (try links(known), try links(whole))
      #expect(b.count > 60)
      let more = a.subtracting(b).count
      #expect(more == 0)
      let fewer = b.subtracting(a).count
      #expect(fewer == 0)
    }
  }
}
