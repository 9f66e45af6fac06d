import Astro
import Astrometry
import Dynamics
import Foundation
import OrbitFit
import TestSupport
import Testing

/// Real observations of numbered asteroids and the orbits that a peer fitted to all of them, good
/// to tens of kilometres.
struct RealArcs {
  struct Arc {
    var name: String
    var object: String
    var observations: [AstrometricObservation]
  }

  let solarSystem: SolarSystem
  let arcs: [Arc]
  /// By object, barycentric ICRF.
  let truths: [String: Orbit]

  init() async throws {
    let folder = try #require(TestPaths.sharedData).appending(path: "truth")
    solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let preparer = ObservationPreparer(solarSystem: solarSystem)
    var found: [Arc] = []
    var detections: [Detection] = []
    var owners: [Int] = []
    for row in try Self.table(folder.appending(path: "real_short_arcs.csv")) {
      let name = try #require(row["arc"])
      if found.last?.name != name {
        found.append(Arc(name: name, object: try #require(row["obj"]), observations: []))
      }
      let utc = try Epoch<UTC>(iso8601: try #require(row["obsTime"]))
      let detection = Detection(
        diaSourceId: Int64(detections.count), midpoint: solarSystem.leapSeconds.tai(utc),
        raDeg: try #require(Double(row["ra"] ?? "")),
        decDeg: try #require(Double(row["dec"] ?? "")),
        observatory: try #require(ObservatoryCode(row["stn"] ?? "")), designation: name)
      detections.append(detection)
      owners.append(found.count - 1)
    }
    let prepared = try await preparer.prepare(detections, jobs: 1)
    for (observation, index) in zip(prepared.observations, prepared.indices) {
      found[owners[index]].observations.append(observation)
    }
    arcs = found
    var orbits: [String: Orbit] = [:]
    for row in try Self.table(folder.appending(path: "real_long_arc_fits.csv")) {
      func number(_ name: String) throws -> Double { try #require(Double(row[name] ?? "")) }
      orbits[row["provID"] ?? ""] = Orbit(
        epoch: Epoch(mjd: try number("epochMJD_TDB")),
        state: StateVector(
          position: Vector3(try number("x"), try number("y"), try number("z")),
          velocity: Vector3(try number("xdot"), try number("ydot"), try number("zdot"))),
        origin: .solarSystemBarycenter)
    }
    truths = orbits
  }

  static func table(_ url: URL) throws -> [[String: String]] {
    var lines = try String(contentsOf: url, encoding: .utf8).split(whereSeparator: \.isNewline)
    let header = lines.removeFirst().split(separator: ",").map(String.init)
    return lines.map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return Dictionary(zip(header, fields)) { a, _ in a }
    }
  }

  /// Osculating heliocentric semi-major axis [au].
  func semiMajorAxis(_ orbit: Orbit) throws -> Double {
    let state =
      orbit.origin == .sun
      ? orbit.state : orbit.state - (try solarSystem.ephemeris.state(of: .sun, at: orbit.epoch))
    return SyntheticSky.semiMajorAxis(state)
  }
}

@Suite(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
struct RealArcTests {
  /// Peers put 96.4, 96.7 and 98.2 % of arcs of this kind within 10 % in semi-major axis.
  @Test func semiMajorAxesOfShortArcs() async throws {
    let real = try await RealArcs()
    var within = 0
    var errors: [Double] = []
    var report: [String] = []
    for arc in real.arcs {
      let fit = ShortArcTests.fit(arc.observations)
      let truth = try real.semiMajorAxis(try #require(real.truths[arc.object]))
      guard let orbit = fit.orbit else {
        report.append("\(arc.name): \(fit.remark ?? "")")
        continue
      }
      let error = try abs(real.semiMajorAxis(orbit) / truth - 1)
      errors.append(error)
      if error < 0.1 {
        within += 1
      } else {
        report.append(
          "\(arc.name): a \(try real.semiMajorAxis(orbit)), true \(truth), \(fit.remark ?? "")"
        )
      }
    }
    errors.sort()
    #expect(Double(within) >= 0.964 * Double(real.arcs.count), "\(report)")
    #expect(errors[errors.count / 2] < 0.003)
  }

  /// Under all forces, against the long-arc orbits carried to each arc's epoch. The 95 % ellipsoid
  /// should hold them in 93 to 97 %; peers have 53 to 97 %, the latter with errors 14 times too wide.
  @Test func ellipsoidsOfShortArcsUnderAllForces() async throws {
    let real = try await RealArcs()
    let propagator = Propagator(real.solarSystem)
    var inside = 0
    var squares: [Double] = []
    var determined = (count: 0, inside: 0)
    var report: [String] = []
    for arc in real.arcs {
      let fit = fitOrbit(observations: arc.observations, solarSystem: real.solarSystem)
      let orbit = try #require(fit.orbit)
      let truth = try #require(real.truths[arc.object])
      let state = try #require(propagator.propagate(truth, to: [orbit.epoch]).states[0])
      let square = SyntheticSky.mahalanobis(
        orbit, try #require(fit.covariance),
        truth: Orbit(epoch: orbit.epoch, state: state, origin: .sun))
      squares.append(square)
      if square < 12.59 { inside += 1 }
      if fit.determined {
        determined.count += 1
        if square < 12.59 { determined.inside += 1 }
      }
      if square > 12.59 {
        report.append("\(arc.name): \(square), \(fit.remark ?? "")")
      }
    }
    squares.sort()
    // Binomial: 0.95 of 170 with a standard deviation of 2.8; two of them to either side.
    #expect((156...167).contains(inside), "\(inside) of \(squares.count) inside: \(report)")
    // Ideal for normal errors 5.35. Long tails make the 95 % ellipsoid wide for most arcs.
    #expect((2.5...5.5).contains(squares[squares.count / 2]), "\(squares[squares.count / 2])")
    #expect(determined.inside * 100 > 92 * determined.count, "\(determined)")
  }
}
