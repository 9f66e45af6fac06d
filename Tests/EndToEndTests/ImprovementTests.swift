import Foundation
import TestSupport
import Testing

/// Orbits that come from elsewhere with a covariance, and what detections make of them.
@Suite struct ImprovementTests {
  private struct Report: Decodable {
    struct Released: Decodable {
      var diaSourceId: Int64
      var designation: String
      var reason: String
    }
    var attributed: Int
    var released: Int
    var improvedOrbits: Int?
    var releasedDetections: [Released]?
  }

  private func report(_ run: ProgramRun) throws -> Report {
    #expect(run.status == 0, "\(run.errors)")
    return try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
  }

  private func ingest(_ scratch: Scratch, _ name: String, _ text: String) throws {
    let file = try scratch.file(name, text)
    #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, file]).status == 0)
  }

  private func bring(_ scratch: Scratch, _ name: String, _ text: String) throws {
    let file = try scratch.file(name, text)
    let run = try ProgramRun(["import", "--catalog", scratch.catalog, file])
    #expect(run.status == 0, "\(run.errors)")
  }

  private func solutions(_ scratch: Scratch) throws -> [[String: String]] {
    try table(scratch, "orbitSolutions")
  }

  /// The true states of the survey's objects at a time, as orbits with a covariance: one standard
  /// deviation in each coordinate [au] and a fiftieth of it a day in velocity.
  private func orbits(_ names: Set<String>, sigmaAU: Double) throws -> String {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let output = folder.appending(path: "states.csv").path
    let run = try ProgramRun([
      "propagate", TestPaths.fixtures.appending(path: "orbits/sbdb.csv").path, "--to",
      "60431.0:tdb", "--output", output,
    ])
    #expect(run.status == 0, "\(run.errors)")
    let states = try lines(URL(filePath: output))
    let columns = states[0].split(separator: ",").map(String.init)
    let wanted = ["designation", "epochMjdTdb", "x", "y", "z", "vx", "vy", "vz"]
    let places = try wanted.map { try #require(columns.firstIndex(of: $0)) }
    let covariance = (0..<6).flatMap { i in
      (i..<6).map { j in i != j ? "0" : "\(pow(sigmaAU * (i < 3 ? 1 : 0.02), 2))" }
    }
    let names6 = (0..<6).flatMap { i in (i..<6).map { "cov_\(i)_\($0)" } }
    var text = (wanted + ["origin", "frame"] + names6).joined(separator: ",") + "\n"
    for line in states.dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard names.contains(fields[places[0]]) else { continue }
      text += (places.map { fields[$0] } + ["SUN", "ICRF"] + covariance).joined(separator: ",")
      text += "\n"
    }
    return text
  }

  /// Orbits that were fitted to the first half of a survey, brought into an empty catalog: the second
  /// half improves them. The truth are the orbits that the survey was made with.
  @Test func detectionsImproveWhatIsKnown() throws {
    let survey = try SmallSurvey()
    try withScratch { scratch in
      try ingest(scratch, "first.csv", survey.first)
      #expect(try nightly(scratch, "2024-05-06").status == 0)
      let known = try ProgramRun([
        "export", "--catalog", scratch.catalog, "--format", "csv", "--table", "orbits",
        "--output", "-",
      ])
      let truth = try names(scratch, survey)
      try withScratch { other in
        try bring(other, "known.csv", known.output)
        try ingest(other, "second.csv", survey.second)
        let found = try report(try nightly(other, "2024-05-11", ["--json"]))
        let improved = try #require(found.improvedOrbits)
        #expect(improved >= 10)
        #expect(try ProgramRun(["catalog", "check", "--catalog", other.catalog]).status == 0)
        let all = try solutions(other)
        let byNumber = Dictionary(
          uniqueKeysWithValues: all.map { ($0["solutionId"] ?? "", $0) })
        let inForce = try table(other, "mpc_orbits")
        let axes = try trueAxes()
        var better = 0
        var compared = 0
        for row in inForce {
          let solution = try #require(byNumber[row["solutionId"] ?? ""])
          guard let prior = solution["priorSolutionId"].flatMap({ byNumber[$0] }) else { continue }
          #expect(solution["source"] == "ecliptic")
          #expect(prior["source"] != "ecliptic")
          let total = Int(solution["nObs"] ?? "") ?? 0
          #expect(total > Int(prior["nObs"] ?? "") ?? 0)
          guard let true1 = truth[row["designation"] ?? ""].flatMap({ axes[$0] }) else { continue }
          compared += 1
          let axis = Double(row["a"] ?? "") ?? 0
          let before = try semiMajorAxis(prior)
          if abs(axis - true1) < abs(before - true1) { better += 1 }
        }
        #expect(compared >= 3)
        // A longer arc is better than its half for all but a few.
        #expect(5 * better >= 4 * compared, "\(better) of \(compared)")
        // They are known elsewhere all the same.
        for state in try table(other, "objectStates") {
          #expect(state["state"] == "confirmed", "\(state)")
        }
        // The file of before again takes nothing away, and the run has nothing to do.
        try bring(other, "known.csv", known.output)
        #expect(
          try table(other, "mpc_orbits").map { $0["solutionId"] }
            == inForce.map { $0["solutionId"] })
      }
    }
  }

  /// The orbits of the first half come in with the detections that they were made of, and those of
  /// the second half. Told until when they were observed, these count once; told nothing, twice, and
  /// the uncertainties become too small; observed until today, nothing is added to them.
  @Test func detectionsThatAnOrbitHoldsAreNotCountedTwice() throws {
    let survey = try SmallSurvey()
    try withScratch { scratch in
      try ingest(scratch, "first.csv", survey.first)
      #expect(try nightly(scratch, "2024-05-06").status == 0)
      let known = try ProgramRun([
        "export", "--catalog", scratch.catalog, "--format", "csv", "--table", "orbits",
        "--output", "-",
      ]).output
      let last = try #require(
        try table(scratch, "DiaSource").compactMap { Double($0["midpointMjdTai"] ?? "") }.max())
      func run(_ until: Double?) throws -> (improved: Int, sigmas: [String: Double], held: Int) {
        var result = (improved: 0, sigmas: [String: Double](), held: 0)
        try withScratch { other in
          let lines = known.split(separator: "\n")
          let text = lines.enumerated().map { number, line in
            number == 0
              ? "\(line),observedUntilMjdTai" : "\(line),\(until.map { "\($0)" } ?? "")"
          }.joined(separator: "\n")
          try bring(other, "known.csv", text + "\n")
          try ingest(other, "first.csv", survey.first)
          try ingest(other, "second.csv", survey.second)
          let found = try report(
            try nightly(other, "2024-05-11", ["--window-days", "14", "--json"]))
          result.improved = found.improvedOrbits ?? 0
          let all = try solutions(other)
          let byNumber = Dictionary(
            uniqueKeysWithValues: all.map { ($0["solutionId"] ?? "", $0) })
          for row in try table(other, "mpc_orbits") {
            let solution = try #require(byNumber[row["solutionId"] ?? ""])
            guard solution["priorSolutionId"] != "" else { continue }
            result.sigmas[row["designation"] ?? ""] = Double(row["a_unc"] ?? "")
            let added = (Int(solution["degreesOfFreedom"] ?? "") ?? 0) / 2
            let members = try table(other, "SSSource").count {
              $0["ssObjectId"] == row["ssObjectId"]
            }
            result.held += members - added
            #expect(until == nil || solution["observedUntilMjdTai"] != "")
          }
          #expect(try ProgramRun(["catalog", "check", "--catalog", other.catalog]).status == 0)
        }
        return result
      }
      let once = try run(last)
      let twice = try run(nil)
      // Some came when the orbit had been improved, and wait for more.
      #expect(once.improved > 0 && once.held > 3 * once.sigmas.count)
      #expect(3 * twice.held < once.held, "\(twice.held), \(once.held)")
      let both = once.sigmas.keys.filter { twice.sigmas[$0] != nil }
      #expect(both.count >= 5)
      let smaller = both.count { (twice.sigmas[$0] ?? 0) < (once.sigmas[$0] ?? 0) }
      #expect(10 * smaller >= 9 * both.count, "\(smaller) of \(both.count)")
      #expect(try run(last + 100).improved == 0)
    }
  }

  /// Orbits of half of a survey that come without a covariance, with the arc that they are from: when
  /// the arc that was seen here is longer, and determines the orbit, ours takes their place.
  @Test func ourLongerArcsReplaceOrbitsWithoutCovariance() throws {
    let survey = try SmallSurvey()
    try withScratch { scratch in
      try ingest(scratch, "first.csv", survey.first)
      #expect(try nightly(scratch, "2024-05-06").status == 0)
      let known = try ProgramRun([
        "export", "--catalog", scratch.catalog, "--format", "csv", "--table", "orbits",
        "--output", "-",
      ])
      try withScratch { other in
        try bring(other, "known.csv", Self.withoutCovariance(known.output))
        let before = try table(other, "mpc_orbits")
        #expect(before.allSatisfy { $0["a_unc"] == "" && $0["arc_length_total"] != "" })
        try ingest(other, "first.csv", survey.first)
        #expect(try nightly(other, "2024-05-06").status == 0)
        // As long an arc with as many detections is no better.
        let numbers = Set(before.compactMap { $0["ssObjectId"] })
        try ingest(other, "second.csv", survey.second)
        let found = try report(try nightly(other, "2024-05-11", ["--json"]))
        #expect(try #require(found.improvedOrbits) >= 5)
        let all = Dictionary(
          uniqueKeysWithValues: try solutions(other).map { ($0["solutionId"] ?? "", $0) })
        var replaced = 0
        for row in try table(other, "mpc_orbits") where numbers.contains(row["ssObjectId"] ?? "") {
          let solution = try #require(all[row["solutionId"] ?? ""])
          guard solution["source"] == "ecliptic" else { continue }
          replaced += 1
          #expect(solution["priorSolutionId"] == "" && row["a_unc"] != "")
          let old = try #require(before.first { $0["ssObjectId"] == row["ssObjectId"] })
          #expect(row["designation"] == old["designation"])
          let arcs = [row, old].map { Double($0["arc_length_total"] ?? "") ?? 0 }
          #expect(arcs[0] >= arcs[1] - 1)
        }
        #expect(replaced >= 5)
        #expect(try ProgramRun(["catalog", "check", "--catalog", other.catalog]).status == 0)
      }
    }
  }

  /// What detections of some nights don't say stays: how a comet brightens towards the Sun, and its
  /// outgassing where the new orbit has the old one in it. Whether our fit improves the comet's orbit
  /// or, without a covariance, takes its place.
  @Test(arguments: [true, false]) func lawsOfCometsStay(covariance: Bool) throws {
    let survey = try SmallSurvey()
    try withScratch { scratch in
      try ingest(scratch, "first.csv", survey.first)
      #expect(try nightly(scratch, "2024-05-06").status == 0)
      let known = try ProgramRun([
        "export", "--catalog", scratch.catalog, "--format", "csv", "--table", "orbits",
        "--output", "-",
      ]).output
      let comets = Self.asComets(covariance ? known : Self.withoutCovariance(known))
      let brightness = try Self.column("M1", of: comets)
      try withScratch { other in
        try bring(other, "comets.csv", comets)
        if !covariance {
          try ingest(other, "first.csv", survey.first)
          #expect(try nightly(other, "2024-05-06").status == 0)
        }
        try ingest(other, "second.csv", survey.second)
        let found = try report(try nightly(other, "2024-05-11", ["--json"]))
        #expect(try #require(found.improvedOrbits) >= 5)
        let all = try solutions(other)
        let imported = Set(
          all.filter { $0["source"] != "ecliptic" }.compactMap { $0["designation"] })
        let ours = all.filter {
          $0["source"] == "ecliptic" && imported.contains($0["designation"] ?? "")
        }
        #expect(ours.count >= 5)
        for row in ours {
          let m1 = try #require(brightness[row["designation"] ?? ""])
          #expect(row["brightnessLaw"] == "M1K1 \(m1) 5.5" && row["H"] == "", "\(row)")
          #expect((row["priorSolutionId"] != "") == covariance)
          #expect(row["A1"].flatMap(Double.init) == (covariance ? 1e-12 : nil))
          #expect(row["nonGravitationalLaw"] == (covariance ? "comet" : ""))
        }
        let names = Set(ours.compactMap { $0["designation"] })
        var compared = 0
        for row in try table(other, "SSSource") where names.contains(row["designation"] ?? "") {
          let value = { (name: String) in try #require(Double(row[name] ?? "")) }
          let m1 = try #require(brightness[row["designation"] ?? ""])
          let expected =
            m1 + 5 * log10(try value("topoRange")) + 5.5 * log10(try value("helioRange"))
          // Kept in single precision.
          #expect(abs(try value("ephVmag") - expected) < 1e-5)
          compared += 1
        }
        #expect(compared > 30)
      }
    }
  }

  /// An orbit CSV's objects as comets that are about as bright: M1 is their H, K1 = 5.5; and with
  /// A1 = 1e-12 au/d².
  private static func asComets(_ text: String) -> String {
    let rows = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return rows.enumerated().map { number, row in
      let h = zip(rows[0], row).first { $0.0 == "H" }?.1 ?? ""
      let values = ["H": "", "G": "", "M1": h, "K1": "5.5", "A1": "1e-12", "gLaw": "comet"]
      return zip(rows[0], row).map { name, field in
        number == 0 ? field : values[name] ?? field
      }.joined(separator: ",") + "\n"
    }.joined()
  }

  /// A column of numbers, by designation.
  private static func column(_ name: String, of text: String) throws -> [String: Double] {
    let rows = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let place = try #require(rows[0].firstIndex(of: name))
    return Dictionary(
      uniqueKeysWithValues: rows.dropFirst().compactMap { row in
        Double(row[place]).map { (row[0], $0) }
      })
  }

  private static func withoutCovariance(_ text: String) -> String {
    let rows = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let kept = rows[0].indices.filter { !rows[0][$0].hasPrefix("cov_") }
    return rows.map { row in kept.map { row[$0] }.joined(separator: ",") + "\n" }.joined()
  }

  /// The true object of each that was found, by most of its detections.
  private func names(_ scratch: Scratch, _ survey: SmallSurvey) throws -> [String: String] {
    var found: [String: String] = [:]
    let objects = Dictionary(
      uniqueKeysWithValues: try table(scratch, "SSObject").map {
        ($0["ssObjectId"] ?? "", $0["designation"] ?? "")
      })
    for row in try table(scratch, "links") {
      found[objects[row["ssObjectId"] ?? ""] ?? ""] = survey.truth[row["diaSourceId"] ?? ""]
    }
    return found
  }

  /// Near the survey's nights, where osculating elements are those of the fits to 1e-5.
  private func trueAxes() throws -> [String: Double] {
    let text = try orbits(Set(try SmallSurvey().truth.values), sigmaAU: 1)
    var found: [String: Double] = [:]
    for line in text.split(separator: "\n").dropFirst() {
      let f = line.split(separator: ",").map(String.init)
      found[f[0]] = try axis(f[2...7].map { Double($0) ?? 0 })
    }
    return found
  }

  private func semiMajorAxis(_ row: [String: String]) throws -> Double {
    try axis(["x", "y", "z", "vx", "vy", "vz"].map { Double(row[$0] ?? "") ?? 0 })
  }

  /// Vis viva.
  private func axis(_ s: [Double]) throws -> Double {
    let r = (s[0] * s[0] + s[1] * s[1] + s[2] * s[2]).squareRoot()
    let v2 = s[3] * s[3] + s[4] * s[4] + s[5] * s[5]
    return 1 / (2 / r - v2 / 2.959122082855911e-4)
  }

  /// Orbits known to 1500 m learn nothing from a few detections of 0.1″: they stay in force.
  @Test func tightOrbitsStay() throws {
    let survey = try SmallSurvey()
    try withScratch { scratch in
      try bring(scratch, "known.csv", try orbits(Set(survey.truth.values), sigmaAU: 1e-8))
      try ingest(scratch, "first.csv", survey.first)
      let found = try report(try nightly(scratch, "2024-05-06", ["--json"]))
      #expect(found.attributed > 50)
      #expect(found.improvedOrbits == 0)
      // What is linked beside them is our own.
      for solution in try solutions(scratch) where solution["source"] == "ecliptic" {
        #expect(solution["designation"]?.hasPrefix("E24") == true, "\(solution)")
      }
    }
  }

  /// A detection 1.2″ from where an object is that is known to 1″: taken for it, as long as nothing
  /// else is known, and undone by the object's own detections, or by a better orbit.
  @Test(arguments: [false, true]) func wrongAttributionsAreUndone(byImport: Bool) throws {
    let survey = try SmallSurvey()
    let rows = survey.first.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    // The real object with the most detections in the first half; copies have no orbit in the file.
    let real = Set(
      try lines(TestPaths.fixtures.appending(path: "orbits/sbdb.csv"))
        .map { String($0.prefix { $0 != "," }) })
    let counts = rows.dropFirst().reduce(into: [String: Int]()) {
      $0[survey.truth[$1[0]] ?? "", default: 0] += 1
    }.filter { real.contains($0.key) }
    let name = try #require(
      counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key)
    let own = rows.dropFirst().filter { survey.truth[$0[0]] == name }
    var stranger = own[0]
    let wrongId = "999000000000001"
    stranger[0] = wrongId
    stranger[5] = String(format: "%.7f", (Double(stranger[5]) ?? 0) + 1.2 / 3600)
    let night = Double(stranger[3]) ?? 0
    let later = own.filter { (Double($0[3]) ?? 0) > night + 0.5 }
    #expect(later.count >= 4)
    try withScratch { scratch in
      // A standard deviation of 1″ at 2 au.
      try bring(scratch, "loose.csv", try orbits([name], sigmaAU: 1e-5))
      let head = rows[0].joined(separator: ",") + "\n"
      try ingest(scratch, "one.csv", head + stranger.joined(separator: ",") + "\n")
      _ = try report(try nightly(scratch, "2024-05-06", ["--json"]))
      #expect(try owner(scratch, wrongId) != "")
      if byImport {
        try bring(scratch, "tight.csv", try orbits([name], sigmaAU: 1e-8))
      } else {
        try ingest(
          scratch, "later.csv",
          head + later.map { $0.joined(separator: ",") + "\n" }.joined())
      }
      let run = try nightly(scratch, "2024-05-06", ["--json"])
      let found = try report(run)
      #expect(try owner(scratch, wrongId) == "")
      let line = try #require(found.releasedDetections?.first)
      #expect("\(line.diaSourceId)" == wrongId && line.designation == name)
      #expect(line.reason.contains(byImport ? "imported since" : "more detections"))
      let released = try table(scratch, "releasedSources")
      #expect(released.map { $0["diaSourceId"] } == [wrongId])
      let text = try nightly(scratch, "2024-05-06")
      #expect(text.output.contains("undone") && text.output.contains(wrongId))
      if !byImport { #expect(found.attributed >= 4) }
      #expect(try ProgramRun(["catalog", "check", "--catalog", scratch.catalog]).status == 0)
      // It is never given back.
      #expect(try nightly(scratch, "2024-05-06", ["--force"]).status == 0)
      #expect(try owner(scratch, wrongId) == "")
    }
  }

  private func owner(_ scratch: Scratch, _ id: String) throws -> String {
    try table(scratch, "DiaSource").first { $0["diaSourceId"] == id }?["ssObjectId"] ?? ""
  }
}
