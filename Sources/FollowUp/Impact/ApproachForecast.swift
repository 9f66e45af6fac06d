public import Astro
public import Dynamics
import Foundation

/// Whether a tracklet's object may come to the Earth in the next days.
public struct ApproachForecast: Sendable, Hashable {
  /// Probability of striking the Earth, and one standard deviation by the number of orbits tried. With
  /// no strike among them the deviation is the probability that one orbit in them would have had.
  public var impactProbability: Double
  public var impactError: Double
  /// Probability of a passage within the Moon's distance, 0.00257 au, strikes among them.
  public var lunarProbability: Double
  public var lunarError: Double
  /// Earliest and latest moment of the strikes.
  public var impactTimes: ClosedRange<Epoch<TDB>>?
  /// Nearest passage of all orbits that are tried [au].
  public var nearestAU: Double
}

/// Carries a tracklet's orbits forward past the Earth.
public struct ApproachForecaster: Sendable {
  private let propagator: Propagator
  private let solarSystem: SolarSystem
  private let radius: Double

  /// How far ahead is looked [d].
  public static let days = 30.0
  static let lunarAU = 0.00257
  /// Within this the Earth's pull changes the way: full forces from here on [au].
  private static let close = 0.03
  private static let step = 0.5
  /// The atmosphere counts as the Earth: 100 km.
  private static let atmosphereAU = 100 / Constants.auKm

  public init(_ solarSystem: SolarSystem) {
    self.solarSystem = solarSystem
    propagator = Propagator(solarSystem)
    radius = solarSystem.gravity.earthRadiusAU + ApproachForecaster.atmosphereAU
  }

  /// - Parameter orbits: of one tracklet, from ``Ranger/weightedOrbits(of:above:)``.
  /// - Returns: nil when no orbit comes near the Earth, or its places are not known.
  public func forecast(_ orbits: [RangedOrbit]) -> ApproachForecast? {
    guard let first = orbits.first else { return nil }
    let total = orbits.reduce(0) { $0 + $1.probability }
    let start = first.orbit.epoch
    let earth = places(start)
    guard !earth.isEmpty else { return nil }
    var squares = 0.0
    var impact = Chance()
    var lunar = Chance()
    var times: [Epoch<TDB>] = []
    var nearest = Double.infinity
    let workspace = propagator.makeWorkspace()
    for orbit in orbits {
      let p = orbit.probability / total
      squares += p * p
      guard orbit.objectClass != .earthSatellite, orbit.distanceAU < 1.4 else { continue }
      let rough = roughDistance(orbit, start, earth)
      nearest = min(nearest, rough)
      guard rough < ApproachForecaster.close else { continue }
      let passage = closest(orbit, start, workspace)
      nearest = min(nearest, passage.distance)
      if passage.distance < ApproachForecaster.lunarAU { lunar.add(p) }
      if passage.distance < radius {
        impact.add(p)
        times.append(passage.time)
      }
    }
    guard nearest < 0.05 else { return nil }
    let sorted = times.sorted()
    return ApproachForecast(
      impactProbability: impact.probability, impactError: impact.error(squares),
      lunarProbability: lunar.probability, lunarError: lunar.error(squares),
      impactTimes: sorted.first.flatMap { first in sorted.last.map { first...$0 } },
      nearestAU: nearest)
  }

  private struct Chance {
    var probability = 0.0
    mutating func add(_ p: Double) { probability += p }
    func error(_ squares: Double) -> Double {
      // None of so many independent orbits: as if one of twice as many.
      if probability == 0 { return 0.5 * squares }
      return (squares * probability * max(0.5 * squares, 1 - probability)).squareRoot()
    }
  }

  /// The Earth from the Sun at every step.
  private func places(_ start: Epoch<TDB>) -> [Vector3] {
    let count = Int(ApproachForecaster.days / ApproachForecaster.step)
    var result: [Vector3] = []
    for k in 0...count {
      let t = start.adding(days: Double(k) * ApproachForecaster.step)
      guard let earth = try? solarSystem.ephemeris.state(of: .earth, at: t),
        let sun = try? solarSystem.ephemeris.state(of: .sun, at: t)
      else { break }
      result.append(earth.position - sun.position)
    }
    return result
  }

  /// Least distance from the Earth along the conic about the Sun, straight between steps.
  private func roughDistance(
    _ orbit: RangedOrbit, _ start: Epoch<TDB>, _ earth: [Vector3]
  ) -> Double {
    let offset = start.days(since: orbit.orbit.epoch)
    var least = Double.infinity
    var before: Vector3?
    for k in earth.indices {
      let state = TwoBody.propagate(
        orbit.orbit.state, days: offset + Double(k) * ApproachForecaster.step)
      let d = state.position - earth[k]
      if let a = before {
        let way = d - a
        let t = min(1, max(0, -a.dot(way) / max(way.squaredNorm, 1e-30)))
        least = min(least, (a + way * t).norm)
        // Going away, and far: it does not turn within a month.
        if d.dot(way) > 0, d.norm > 0.25 { break }
      }
      before = d
    }
    return least
  }

  private func closest(
    _ orbit: RangedOrbit, _ start: Epoch<TDB>, _ workspace: Propagator.Workspace
  ) -> (distance: Double, time: Epoch<TDB>) {
    let motion = propagator.propagate(
      orbit.orbit, to: [start.adding(days: ApproachForecaster.days)],
      options: .init(approachLimitAU: 0.05, tolerance: 1e-7), workspace: workspace)
    if case .impact(let end) = motion.verdict, end.body == .earth { return (0, end.time) }
    let passages = motion.approaches.filter { $0.body == .earth }
    guard let nearest = passages.min(by: { $0.distanceAU < $1.distanceAU }) else {
      return (.infinity, start)
    }
    return (nearest.distanceAU, nearest.time)
  }
}
