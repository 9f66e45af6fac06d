import Astro
import Astrometry
import Dynamics
import Foundation
import OrbitFit

/// Arcs of the main belt with a tenth near-Earth objects and a tenth beyond Neptune, seen from Rubin:
/// two directions on each of three nights, errors of 0.1″.
struct SimulatedArcs: Sendable {
  private(set) var sights: [SightLine] = []
  private(set) var truth: [Orbit] = []
  private(set) var starts: [Orbit] = []
  private static let perArc = 6
  var count: Int { truth.count }

  init(count: Int) throws {
    let system = try SolarSystem.load()
    let epoch = Epoch<TDB>(mjd: 61_000)
    let epochs = [0.0, 0.025, 4.0, 4.025, 9.975, 10].map { epoch.adding(days: $0) }
    let observers = try epochs.map { try system.observer(.rubin, at: $0) }
    let suns = try epochs.map { try system.ephemeris.state(of: .sun, at: $0) }
    var random = Noise(state: 5)
    while truth.count < count {
      let orbit = Self.orbit(&random, epoch)
      let sigma = 0.1 * Angle.arcsecond
      var arc: [SightLine] = []
      for k in epochs.indices {
        let moved = TwoBody.propagate(orbit.state, days: epochs[k].days(since: epoch))
        let place = PredictedPlace(object: moved + suns[k], sun: suns[k], observer: observers[k])
        // What is near the Sun is not seen.
        guard place.elongationRad > 60 * Angle.degree else { break }
        let (ra, dec) = place.raDec
        arc.append(
          SightLine(
            AstrometricObservation(
              epoch: epochs[k], raRad: ra + random.gaussian() * sigma / cos(dec),
              decRad: dec + random.gaussian() * sigma, sigmaRaRad: sigma, sigmaDecRad: sigma,
              correlation: 0, observer: observers[k], sun: suns[k])))
      }
      guard arc.count == Self.perArc else { continue }
      sights += arc
      truth.append(orbit)
      var start = orbit
      // Along the line of sight, where the linker's range is off.
      let sight = arc[2].observation.observer.position - arc[2].observation.sun.position
      let range = orbit.state.position - sight
      start.state.position = sight + range * (1 + 0.03 * random.gaussian())
      start.state.velocity = orbit.state.velocity * (1 + 0.02 * random.gaussian())
      starts.append(start)
    }
  }

  func members(_ k: Int) -> [Int32] { (0..<Self.perArc).map { Int32(k * Self.perArc + $0) } }

  /// Whether the true orbit is in the 99.99 % ellipsoid of a fit.
  func isNear(_ fit: ArcFit, _ k: Int) -> Bool {
    let there = TwoBody.propagate(truth[k].state, days: fit.orbit.epoch.days(since: truth[k].epoch))
    let d = fit.orbit.state - there
    let x = [
      d.position.x, d.position.y, d.position.z, d.velocity.x, d.velocity.y, d.velocity.z,
    ]
    var sum = 0.0
    for i in 0..<6 {
      var row = 0.0
      for j in i..<6 { row += fit.squareRootInformation[6 * i + j] * x[j] }
      sum += row * row
    }
    // χ² of six degrees of freedom: 99.99 %.
    return sum < 27.9
  }

  private static func orbit(_ random: inout Noise, _ epoch: Epoch<TDB>) -> Orbit {
    let kind = random.uniform()
    let (q, e): (Double, Double)
    switch kind {
    case ..<0.1: (q, e) = (0.6 + 0.6 * random.uniform(), 0.2 + 0.5 * random.uniform())
    case ..<0.2: (q, e) = (30 + 15 * random.uniform(), 0.3 * random.uniform())
    default: (q, e) = (1.8 + 1.2 * random.uniform(), 0.3 * random.uniform())
    }
    let period = 365.25 * pow(q / (1 - e), 1.5)
    return KeplerianElements(
      epoch: epoch, perihelionAU: q, eccentricity: e,
      inclinationRad: 25 * random.uniform() * Angle.degree, nodeRad: 2 * .pi * random.uniform(),
      argPeriRad: 2 * .pi * random.uniform(),
      perihelionTime: epoch.adding(days: period * (random.uniform() - 0.5))
    ).orbit()
  }
}

/// SplitMix64 and Box-Muller.
struct Noise {
  var state: UInt64

  mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return (Double((z ^ (z >> 31)) >> 11) + 0.5) * 0x1p-53
  }

  mutating func gaussian() -> Double {
    let (a, b) = (uniform(), uniform())
    return (-2 * log(a)).squareRoot() * cos(2 * .pi * b)
  }
}
