import Foundation
import TestSupport
import Testing

/// `orbit info` and the ephemeris of comets, as a user runs them.
@Suite struct OrbitInfoTests {
  /// An Aten, a comet, a hyperbola and an orbit in the belt, made up after real ones.
  private static let orbits = """
    designation,epochMjdTdb,q,e,incl,node,argPeri,tPeriMjdTdb,H,G,M1,K1,G1,G2
    99942,61000,0.74602,0.19114,3.34098,203.8936,126.6833,61031.6,19.09,0.24,,,,
    67P,61000,1.21,0.6497,3.871,36.3,22.1,61990,,,12.9,7.5,,
    C/2017 U7,61000,6.4,1.0013,142.6,276.1,325.6,58737,,,10.5,4,,
    2004 JQ12,61000,2.2,0.1,5,20,30,60900,15,,,,0.6,0.1

    """

  private func withOrbits(_ body: (String, URL) throws -> Void) throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "orbits.csv")
    try Data(Self.orbits.utf8).write(to: file)
    try body(file.path, folder)
  }

  private func objects(_ run: ProgramRun) throws -> [[String: Any]] {
    try #require(
      JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]])
  }

  @Test func classesAndApproaches() throws {
    try withOrbits { orbits, _ in
      let run = try ProgramRun([
        "orbit", "info", orbits, "--json", "--at", "2026-01-01", "--approaches",
        "2029-01-01..2030-01-01", "--within", "0.5", "--elements", "equinoctial",
      ])
      #expect(run.status == 0, "\(run.errors)")
      let found = try objects(run)
      #expect(found.map { $0["classCode"] as? String } == ["ATE", "JFc", "HYP", "MBA"])
      #expect(
        found.map { $0["mpcOrbitType"] as? String }
          == ["Aten", "Amor", "Hyperbolic", "Main Belt"])
      #expect(found[0]["potentiallyHazardous"] as? Bool == true)
      #expect((found[0]["moidAU"] as? [String: Double])?.count == 8)
      #expect((found[0]["tisserand"] as? [String: Double])?.count == 8)
      #expect((found[2]["elementSet"] as? [String: Any]) == nil)
      #expect(((found[0]["elementSet"] as? [String: Any])?["values"] as? [Double])?.count == 6)
      let approaches = try #require(found[0]["approaches"] as? [[String: Any]])
      let times = approaches.compactMap { $0["mjdTdb"] as? Double }
      #expect(times.count > 1 && times == times.sorted())
      #expect(approaches.allSatisfy { ($0["distanceAU"] as? Double ?? 9) <= 0.5 })
      #expect(approaches.allSatisfy { ($0["utc"] as? String ?? "").hasPrefix("2029") })
      let sky = try #require(found[3]["sky"] as? [String: Any])
      #expect(sky["utc"] as? String == "2026-01-01T00:00:00Z" && sky["magnitude"] is Double)
    }
  }

  /// Sigmas of elements from OrbFit's covariance of the state, against those that OrbFit gives.
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func sigmasOfARealOrbit() throws {
    let file = try #require(TestPaths.sharedData)
      .appending(path: "truth/mpc_orb_json/2062_mpcorb_v07.json")
    let run = try ProgramRun([
      "orbit", "info", "2062", "--orbits", file.path, "--json", "--at", "2026-01-01T00:00:00",
    ])
    // The MPC's file calls it by its provisional designation.
    #expect(run.status == 1 && run.errors.contains("2062"))
    let named = try ProgramRun([
      "orbit", "info", "1976 AA", "--orbits", file.path, "--json", "--at", "2026-01-01T00:00:00",
    ])
    #expect(named.status == 0, "\(named.errors)")
    let aten = try #require(try objects(named).first)
    let elements = try #require(aten["elements"] as? [String: Any])
    let sigma = try #require(elements["sigma"] as? [String: Double])
    // COM.coefficient_uncertainties, six digits.
    for (name, value) in [
      ("qAU", 5.78314e-08), ("e", 5.95441e-08), ("inclDeg", 7.57144e-06), ("nodeDeg", 6.0019e-06),
      ("argPeriDeg", 1.53326e-05), ("tPeriMjdTdb", 2.04289e-05),
    ] {
      #expect(abs((sigma[name] ?? 0) / value - 1) < 1e-4, "\(name)")
    }
    let sky = try #require(aten["sky"] as? [String: Any])
    #expect(sky["sigmaMajorArcsec"] is Double && sky["linear"] as? Bool == true)
    let text = try ProgramRun([
      "orbit", "info", file.path, "--at", "2026-01-01T00:00:00", "--observatory", "X05",
    ])
    #expect(text.output.contains("±") && text.output.contains("from X05"))
  }

  /// M1 + 5 log Δ + K1 log r, and a row for each law, from what the row itself says.
  @Test func brightnessOfComets() throws {
    try withOrbits { orbits, _ in
      let run = try ProgramRun([
        "ephemeris", orbits, "--observatory", "500", "--times", "2026-01-01T00:00:00",
      ])
      #expect(run.status == 0, "\(run.errors)")
      let rows = run.output.split(separator: "\n").dropFirst().map {
        $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
      #expect(rows.count == 4)
      let comet = try #require(rows.first { $0[0] == "67P" })
      let (delta, r) = (try #require(Double(comet[6])), try #require(Double(comet[7])))
      let magnitude = try #require(Double(comet[10]))
      // Written to a thousandth.
      #expect(abs(magnitude - (12.9 + 5 * log10(delta) + 7.5 * log10(r))) < 5.1e-4)
    }
  }

  @Test func mistakesAreNamed() throws {
    try withOrbits { orbits, folder in
      func run(_ arguments: String...) throws -> ProgramRun {
        try ProgramRun(["orbit", "info"] + arguments)
      }
      #expect(try run(orbits, "--approaches", "2030-01-01..2029-01-01").status == 2)
      #expect(try run(orbits, "--approaches", "2029-01-01").status == 2)
      let far = try run(orbits, "--approaches", "2029-01-01..2129-01-01")
      #expect(far.status == 1 && far.errors.contains("ECLIPTIC_EPHEMERIDES"))
      #expect(try run(orbits, "--within", "0").status == 2)
      #expect(try run(orbits, "--elements", "polar").status == 2)
      #expect(try run(orbits, "--at", "90000:tdb").status == 1)
      #expect(try run("2000 SG344", "--orbits", orbits).status == 1)
      #expect(try run("99942", "--orbits", orbits, "--catalog", orbits).status == 2)
      let bad = folder.appending(path: "bad.csv").path
      let rows = [
        "a,61000,-1,0.1,3,2,1,61000,,", "b,61000,1,-0.1,3,2,1,61000,,",
        "c,61000,1,nan,3,2,1,61000,,", "d,61000,1,0.1,3,2,1,61000,10,",
        "e,61000,1,0.1,3,2,1,61000,,4",
      ]
      let text = "designation,epochMjdTdb,q,e,incl,node,argPeri,tPeriMjdTdb,M1,K1\n"
      try Data((text + rows.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: bad))
      let broken = try run(bad, "--at", "2026-01-01T00:00:00")
      #expect(broken.status == 3)
      for (line, field) in [(2, "q"), (3, "e"), (4, "e"), (5, "K1")] {
        #expect(broken.errors.contains("bad.csv:\(line)") && broken.errors.contains(field))
      }
    }
  }
}
