import Astro
import Astrometry
import Dynamics
import Foundation
import OrbitFit
import TestSupport
import Testing

/// What a fit says of itself.
struct VerdictTests {
  static func disturbed(_ days: [Double], seed: UInt64, orbit: Orbit = SyntheticSky.mainBelt)
    -> [AstrometricObservation]
  {
    var noise = Noise(seed: seed)
    return ShortArcTests.arc(orbit, days).map { noise.disturbed($0) }
  }

  @Test func longArcsAreLinearAndShortOnesAreNot() throws {
    let long = ShortArcTests.fit(Self.disturbed(SyntheticSky.nights([-20, -8, 0, 9, 22]), seed: 1))
    let linearity = try #require(long.linearity)
    // Two standard deviations of a determined orbit: χ² as the ellipsoid says, to a few hundredths.
    #expect((0.9...1.1).contains(linearity), "\(linearity)")
    #expect(long.condition < 1e6 && !long.priorUsed && !long.ambiguous)
    let short = ShortArcTests.fit(Self.disturbed([0, 0.02, 0.05], seed: 2))
    #expect(short.priorUsed)
    #expect(short.linearity.map { $0 < 0.5 || $0 > 2 } ?? true, "\(String(describing: short))")
    #expect(short.condition > long.condition)
  }

  /// U falls with the arc. MPC: 9 for a few nights, 6 to 7 for two months, below 4 for years.
  @Test func uncertaintyParameterFallsWithTheArc() throws {
    let arcs: [[Double]] = [[0, 1, 2], [-4, 0, 5], [-30, -15, 0, 14, 30]]
    let u = try arcs.map {
      try #require(
        ShortArcTests.fit(Self.disturbed(SyntheticSky.nights($0), seed: 3)).uncertaintyParameter)
    }
    #expect(u[0] == 9 && u[1] <= 9 && u[2] < u[1] && u[2] >= 4, "\(u)")
  }

  /// The MPC's own U from its covariance-free elements cannot be made again; this one can: a
  /// main-belt orbit whose mean motion alone is uncertain. RUNOFF = 10/P · dP · k₀/P · 3600 · 3.
  @Test func uncertaintyParameterByHand() throws {
    let orbit = SyntheticSky.mainBelt
    let speed = orbit.state.velocity.unit
    // Only the speed is uncertain, by 1e-9 au/d; all else is known to 1e-16.
    var r = [Double](repeating: 0, count: 36)
    for i in 0..<6 { r[7 * i] = 1e15 }
    // A covariance with σ² along the velocity: C⁻¹ = 1e30 (1 − s sᵀ) + s sᵀ / σ² in velocity space.
    // An equivalent R by rotating axes: rows are s/σ and two normals × 1e15.
    let a = speed.cross(Vector3(0, 0, 1)).unit
    let b = speed.cross(a)
    let rows = [speed * 1e9, a * 1e15, b * 1e15]
    // QR by Gram-Schmidt of the 3 × 3 block.
    var columns = (0..<3).map { k in rows.map { [$0.x, $0.y, $0.z][k] } }
    for j in 0..<3 {
      for i in 0..<j {
        let dot = zip(columns[i], columns[j]).reduce(0) { $0 + $1.0 * $1.1 }
        r[6 * (3 + i) + 3 + j] = dot
        columns[j] = zip(columns[j], columns[i]).map { $0 - dot * $1 }
      }
      let size = columns[j].reduce(0) { $0 + $1 * $1 }.squareRoot()
      r[7 * (3 + j)] = size
      columns[j] = columns[j].map { $0 / size }
    }
    let elements = try #require(KeplerianElements(orbit))
    let period = elements.periodDays()
    // dP/P = 3/2 da/a, da/a = 2 a v dv / GM.
    let sigma =
      3 * elements.semiMajorAxisAU * orbit.state.velocity.norm * 1e-9 / GravitationalParameter.sun
      * period
    let years = period / 365.25
    let drift = 10 / years * sigma * 0.01720209895 * 180 / .pi / years * 3600 * 3
    let u = try #require(uncertaintyParameter(of: orbit, OrbitCovariance(squareRootInformation: r)))
    // The perihelion time moves too: at most as much again.
    let low = Int((log(drift) / 1.49).rounded(.down)) + 1
    let high = Int((log(3 * drift) / 1.49).rounded(.down)) + 1
    #expect((low...high).contains(u), "\(u), \(low) to \(high)")
  }

  /// The posterior of one night holds the truth about as often as it says, for the main belt.
  @Test func rangingHoldsTheTruth() throws {
    var noise = Noise(seed: 9)
    var inside = 0
    let count = 60
    for _ in 0..<count {
      let orbit = CoverageTests.populations[0].orbit(&noise)
      let arc = ShortArcTests.arc(orbit, [0, 0.02, 0.04]).map { noise.disturbed($0) }
      let summary = try #require(ShortArcTests.fit(arc).ranging)
      let sight = arc[1]
      let state = TwoBody.propagate(orbit.state, days: sight.epoch.days(since: orbit.epoch))
      let distance = (state.position + sight.sun.position - sight.observer.position).norm
      let (low, _, high) = summary.topocentricAU
      // The grid has steps of a fifth.
      if distance > low / 1.2, distance < high * 1.2 { inside += 1 }
      #expect(summary.possibleCount > 3)
      #expect((0...1).contains(summary.nearEarthProbability))
    }
    // 90 % of 60, less four standard deviations; the prior is not made for this population.
    #expect(inside >= 45, "\(inside) of \(count)")
  }

  /// A near-Earth asteroid that moves three degrees a day cannot be in the main belt.
  @Test func rangingKnowsANearEarthAsteroid() throws {
    let orbit = SyntheticSky.orbit(
      q: 0.95, e: 0.45, inclDeg: 8, nodeDeg: 200, periDeg: 40, tPeriDays: -30)
    var fastest: (rate: Double, day: Double) = (0, 0)
    for day in stride(from: -60.0, to: 60, by: 2) {
      let pair = ShortArcTests.arc(orbit, [day, day + 0.02])
      let rate = abs(pair[1].decRad - pair[0].decRad) + abs(pair[1].raRad - pair[0].raRad)
      if rate < 1, rate > fastest.rate { fastest = (rate, day) }
    }
    let day = fastest.day
    let arc = Self.disturbed([day, day + 0.02, day + 0.04], seed: 4, orbit: orbit)
    let summary = try #require(ShortArcTests.fit(arc).ranging)
    let belt = try #require(
      ShortArcTests.fit(Self.disturbed([0, 0.02, 0.04], seed: 4)).ranging)
    #expect(summary.nearEarthProbability > 3 * belt.nearEarthProbability)
    #expect(ShortArcTests.fit(Self.disturbed(SyntheticSky.nights([0, 3]), seed: 4)).ranging == nil)
  }

  /// Nonsense ends when its budget does, and says so.
  @Test func theBudgetEndsAFit() throws {
    var options = ShortArcTests.twoBody
    options.placeLimit = 40
    let result = fitOrbit(
      observations: Self.disturbed(SyntheticSky.nights([-6, 0, 7]), seed: 6), options: options)
    #expect(!result.converged)
    #expect(result.remark?.contains("gave up after 40") == true || result.orbit == nil)
  }

  /// Opposite ends of the sky: no orbit, or one that says what is wrong.
  @Test func directions180DegreesApart() {
    var arc = Self.disturbed([0, 0.02, 1, 1.02], seed: 7)
    for k in 2...3 {
      arc[k].raRad = (arc[k].raRad + .pi).truncatingRemainder(dividingBy: 2 * .pi)
      arc[k].decRad = -arc[k].decRad
    }
    let result = ShortArcTests.fit(arc)
    #expect(!result.determined && result.remark != nil)
  }

  /// A geostationary satellite, two hours from one station: whatever orbit comes out is not called
  /// determined.
  @Test func anArtificialSatellite() {
    let arc = stride(from: 0.0, to: 0.09, by: 0.015).map { days -> AstrometricObservation in
      let t = SyntheticSky.epoch.adding(days: days)
      let observer = SyntheticSky.observer(t)
      let angle = 2 * Double.pi * days / 0.99726957 + 0.4
      let earth = observer.position - station(days)
      let place = earth + Vector3(cos(angle), sin(angle), 0) * 2.8185e-4 - observer.position
      let (lon, lat) = place.longitudeLatitude
      return AstrometricObservation(
        epoch: t, raRad: lon, decRad: lat, sigmaRaRad: 2e-6, sigmaDecRad: 2e-6, correlation: 0,
        observer: observer, sun: SyntheticSky.sunState(t))
    }
    let result = ShortArcTests.fit(arc)
    #expect(!result.determined && result.remark != nil, "\(result)")
  }

  private func station(_ days: Double) -> Vector3 {
    let b = 2 * Double.pi / 0.99726957 * days
    return Vector3(cos(b) * 3.7e-5, sin(b) * 3.7e-5, -2.1e-5)
  }
}
