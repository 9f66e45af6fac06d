import Astro
import Astrometry
import Dynamics
import Foundation
import OrbitFit
import Testing

/// Arcs of a few observations without a start. Truth: the orbit that the arc was made from.
struct ShortArcTests {
  static let twoBody: FitOptions = {
    var options = FitOptions()
    options.forces = .twoBody
    return options
  }()

  static func fit(_ observations: [AstrometricObservation]) -> FitResult {
    fitOrbit(observations: observations, options: twoBody)
  }

  static func arc(_ orbit: Orbit, _ days: [Double], sigmaArcsec: Double = 0.1)
    -> [AstrometricObservation]
  {
    days.map { SyntheticSky.observe(orbit, days: $0, sigmaArcsec: sigmaArcsec) }
  }

  static let orbits: [(String, Orbit)] = [
    ("main belt", SyntheticSky.mainBelt),
    (
      "Apollo",
      SyntheticSky.orbit(q: 0.9, e: 0.5, inclDeg: 12, nodeDeg: 200, periDeg: 40, tPeriDays: -60)
    ),
    (
      "Aten",
      SyntheticSky.orbit(q: 0.6, e: 0.3, inclDeg: 20, nodeDeg: 10, periDeg: 120, tPeriDays: 90)
    ),
    (
      "Jupiter trojan",
      SyntheticSky.orbit(q: 4.8, e: 0.07, inclDeg: 15, nodeDeg: 30, periDeg: 100, tPeriDays: 900)
    ),
    (
      "comet",
      SyntheticSky.orbit(q: 1.4, e: 0.98, inclDeg: 110, nodeDeg: 50, periDeg: 20, tPeriDays: 70)
    ),
    (
      "retrograde",
      SyntheticSky.orbit(q: 2.0, e: 0.4, inclDeg: 160, nodeDeg: 0, periDeg: 300, tPeriDays: 10)
    ),
  ]

  @Test(arguments: orbits.map(\.0))
  func exactObservationsGiveTheOrbit(name: String) throws {
    let orbit = try #require(Self.orbits.first { $0.0 == name }).1
    let days = SyntheticSky.nights([-7, 0, 8, 20])
    let result = Self.fit(Self.arc(orbit, days, sigmaArcsec: 0.02))
    let found = try #require(result.orbit)
    #expect(result.converged)
    #expect(!result.used.contains(false))
    // The light-time expansion promises 0.01 mas; the fit stops when chi-square has 1e-6 to gain.
    #expect(result.rmsArcsec < 3e-4)
    let covariance = try #require(result.covariance)
    // The prior, where it is used, may draw by a fraction of sigma only.
    #expect(SyntheticSky.mahalanobis(found, covariance, truth: orbit) < 1)
  }

  @Test func ellipsoidHoldsTheTruthAsOftenAsItSays() {
    var noise = Noise(seed: 11)
    var inside = 0
    var chi = 0.0
    let count = 300
    for k in 0..<count {
      let orbit = SyntheticSky.orbit(
        q: 1.9 + noise.uniform(), e: 0.25 * noise.uniform(), inclDeg: 20 * noise.uniform(),
        nodeDeg: 360 * noise.uniform(), periDeg: 360 * noise.uniform(),
        tPeriDays: 1500 * noise.uniform())
      let arc = Self.arc(orbit, SyntheticSky.nights([-6, 1, 7])).map { noise.disturbed($0) }
      let result = Self.fit(arc)
      guard let found = result.orbit, let covariance = result.covariance else {
        Issue.record("arc \(k): \(result.remark ?? "no remark")")
        continue
      }
      chi += result.chiSquare
      // 12.59 is the 95 % point of chi-square with six degrees of freedom.
      if SyntheticSky.mahalanobis(found, covariance, truth: orbit) < 12.59 { inside += 1 }
    }
    // Binomial: 0.95 of 300 with a standard deviation of 3.8; three of them to either side.
    #expect((273...297).contains(inside), "\(inside) of \(count)")
    // Mean of 6 per arc, standard deviation of the mean 0.2; rejections take a little off.
    #expect((5.0...6.6).contains(chi / Double(count)), "\(chi / Double(count))")
  }

  @Test(arguments: 0..<6, [2.0, 30.0, 3600.0])
  func oneWrongObservationAmongSix(wrong: Int, byArcsec: Double) throws {
    var noise = Noise(seed: UInt64(wrong + 1))
    var arc = Self.arc(SyntheticSky.mainBelt, SyntheticSky.nights([-6, 0, 7])).map {
      noise.disturbed($0)
    }
    arc[wrong].decRad += byArcsec * Angle.arcsecond
    arc[wrong].raRad += 0.4 * byArcsec * Angle.arcsecond
    let result = Self.fit(arc)
    let found = try #require(result.orbit)
    // Of two observations 40 minutes apart that contradict each other by little, either may be
    // the wrong one: then the fit has to say that it does not know.
    guard result.determined else {
      #expect(byArcsec == 2 && result.remark?.contains("about as well") == true, "\(result)")
      return
    }
    #expect(result.used == (0..<6).map { $0 != wrong }, "\(result)")
    let covariance = try #require(result.covariance)
    // 22.5 is the 99.9 % point for six degrees of freedom.
    #expect(SyntheticSky.mahalanobis(found, covariance, truth: SyntheticSky.mainBelt) < 22.5)
  }

  @Test func oneNightIsNotDetermined() throws {
    var noise = Noise(seed: 3)
    let arc = Self.arc(SyntheticSky.mainBelt, [0, 0.02, 0.04, 0.06]).map { noise.disturbed($0) }
    let result = Self.fit(arc)
    let found = try #require(result.orbit)
    #expect(!result.determined)
    #expect(result.remark != nil)
    let a = SyntheticSky.semiMajorAxis(found.state)
    #expect(a > 0, "the prior keeps the orbit bound")
    #expect(result.covariance != nil)
  }

  @Test func hyperbolaStaysOne() throws {
    // 1I/'Oumuamua's q, e and i.
    let orbit = SyntheticSky.orbit(
      q: 0.2559, e: 1.2011, inclDeg: 122.7, nodeDeg: 24.6, periDeg: 241.8, tPeriDays: -45)
    var noise = Noise(seed: 5)
    let arc = Self.arc(orbit, SyntheticSky.nights([0, 4, 9, 15, 22])).map { noise.disturbed($0) }
    let result = Self.fit(arc)
    let found = try #require(result.orbit)
    #expect(result.converged && result.determined)
    #expect(SyntheticSky.semiMajorAxis(found.state) < 0)
    let covariance = try #require(result.covariance)
    #expect(SyntheticSky.mahalanobis(found, covariance, truth: orbit) < 22.5)
  }

  @Test func distantObject() throws {
    let orbit = SyntheticSky.orbit(
      q: 39, e: 0.1, inclDeg: 5, nodeDeg: 100, periDeg: 90, tPeriDays: 9000)
    var noise = Noise(seed: 8)
    let days = SyntheticSky.nights([0, 5, 14, 40, 70])
    let arc = Self.arc(orbit, days, sigmaArcsec: 0.05).map { noise.disturbed($0) }
    let result = Self.fit(arc)
    let found = try #require(result.orbit)
    #expect(result.converged)
    let truth = TwoBody.propagate(orbit.state, days: found.epoch.days(since: orbit.epoch))
    // Seventy days of parallax (about 1 au of base line) at 0.05″ give the distance to 1e-3 or so.
    let r = truth.position.norm
    #expect(abs(found.state.position.norm - r) < 0.03 * r)
    let covariance = try #require(result.covariance)
    #expect(SyntheticSky.mahalanobis(found, covariance, truth: orbit) < 22.5)
  }
}
