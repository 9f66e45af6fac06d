import Astro
import Dynamics
import Foundation
import TestSupport
import Testing

@Suite struct PassageTests {
  private let solarSystem: SolarSystem

  init() throws { solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides) }

  /// JPL's orbit of an object with its non-gravitational A1, A2 (1/r²) and covariance.
  private func orbit(_ name: String) throws -> CatalogOrbit {
    let known = try SmallBodyDatabase.one(name)
    var orbit = CatalogOrbit(designation: "test", orbit: known.elements.orbit())
    let parameters = known.orbit["model_pars"] as? [[String: Any]] ?? []
    func a(_ name: String) -> Double {
      SmallBodyDatabase.number(parameters.first { $0["name"] as? String == name }?["value"]) ?? 0
    }
    orbit.nonGravitational = Vector3(a("A1"), a("A2"), a("A3"))
    return orbit
  }

  /// JPL's table of close approaches for (99942): 2029-Apr-13 21:46 TDB, 0.000254 au, 7.42 km/s,
  /// 5.84 at infinity; the Moon on April 14 at 14:33 in 0.000641 au. The orbit here is
  /// JPL's of 2025, three and a half years before.
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func apophis() throws {
    let apophis = try orbit("99942_phys.json")
    let (found, _) = Propagator(solarSystem).encounters(
      of: apophis, in: Epoch(mjd: 62_000)...Epoch(mjd: 62_600), within: 0.01)
    let earth = try #require(found.first { $0.approach.body == .earth })
    let km = Constants.auKm / Constants.secondsPerDay
    // 62239 is 2029-04-13. JPL prints whole minutes.
    #expect(abs(earth.approach.time.mjd - (62_239 + (21 * 60 + 46) / 1440.0)) < 0.6 / 1440)
    // Its own nominal is 0.00025409 au.
    #expect(abs(earth.approach.distanceAU - 0.00025409) < 1e-8)
    #expect(abs(earth.approach.speed * km - 7.42) < 0.006)
    #expect(abs(earth.speedAtInfinity * km - 5.84) < 0.006)
    #expect(!earth.isImpact && earth.sigmaDays == nil)
    let moon = try #require(found.first { $0.approach.body == .moon })
    #expect(abs(moon.approach.time.days(since: earth.approach.time) - 16.8 / 24) < 0.1 / 24)
  }

  /// σ of time and distance against passages of displaced orbits: the columns of a square root of
  /// the covariance, each by itself; their squares add up.
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func spreadOfDisplacedOrbits() throws {
    var orbit = try orbit("2023DZ2_phys.json")
    // 1e-9 au and 1e-11 au/d, correlated: 1500 km after 2000 days, far below the distances.
    var r = [Double](repeating: 0, count: 36)
    for i in 0..<6 {
      for j in i..<6 { r[6 * i + j] = (i < 3 && j < 3 ? 1e9 : 3e10) / Double(1 + j - i) }
    }
    let covariance = OrbitCovariance(squareRootInformation: r)
    orbit.covariance = covariance
    let propagator = Propagator(solarSystem)
    let interval = Epoch<TDB>(mjd: 61_000)...Epoch<TDB>(mjd: 64_000)
    let nominal = propagator.encounters(of: orbit, in: interval, within: 0.1).encounters
      .filter { $0.approach.body == .earth }
    #expect(!nominal.isEmpty)
    var times = nominal.map { _ in 0.0 }
    var distances = times
    let c = covariance.covariance
    // Cholesky's root of the covariance, lower triangular.
    var root = [Double](repeating: 0, count: 36)
    for j in 0..<6 {
      for i in j..<6 {
        var sum = c[6 * i + j]
        for k in 0..<j { sum -= root[6 * i + k] * root[6 * j + k] }
        root[6 * i + j] = i == j ? sum.squareRoot() : sum / root[7 * j]
      }
    }
    for column in 0..<6 {
      func s(_ i: Int) -> Double { root[6 * i + column] }
      var moved = orbit
      moved.covariance = nil
      moved.orbit.state =
        moved.orbit.state
        + StateVector(position: Vector3(s(0), s(1), s(2)), velocity: Vector3(s(3), s(4), s(5)))
      let other = propagator.encounters(of: moved, in: interval, within: 0.1).encounters
        .filter { $0.approach.body == .earth }
      #expect(other.count == nominal.count)
      for (k, pair) in zip(nominal, other).enumerated() {
        let days = pair.1.approach.time.days(since: pair.0.approach.time)
        let distance = pair.1.approach.distanceAU - pair.0.approach.distanceAU
        times[k] += days * days
        distances[k] += distance * distance
      }
    }
    for (k, encounter) in nominal.enumerated() {
      let days = try #require(encounter.sigmaDays)
      let distance = try #require(encounter.sigmaDistanceAU)
      // The relative acceleration has tides beside the Earth's own pull, and the rest is second order.
      #expect(abs(times[k].squareRoot() / days - 1) < 0.02, "\(encounter)")
      #expect(abs(distances[k].squareRoot() / distance - 1) < 0.01, "\(encounter)")
    }
  }

  /// σ of linear quantities by substitution against the covariance matrix itself.
  @Test func sigmaAlong() throws {
    var r = [Double](repeating: 0, count: 36)
    for i in 0..<6 {
      for j in i..<6 { r[6 * i + j] = Double(1 + (7 * i + 3 * j) % 5) * (i == j ? 3 : -1) }
    }
    let covariance = OrbitCovariance(squareRootInformation: r)
    let c = covariance.covariance
    let g = [1.0, -2, 0.5, 3, 0.1, -0.7]
    var variance = 0.0
    var image = [Double](repeating: 0, count: 6)
    for i in 0..<6 {
      for j in 0..<6 {
        variance += g[i] * c[6 * i + j] * g[j]
        image[i] += c[6 * i + j] * g[j]
      }
    }
    let sigma = variance.squareRoot()
    #expect(abs(covariance.sigma(along: g) / sigma - 1) < 1e-12)
    let shift = covariance.shift(along: g)
    let d = [
      shift.position.x, shift.position.y, shift.position.z, shift.velocity.x, shift.velocity.y,
      shift.velocity.z,
    ]
    for i in 0..<6 { #expect(abs(d[i] - image[i] / sigma) < 1e-12 * (1 + abs(d[i]))) }
  }

  @Test func nothingOutsideTheInterval() throws {
    let orbit = CatalogOrbit(
      designation: "none",
      orbit: KeplerianElements(
        epoch: Epoch(mjd: 60_000), perihelionAU: 2.4, eccentricity: 0.1, inclinationRad: 0.1,
        nodeRad: 1, argPeriRad: 2, perihelionTime: Epoch(mjd: 60_100)
      ).orbit())
    let (found, verdict) = Propagator(solarSystem).encounters(
      of: orbit, in: Epoch(mjd: 60_000)...Epoch(mjd: 61_000), within: 0.05)
    #expect(found.isEmpty && verdict == .complete)
  }
}
