import Astro
import Dynamics
import Foundation
import Simulation
import TestSupport
import Testing

struct PopulationTests {
  /// Classes as JPL's Small-Body Database gives them, for some 30,000 real orbits.
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func classesAreJPLs() throws {
    let folder = try #require(TestPaths.sharedData)
    let process = Process()
    process.executableURL = URL(filePath: "/bin/gzip")
    process.arguments = ["-dc", folder.appending(path: "orbits/real_orbits_highprec.csv.gz").path]
    let temporary = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: temporary) }
    let file = temporary.appending(path: "orbits.csv")
    try Data().write(to: file)
    process.standardOutput = try FileHandle(forWritingTo: file)
    try process.run()
    process.waitUntilExit()

    let jpl: [Substring: OrbitClass] = [
      "AMO": .nearEarth, "APO": .nearEarth, "ATE": .nearEarth, "IEO": .nearEarth,
      "TJN": .trojan, "CEN": .centaur, "TNO": .transNeptunian,
    ]
    var compared = 0
    let text = try String(contentsOf: file, encoding: .utf8)
    for line in text.split(whereSeparator: \.isNewline).dropFirst()
    where line.hasPrefix("kstars_sbdb") {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard let a = Double(fields[3]), let e = Double(fields[4]), e < 1 else { continue }
      let ours = OrbitClass(semiMajorAxisAU: a, eccentricity: e)
      if let theirs = jpl[fields[11]] {
        #expect(ours == theirs, "\(fields[1]): a \(a), e \(e)")
        compared += 1
      } else {
        #expect(!jpl.values.contains(ours), "\(fields[1]) \(fields[11]): a \(a), e \(e)")
      }
    }
    #expect(compared > 4000)
  }

  @Test func clonesAreLikeTheirParentsAndFainter() throws {
    let parent = try SampleSurvey.parent()
    let clones = CloneMaker(copies: 5000, fainterBy: 4...8).clones(of: [parent], seed: 1)
    #expect(clones.count == 5000)
    #expect(Set(clones.map(\.designation)).count == 5000)
    var sums = (a: 0.0, faint: 0)
    for clone in clones {
      let elements = try #require(KeplerianElements(clone.orbit))
      #expect(abs(elements.semiMajorAxisAU / 2.7666 - 1) < 0.06)
      #expect(abs(elements.eccentricity - 0.0786) < 0.12)
      sums.a += elements.semiMajorAxisAU
      let fainter = try #require(clone.absoluteMagnitude) - 12
      #expect((4...8).contains(fainter))
      sums.faint += fainter > 6 ? 1 : 0
    }
    // Spread 1 %: the mean of 5000 is good to 0.0004 au; five of these.
    #expect(abs(sums.a / 5000 - 2.76662) < 0.002)
    // The share in the fainter half of a density 10^(0.35 H) over 4 mag is 0.834 ± 0.005.
    #expect(abs(Double(sums.faint) / 5000 - 0.834) < 0.027)
  }

  /// Moved to another epoch, an orbit is the same orbit: Horizons' states of (10297) Lynnejones on
  /// 2016-06-23 and 58 days later (JPL Horizons, barycentric ICRF).
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func movedOrbitsAgreeWithHorizons() async throws {
    let rows = try #require(HorizonsTests.rows["10297 Lynnejones (1988 RJ13)"])
    let first = try #require(rows.first)
    let last = try #require(rows.last)
    let system = try SolarSystem.load(folder: TestPaths.ephemerides)
    let object = CatalogOrbit(
      designation: "10297",
      orbit: Orbit(epoch: first.epoch, state: first.state, origin: .solarSystemBarycenter))
    let (moved, skipped) = try await PopulationMover(system: system, jobs: 2)
      .moved([object], to: last.epoch)
    #expect(skipped.isEmpty)
    let orbit = try #require(moved.first).orbit
    #expect(orbit.origin == .sun && orbit.epoch == last.epoch)
    let sun = try system.ephemeris.state(of: .sun, at: last.epoch)
    let miss = (orbit.state + sun - last.state).position.norm * Constants.auKm
    // The state is given to 1e-15 au; the force model keeps metres over two months.
    #expect(miss < 0.1, "\(miss) km")
  }
}
