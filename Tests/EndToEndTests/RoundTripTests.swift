import Foundation
import TestSupport
import Testing

/// A catalog's export, imported into a new catalog, is the same catalog as far as the format goes.
@Suite struct RoundTripTests {
  private static func survey(_ scratch: Scratch) throws {
    let detections = try scratch.file("detections.csv", try SmallSurvey().first)
    #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, detections]).status == 0)
    #expect(try nightly(scratch, "2024-05-06").status == 0)
    let orbits = TestPaths.fixtures.appending(path: "orbits/sbdb.csv").path
    #expect(try ProgramRun(["import", "--catalog", scratch.catalog, orbits]).status == 0)
  }

  private static func export(
    _ catalog: String, _ options: [String], to path: String
  ) throws -> String {
    let run = try ProgramRun(["export", "--catalog", catalog, "--output", path] + options)
    #expect(run.status == 0, "\(run.errors)")
    return try String(contentsOfFile: path, encoding: .utf8)
  }

  /// MPCORB: the second export has the characters of the first, but for the last digit of the mean
  /// motion, which follows from a rounded a, and for what is the first catalog's own (who made the
  /// orbit, the last observation).
  @Test func minorPlanetCenterLinesComeBack() throws {
    try withScratch { scratch in
      try Self.survey(scratch)
      let file = scratch.folder.appending(path: "orbits").path
      let options = ["--format", "mpcorb", "--order", "designation"]
      let first = try Self.export(scratch.catalog, options, to: file)
      let copy = scratch.folder.appending(path: "copy.db").path
      #expect(try ProgramRun(["import", "--catalog", copy, file]).status == 0)
      let second = try Self.export(copy, options, to: file + "2")
      func held(_ text: String) -> [[UInt8]] {
        text.split(separator: "\n").map {
          Array($0.utf8.prefix(80)) + $0.utf8.dropFirst(91).prefix(59)
        }
      }
      #expect(held(first).count > 100)
      let isSame = held(second) == held(first)
      #expect(isSame)
    }
  }

  /// Orbit CSV: all columns to the byte, covariances to the last digits that their square roots keep.
  @Test func orbitTablesComeBack() throws {
    try withScratch { scratch in
      try Self.survey(scratch)
      let file = scratch.folder.appending(path: "orbits").path
      let options = ["--format", "csv", "--table", "orbits", "--order", "designation"]
      let was = try Self.rows(try Self.export(scratch.catalog, options, to: file))
      let copy = scratch.folder.appending(path: "copy.db").path
      #expect(try ProgramRun(["import", "--catalog", copy, file]).status == 0)
      let now = try Self.rows(try Self.export(copy, options, to: file + "2"))
      #expect(was.count > 100 && was.count == now.count)
      for (a, b) in zip(was, now) {
        for (name, text) in a where text != b[name] {
          let (x, y) = (Double(text) ?? .nan, Double(b[name] ?? "") ?? .nan)
          let scale = name.hasPrefix("cov_") ? Self.scale(name, a) : 0
          #expect(abs(x - y) <= 1e-10 * scale, "\(a["designation"] ?? "") \(name)")
        }
      }
    }
  }

  /// Comets with their laws, interstellar objects, letters with accents, a parabola, a sungrazer,
  /// a circle, no magnitude, extreme ones.
  private static let unusual = """
    designation,epochMjdTdb,q,e,incl,node,argPeri,tPeriMjdTdb,H,G,A1,A2,A3,gLaw,G12,M1,K1
    1P,60000.0,0.5748,0.96793,162.19,59.1,112.2,46470.9,,,2.7e-10,1.55e-10,,comet,,5.5,8
    67P,60000.0,1.2106,0.6497,3.87,36.3,22.1,59520.5,,,1.1e-9,-3.7e-11,,asteroid,,11.2,5
    3I/ATLAS,60900.0,1.3565,6.1387,175.11,322.15,128.0,60977.4,,,,,,,,12.5,4
    1I/'Oumuamua,58000.0,0.2553,1.2011,122.7,24.6,241.8,58005.9,22.1,,,,,,,,
    C/2020 F3,60000.0,0.2947,1.0,128.9,61.0,37.3,59033.7,,,,,,,,,
    99942,60000.0,0.7460,0.1914,3.34,204.0,126.6,60200.5,19.09,0.24,5e-13,-2.9e-14,,,,,
    Ñandú,60000.0,2.1,0.2,5,1,2,60100,18.25,-0.12,,,,,0.3,,
    été-Ω 7,60000.0,2.1,0.2,5,1,2,60100,18.25,,,,,,,,
    2015 BZ509,60000.0,3.19,0.38,163,307,257,60100,,,,,,,,,
    100000,60000.0,0.001,0.9999,179.999,359.9999,0.00001,20000.1234567,-9.5,0.15,,,,,,,
    620000,60000.0,1.5,1e-9,1e-10,0,0,60010,33.9,0.15,,,,,,,

    """

  /// The orbit CSV of unusual orbits comes back to the byte; OEF with the same non-gravitational
  /// accelerations; and what the formats can't hold is said.
  @Test func unusualOrbitsComeBack() throws {
    try withScratch { scratch in
      let orbits = try scratch.file("orbits.csv", Self.unusual)
      #expect(try ProgramRun(["import", "--catalog", scratch.catalog, orbits]).status == 0)
      let file = scratch.folder.appending(path: "orbits").path
      let copy = scratch.folder.appending(path: "copy.db").path
      let options = ["--format", "csv", "--table", "orbits", "--order", "designation"]
      let first = try Self.export(scratch.catalog, options, to: file)
      #expect(try ProgramRun(["import", "--catalog", copy, file]).status == 0)
      #expect(try Self.export(copy, options, to: file + "2") == first)
      let rows = try Self.rows(first)
      let given = try Self.rows(Self.unusual)
      #expect(Set(rows.map { $0["designation"] }) == Set(given.map { $0["designation"] }))
      for row in given {
        let now = try #require(rows.first { $0["designation"] == row["designation"] })
        for name in ["H", "G", "A1", "A2", "G12", "M1", "K1"] {
          #expect(Double(now[name] ?? "") == Double(row[name] ?? ""), "\(row) \(name)")
        }
        #expect(now["gLaw"] == row["gLaw"])
      }
      let said = [
        "oef": "laws of brightness", "mpcorb": "no room for their designations",
        "mpc-orb": "A1, A2, A3 of comets left out",
      ]
      for (format, words) in said {
        let run = try ProgramRun(
          ["export", "--catalog", scratch.catalog, "--format", format, "--output", file + format])
        #expect(run.status == 0 && run.errors.contains(words), "\(run.errors)")
      }
      let other = scratch.folder.appending(path: "other.db").path
      #expect(try ProgramRun(["import", "--catalog", other, file + "oef"]).status == 0)
      for (a, b) in zip(rows, try Self.rows(try Self.export(other, options, to: file + "3"))) {
        for name in ["A1", "A2", "A3"] {
          let (x, y) = (Double(a[name] ?? "") ?? 0, Double(b[name] ?? "") ?? 0)
          #expect(abs(x - y) <= 4 * x.ulp, "\(a["designation"] ?? "") \(name)")
        }
        #expect(a["gLaw"] == b["gLaw"] || a["gLaw"] == "comet" && b["gLaw"] == "")
      }
    }
  }

  /// What the formats of orbits say beside the orbit is what the catalog's tables say.
  @Test func whatGoesWithAnOrbitIsItsOwn() throws {
    struct Record: Decodable {
      struct Moid: Decodable { var Earth: Double? }
      struct Statistics: Decodable { var normalized_RMS: Double? }
      struct Software: Decodable { var fitting_software_name: String }
      var moid_data: Moid
      var orbit_fit_statistics: Statistics
      var software_data: Software
    }
    try withScratch { scratch in
      try Self.survey(scratch)
      let file = scratch.folder.appending(path: "orbits").path
      let json = try Self.export(
        scratch.catalog, ["--format", "mpc-orb", "--order", "ssObjectId"], to: file)
      let records = try JSONDecoder().decode([Record].self, from: Data(json.utf8))
      let rows = try Self.rows(
        try Self.export(
          scratch.catalog,
          ["--format", "csv", "--table", "mpc_orbits", "--order", "ssObjectId"], to: file + "1"))
      #expect(records.count == rows.count && records.count > 100)
      for (record, row) in zip(records, rows) {
        #expect(record.moid_data.Earth == Double(row["earth_moid"] ?? ""))
        #expect(record.orbit_fit_statistics.normalized_RMS == Double(row["normalized_rms"] ?? ""))
      }
      #expect(records.contains { $0.moid_data.Earth != nil })
      let makers = Set(records.map(\.software_data.fitting_software_name))
      #expect(makers.count == 2 && makers.contains("ecliptic"))
    }
  }

  /// What a covariance is small or large against: the two standard deviations.
  private static func scale(_ name: String, _ row: [String: String]) -> Double {
    let parts = name.split(separator: "_").dropFirst()
    let variances = parts.map { Double(row["cov_\($0)_\($0)"] ?? "") ?? .nan }
    return variances.reduce(1, *).squareRoot()
  }

  /// mpc_orb JSON and OEF rotate to the ecliptic: states agree to the last bits, covariances to
  /// what their correlations leave.
  @Test(arguments: ["mpc-orb", "oef"])
  func orbitsComeBackToTheLastBits(_ format: String) throws {
    try withScratch { scratch in
      try Self.survey(scratch)
      let file = scratch.folder.appending(path: "orbits").path
      _ = try Self.export(scratch.catalog, ["--format", format], to: file)
      let copy = scratch.folder.appending(path: "copy.db").path
      let run = try ProgramRun(["import", "--catalog", copy, file])
      #expect(run.status == 0, "\(run.errors)")
      let table = ["--format", "csv", "--table", "orbits", "--order", "designation"]
      let was = try Self.rows(try Self.export(scratch.catalog, table, to: file + "1"))
      let now = try Self.rows(try Self.export(copy, table, to: file + "2"))
      #expect(was.count > 100 && was.count == now.count)
      for (a, b) in zip(was, now) {
        #expect(a["designation"] == b["designation"])
        let (h, again) = (Double(a["H"] ?? "") ?? .nan, Double(b["H"] ?? "") ?? .nan)
        // Foundation's reader of JSON is some units of the last place off, now and then.
        #expect(abs(h - again) <= 4 * h.ulp || format == "oef" && h == again)
        #expect(a["G"] == b["G"] || a["G"] == "" && format == "oef")
        #expect(a["origin"] == b["origin"])
        for names in [["x", "y", "z"], ["vx", "vy", "vz"], ["epochMjdTdb"]] {
          let (x, y) = (
            names.map { Double(a[$0] ?? "") ?? .nan }, names.map { Double(b[$0] ?? "") ?? .nan }
          )
          let (size, gap) = (Self.norm(x), Self.norm(zip(x, y).map { $0 - $1 }))
          // Two rotations, some units of the last place each; JSON has one double for the epoch, in
          // TT: units of 7e-12 d.
          #expect(gap <= (names.count == 1 ? 4e-11 : 8 * 2.2e-16 * size))
        }
        for i in 0..<6 {
          let name = "cov_\(i)_\(i)"
          let (x, y) = (Double(a[name] ?? ""), Double(b[name] ?? ""))
          #expect((x == nil) == (y == nil))
          if let x, let y { #expect(abs(x - y) <= 1e-6 * x, "\(a["designation"] ?? "") \(name)") }
        }
      }
    }
  }

  /// Observations: the second export has the bytes of the first, residuals apart, which ingesting
  /// does not take.
  @Test(arguments: ["ades-psv", "obs80"])
  func observationsComeBack(_ format: String) throws {
    try withScratch { scratch in
      try Self.survey(scratch)
      let file = scratch.folder.appending(path: "observations").path
      let options =
        ["--format", format, "--order", "midpointMjdTai, ra"]
        + (format == "obs80" ? [] : ["--ades-mode", "CCD", "--ades-astcat", "Gaia2"])
      let first = try Self.export(scratch.catalog, options, to: file)
      let copy = scratch.folder.appending(path: "copy.db").path
      let run = try ProgramRun(["ingest", "--catalog", copy, file])
      #expect(run.status == 0, "\(run.errors)")
      let second = try Self.export(copy, options, to: file + "2")
      func bare(_ text: String) -> [Substring] {
        text.split(separator: "\n").map { line in
          guard format != "obs80", line.contains("|") else { return line }
          return line.split(separator: "|", maxSplits: 22, omittingEmptySubsequences: false)
            .prefix(22).joined(separator: "|")[...]
        }
      }
      #expect(bare(first).count > 100)
      let isSame = bare(second) == bare(first)
      #expect(isSame)
      if format != "obs80" { #expect(first.contains("|CCD|") && first.contains("|Gaia2|")) }
    }
  }

  /// A subset is a catalog: complete, consistent, with what the whole has of its objects.
  @Test func subsetsAreCatalogs() throws {
    try withScratch { scratch in
      try Self.survey(scratch)
      let subset = scratch.folder.appending(path: "subset.db").path
      let select = ["--where", "e < 0.15 AND ssObjectId IN (SELECT ssObjectId FROM SSObject)"]
      let run = try ProgramRun(
        ["export", "--catalog", scratch.catalog, "--format", "sqlite", "--output", subset] + select)
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.errors.contains("detections of no selected object"))
      let check = try ProgramRun(["catalog", "check", "--catalog", subset])
      #expect(check.status == 0, "\(check.output)\(check.errors)")
      let file = scratch.folder.appending(path: "rows").path
      for table in ["mpc_orbits", "SSObject", "SSSource", "links", "orbits", "solutionSources"] {
        let options = ["--format", "csv", "--table", table]
        let whole = try Self.export(scratch.catalog, options, to: file)
        let part = try Self.export(subset, options, to: file)
        let all = Set(whole.split(separator: "\n"))
        let rows = part.split(separator: "\n")
        #expect(rows.count > 5 && rows.count < all.count, "\(table)")
        #expect(rows.allSatisfy(all.contains), "\(table)")
      }
      // It is not written over.
      let again = try ProgramRun(
        ["export", "--catalog", scratch.catalog, "--format", "sqlite", "--output", subset])
      #expect(again.status == 1 && again.errors.contains("exists"))
    }
  }

  private static func norm(_ values: [Double]) -> Double {
    values.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  private static func rows(_ csv: String) throws -> [[String: String]] {
    let lines = csv.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let names = try #require(lines.first)
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(names, $0)) }
  }
}
