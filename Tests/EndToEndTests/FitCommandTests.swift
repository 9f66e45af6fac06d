import Foundation
import FoundationXML
import TestSupport
import Testing

/// `ecliptic fit` as a user runs it.
struct FitCommandTests {
  /// A few of the real short arcs, as LSST CSV with a designation.
  private static func arcs(_ count: Int) throws -> String {
    let file = try #require(TestPaths.sharedData).appending(path: "truth/real_short_arcs.csv")
    var text = "obs_id,mjd_utc,ra,dec,obscode,designation\n"
    for (n, line) in try String(contentsOf: file, encoding: .utf8)
      .split(whereSeparator: \.isNewline).dropFirst().prefix(6 * count).enumerated()
    {
      let f = line.split(separator: ",")
      text += "o\(n),\(f[2]),\(f[3]),\(f[4]),\(f[6]),\(f[0])\n"
    }
    return text
  }

  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func oneOrbitForEachDesignation() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let input = folder.appending(path: "arcs.csv")
    try Self.arcs(12).write(to: input, atomically: true, encoding: .utf8)
    var outputs: [String] = []
    for jobs in ["1", "3"] {
      let residuals = folder.appending(path: "residuals\(jobs).csv")
      let run = try ProgramRun([
        "fit", input.path, "--output", "-", "--residuals", residuals.path, "--jobs", jobs,
      ])
      #expect(run.status == 0, "\(run.errors)")
      let lines = run.output.split(whereSeparator: \.isNewline)
      #expect(lines.count == 13)
      #expect(lines[0].hasPrefix("designation,epochMjdTdb,origin,frame,x,y,z,vx,vy,vz,"))
      #expect(lines[1].hasPrefix("A00000,"))
      let written = try String(contentsOf: residuals, encoding: .utf8)
      #expect(written.split(whereSeparator: \.isNewline).count == 73)
      outputs.append(run.output + written)
    }
    #expect(outputs[0] == outputs[1], "the same at any number of jobs")
  }

  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func reportForMachines() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    struct Report: Decodable {
      struct Object: Decodable {
        var designation: String
        var hasOrbit: Bool
        var remark: String?
      }
      var objects: [Object]
      var orbits, observations, quarantined: Int
    }
    // One object with a single observation, one row without a name.
    let text =
      try Self.arcs(2) + "x1,60000.1,10,20,X05,lonely\n" + "x2,60000.2,10,20,X05,\n"
    let run = try ProgramRun(
      ["fit", "-", "--output", folder.appending(path: "o.csv").path, "--json"], input: text)
    #expect(run.status == 3, "a row without a designation is quarantined")
    #expect(run.errors.contains(":15: designation"), "\(run.errors)")
    let report = try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
    #expect(report.orbits == 2 && report.observations == 13 && report.quarantined == 1)
    let lonely = try #require(report.objects.first { $0.designation == "lonely" })
    #expect(!lonely.hasOrbit && lonely.remark?.contains("two different times") == true)
  }

  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func unchangedObjectsKeepTheirLines() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    func path(_ name: String) -> String { folder.appending(path: name).path }
    struct Report: Decodable {
      struct Object: Decodable {
        var designation: String
        var unchanged: Bool
        var uncertaintyParameter: Int?
      }
      var objects: [Object]
      var unchanged: Int
    }
    var rows = try Self.arcs(6).split(separator: "\n").map(String.init)
    try rows.joined(separator: "\n").write(toFile: path("a.csv"), atomically: true, encoding: .utf8)
    let first = try ProgramRun(["fit", path("a.csv"), "--output", path("o.csv")])
    #expect(first.status == 0, "\(first.errors)")
    // The second object loses an observation, the rest come in another order.
    rows.remove(at: 8)
    let shuffled = [rows[0]] + rows.dropFirst().reversed()
    try shuffled.joined(separator: "\n")
      .write(toFile: path("b.csv"), atomically: true, encoding: .utf8)
    let second = try ProgramRun([
      "fit", path("b.csv"), "--start", path("o.csv"), "--output", path("p.csv"), "--json",
    ])
    #expect(second.status == 0, "\(second.errors)")
    let report = try JSONDecoder().decode(Report.self, from: Data(second.output.utf8))
    #expect(report.unchanged == 5)
    #expect(report.objects.first { !$0.unchanged }?.designation == "A00001")
    #expect(report.objects.first { !$0.unchanged }?.uncertaintyParameter != nil)
    func lines(_ name: String) throws -> Set<Substring> {
      Set(try String(contentsOfFile: path(name), encoding: .utf8).split(separator: "\n"))
    }
    // The header and five orbits are the same to the last digit.
    #expect(try lines("o.csv").intersection(lines("p.csv")).count == 6)
    // Other options: nothing is taken over.
    let third = try ProgramRun([
      "fit", path("b.csv"), "--start", path("o.csv"), "--output", path("q.csv"), "--json",
      "--no-rejection",
    ])
    #expect(try JSONDecoder().decode(Report.self, from: Data(third.output.utf8)).unchanged == 0)
  }

  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func plotsAreDrawn() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let text = try Self.arcs(1).replacing("A00000", with: "../A&B")
    let plots = folder.appending(path: "plots")
    let run = try ProgramRun(
      [
        "fit", "-", "--output", folder.appending(path: "o.csv").path, "--plots", plots.path,
      ], input: text)
    #expect(run.status == 0, "\(run.errors)")
    let names = try FileManager.default.contentsOfDirectory(atPath: plots.path)
    #expect(names == ["_.._A_B.svg"], "no designation leaves the folder")
    let svg = try Data(contentsOf: plots.appending(path: names.first ?? ""))
    let drawing = try XMLDocument(data: svg)
    let shapes = try drawing.nodes(forXPath: "//*[local-name()='circle' or local-name()='path']")
    #expect(shapes.count == 12, "six observations, two panels")
    #expect(svg.contains(Data("../A&amp;B".utf8)))
  }

  /// 2008 TC3: 883 observations in the last day before it struck. Truth: JPL's elements for the epoch
  /// of 2008-10-07.0 (Jenniskens et al. 2009, Nature 458, 485, table 1: a 1.308201(9) au,
  /// e 0.312065(6), i 2.54220(4)°), and the time of the fireball, 02:45:45 UTC some 30 km up.
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func anImpactor() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    func path(_ name: String) -> String { folder.appending(path: name).path }
    let file = try #require(TestPaths.sharedData).appending(path: "truth/real_obs80/2008TC3.txt")
    let fit = try ProgramRun(["fit", file.path, "--output", path("o.csv")])
    #expect(fit.status == 0 || fit.status == 3, "\(fit.errors)")
    let moved = try ProgramRun(["propagate", path("o.csv"), "--to", "54746.0:tdb", "--output", "-"])
    let numbers = moved.output.split(separator: "\n").last.map {
      $0.split(separator: ",").dropFirst(2).compactMap { Double($0) }
    }
    let s = try #require(numbers)
    try #require(s.count == 6)
    let gm = 2.9591220828411956e-4
    let r = (s[0] * s[0] + s[1] * s[1] + s[2] * s[2]).squareRoot()
    let v2 = s[3] * s[3] + s[4] * s[4] + s[5] * s[5]
    let a = 1 / (2 / r - v2 / gm)
    let dot = s[0] * s[3] + s[1] * s[4] + s[2] * s[5]
    let e = (pow(1 - r / a, 2) + dot * dot / (gm * a)).squareRoot()
    // A hundred of their standard deviations: deep in the Earth's field osculating elements change
    // by 1e-4 an hour, and theirs are from fewer observations.
    #expect(abs(a - 1.308201) < 9e-4 && abs(e - 0.312065) < 6e-4, "a \(a), e \(e)")
    let later = try ProgramRun(["propagate", path("o.csv"), "--to", "54747:tdb", "--output", "-"])
    // The ground is reached some ten seconds after the fireball's height would have been.
    #expect(later.errors.contains("strikes Earth at 2008-10-07T02:4"), "\(later.errors)")
  }

  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func photometryOfFewPoints() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var rows = try Self.arcs(1).split(separator: "\n").map(String.init)
    rows[0] += ",mag,band"
    for k in 1..<rows.count { rows[k] += k < 5 ? ",19.\(k),r" : ",19.9,g" }
    let file = folder.appending(path: "h.csv")
    let run = try ProgramRun(
      ["fit", "-", "--output", folder.appending(path: "o.csv").path, "--photometry", file.path],
      input: rows.joined(separator: "\n"))
    #expect(run.status == 0, "\(run.errors)")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(lines.count == 3 && lines.map { $0[1] } == ["band", "g", "r"])
    #expect(lines.map { $0[9] } == ["nUsed", "2", "4"])
    #expect(lines.dropFirst().allSatisfy { $0[12] == "tooFewPoints" && $0[5].isEmpty })
  }

  /// Each kind of bad arc beside a good one: a verdict each, within the run of all of them.
  @Test func badArcsHaveVerdicts() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var rows: [String] = []
    func add(_ name: String, _ mjd: Double, _ ra: Double, _ dec: Double, site: String = "X05") {
      rows.append("\(name)\(rows.count),\(mjd),\(ra),\(dec),\(site),\(name)")
    }
    let nights = [60000.10, 60000.12, 60004.10, 60004.12, 60008.10, 60008.12]
    add("one", 60000.1, 10, 20)
    for k in 0..<2 { add("sameTime", 60000.1, 10 + 0.001 * Double(k), 20) }
    for k in 0..<4 { add("oneNight", 60000.1 + 0.02 * Double(k), 10 + 0.005 * Double(k), 20) }
    for mjd in [60000.1, 60004.1, 60008.1] {
      for _ in 0..<2 { add("twice", mjd, 10 + 0.22 * (mjd - 60000), 20 + 0.05 * (mjd - 60000)) }
    }
    for mjd in nights { add("nowhere", mjd, 10 + 0.22 * (mjd - 60000), 20, site: "QQQ") }
    for (k, mjd) in nights.enumerated() {
      add("apart", mjd, k % 2 == 0 ? 10 : 190, k % 2 == 0 ? 20 : -20)
    }
    // Once around the Earth in 12 hours.
    for k in 0..<6 { add("satellite", 60000.1 + 0.002 * Double(k), 10 + 1.44 * Double(k), 0) }
    // An arc whose times run backwards against its places.
    for (k, mjd) in nights.reversed().enumerated() {
      add("backwards", mjd, 10 + 0.22 * (nights[k] - 60000), 20 + 0.05 * (nights[k] - 60000))
    }
    struct Report: Decodable {
      struct Object: Decodable {
        var designation: String
        var hasOrbit: Bool
        var determined: Bool
        var remark: String?
      }
      var objects: [Object]
    }
    let run = try ProgramRun(
      ["fit", "-", "--output", folder.appending(path: "o.csv").path, "--json"],
      input: (["obs_id,mjd_utc,ra,dec,obscode,designation"] + rows).joined(separator: "\n"))
    #expect(run.status == 3 && run.errors.contains("QQQ"), "\(run.errors)")
    let report = try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
    let found = Dictionary(uniqueKeysWithValues: report.objects.map { ($0.designation, $0) })
    for name in ["one", "sameTime", "apart"] {
      #expect(found[name]?.hasOrbit == false && found[name]?.remark != nil, "\(name)")
    }
    for name in ["oneNight", "twice", "satellite"] {
      #expect(found[name]?.determined == false && found[name]?.remark != nil, "\(name)")
    }
    #expect(found["twice"]?.remark?.contains("repetitions") == true)
    #expect(found["nowhere"] == nil && found["backwards"] != nil)
  }

  /// 2018 LA: seventeen observations within six hours. Truth: the fireball of 16:44:11 UTC at 27.8 km
  /// (Jenniskens et al. 2021, MAPS 56, 844).
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func anImpactorOfSeventeenObservations() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let orbits = folder.appending(path: "o.csv").path
    let file = try #require(TestPaths.sharedData).appending(path: "truth/real_obs80/2018LA.txt")
    let fit = try ProgramRun(["fit", file.path, "--output", orbits])
    #expect(fit.status == 3 && fit.errors.contains("(X)"), "one line is marked as replaced")
    let later = try ProgramRun(["propagate", orbits, "--to", "58272:tdb", "--output", "-"])
    #expect(later.errors.contains("strikes Earth at 2018-06-02T16:44:"), "\(later.errors)")
  }

  /// Radar records: read, fitted, and their residuals said and drawn.
  @Test func radarRecords() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    func path(_ name: String) -> String { folder.appending(path: name).path }
    let (p, v) = (ApophisRadar.position, ApophisRadar.velocity)
    try """
    designation,epochMjdTdb,origin,frame,x,y,z,vx,vy,vz
    99942,56323,SSB,ICRF,\(p.0),\(p.1),\(p.2),\(v.0),\(v.1),\(v.2)

    """.write(toFile: path("start.csv"), atomically: true, encoding: .utf8)
    var psv = "# version=2022\npermID|trx|rcv|obsTime|delay|rmsDelay|doppler|rmsDoppler|com|frq\n"
    for row in ApophisRadar.rows {
      let value = row.isDelay ? "\(row.value / 1e6)|\(row.sigma)||" : "||\(row.value)|\(row.sigma)"
      psv += "99942|\(row.station)|\(row.station)|\(row.time)|\(value)|1|\(row.frequencyMHz)\n"
    }
    let run = try ProgramRun(
      [
        "fit", "-", "--start", path("start.csv"), "--output", path("o.csv"), "--residuals",
        path("r.csv"), "--plots", path("plots"),
      ], input: psv)
    #expect(run.status == 0, "\(run.errors)")
    let residuals = try String(contentsOfFile: path("r.csv"), encoding: .utf8)
      .split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(residuals.count == 17 && residuals[0][9] == "residualDelay")
    for row in residuals.dropFirst() {
      let delay = Double(row[9]).map { abs($0) < 1 }
      let shift = Double(row[11]).map { abs($0) < 0.5 }
      #expect(row[8] == "true" && (delay ?? shift) == true, "\(row)")
    }
    let svg = try String(contentsOfFile: path("plots/99942.svg"), encoding: .utf8)
    #expect(svg.contains("radar delay") && svg.contains("Hz") && !svg.contains("RA cos"))
  }

  /// Residuals as ADES: the same observations are read back from it, radar among them.
  @Test(arguments: ["psv", "xml"])
  func residualsAsADES(_ kind: String) throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    func path(_ name: String) -> String { folder.appending(path: name).path }
    var psv = """
      # version=2022
      permID|mode|stn|obsTime|ra|dec|rmsRA|rmsDec|astCat

      """
    for k in 0..<6 {
      let day = 1 + 4 * (k / 2)
      psv += "99942|CCD|X05|2026-01-0\(day)T0\(k % 2 + 1):00:00Z"
      psv += "|\(120 - 0.9 * Double(k / 2) - 0.01 * Double(k % 2))|\(10.0 + 0.1 * Double(k / 2))"
      psv += "|0.1|0.1|Gaia3\n"
    }
    psv += """
      # version=2022
      permID|trx|rcv|obsTime|delay|rmsDelay|doppler|rmsDoppler|com|frq
      99942|253|253|2026-01-05T01:00:00Z|300.5|0.25|||1|8560
      99942|253|252|2026-01-05T01:00:00Z|||1234.5|0.5|1|8560

      """
    let first = try ProgramRun(
      ["fit", "-", "--output", path("o.csv"), "--residuals", path("r.\(kind)")], input: psv)
    #expect(first.status == 0, "\(first.errors)")
    let written = try String(contentsOfFile: path("r.\(kind)"), encoding: .utf8)
    #expect(written.contains("resDelay") && written.contains("selDoppler"))
    let second = try ProgramRun([
      "fit", path("r.\(kind)"), "--output", path("p.csv"), "--residuals", path("r.csv"),
    ])
    #expect(second.status == 0, "\(second.errors)")
    let rows = try String(contentsOfFile: path("r.csv"), encoding: .utf8).split(separator: "\n")
    #expect(rows.count == 9, "six directions and two echoes")
    // Times to the microsecond and places to nine decimals come back: so does the orbit.
    func state(_ name: String) throws -> [Double] {
      let lines = try String(contentsOfFile: path(name), encoding: .utf8).split(separator: "\n")
      return lines[1].split(separator: ",").dropFirst(4).prefix(6).compactMap { Double($0) }
    }
    let (a, b) = (try state("o.csv"), try state("p.csv"))
    #expect(a.count == 6 && zip(a, b).allSatisfy { abs($0 - $1) < 1e-6 }, "\(a) \(b)")
  }

  @Test func wrongUse() throws {
    let missing = try ProgramRun(["fit", "/nonexistent/file.csv", "--output", "-"])
    #expect(missing.status == 1 && missing.errors.contains("/nonexistent/file.csv"))
    let same = try ProgramRun(["fit", "-", "--output", "a.csv", "--residuals", "a.csv"])
    #expect(same.status == 2)
    let both = try ProgramRun(["fit", "-", "--output", "-", "--json"])
    #expect(both.status == 2)
    let help = try ProgramRun(["fit", "--help"])
    #expect(help.status == 0 && help.output.contains("EXAMPLE"))
  }
}
