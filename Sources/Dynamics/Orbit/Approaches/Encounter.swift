import Foundation

public import Astro

/// A passage of an orbit by the Sun, a planet, Pluto or the Moon, with its uncertainty.
public struct Encounter: Hashable, Sendable {
  /// Nearest point from the body's centre, or the moment of an impact.
  public let approach: CloseApproach
  /// Whether the body strikes; nothing is known of what would come after.
  public let isImpact: Bool
  /// Speed that the body would have far from the other's pull [au/d]; zero for one that is bound.
  public let speedAtInfinity: Double
  /// 1 σ of the time [d] and of the distance [au] to first order; nil without covariance. Not to
  /// be trusted where the distance's is as large as the distance.
  public let sigmaDays: Double?
  public let sigmaDistanceAU: Double?
}

extension Propagator {
  /// The passages of an orbit in an interval, by time.
  ///
  /// - Parameters:
  ///   - interval: within the ephemerides.
  ///   - limitAU: no farther from the body's centre than this [au].
  /// - Returns: the passages, and why the motion ended early if it did.
  /// - Complexity: one integration from the orbit's epoch through the interval, and one with
  ///   transitions to each passage for its uncertainty.
  public func encounters(
    of orbit: CatalogOrbit, in interval: ClosedRange<Epoch<TDB>>, within limitAU: Double,
    workspace: Workspace? = nil
  ) -> (encounters: [Encounter], verdict: Propagation.Verdict) {
    let workspace = workspace ?? makeWorkspace()
    // Steps are looked through where a node lies near a body: not too near.
    let motion = propagate(
      orbit, to: [interval.lowerBound, interval.upperBound],
      options: Options(approachLimitAU: max(limitAU, 0.05)), workspace: workspace)
    var found = motion.approaches.filter { $0.distanceAU <= limitAU && interval.contains($0.time) }
    var impact: CloseApproach?
    if case .impact(let end) = motion.verdict, interval.contains(end.time) {
      impact = end
      found.append(end)
    }
    let spread = uncertainties(of: found, orbit, workspace)
    let encounters = found.enumerated().map { index, approach in
      Encounter(
        approach: approach, isImpact: approach == impact,
        speedAtInfinity: speedAtInfinity(approach), sigmaDays: spread[index]?.days,
        sigmaDistanceAU: spread[index]?.distance)
    }
    return (encounters.sorted { $0.approach.time < $1.approach.time }, motion.verdict)
  }

  private func speedAtInfinity(_ approach: CloseApproach) -> Double {
    let escape = 2 * constants.gm(of: approach.body) / approach.distanceAU
    return max(0, approach.speed * approach.speed - escape).squareRoot()
  }

  /// σ of time and distance of passages; nil where there is no covariance.
  private func uncertainties(
    of approaches: [CloseApproach], _ orbit: CatalogOrbit, _ workspace: Workspace
  ) -> [(days: Double, distance: Double)?] {
    guard let covariance = orbit.covariance, !approaches.isEmpty else {
      return approaches.map { _ in nil }
    }
    let motion = propagate(
      orbit, to: approaches.map(\.time),
      options: Options(origin: .solarSystemBarycenter, transitions: true), workspace: workspace)
    return approaches.enumerated().map { index, approach in
      guard let state = motion.states[index], let transition = motion.transitions[index],
        let there = covariance.propagated(by: transition),
        let body = try? ephemeris.state(of: approach.body, at: approach.time)
      else { return nil }
      let relative = state - body
      let (d, v) = (relative.position, relative.velocity)
      // Nearest where d·v = 0: a change of the state moves that by −(v·δd + d·δv)/(v² + d·a), and
      // the body's pull gives d·a = −GM/d.
      let rate = v.squaredNorm - constants.gm(of: approach.body) / d.norm
      let byTime = [v.x, v.y, v.z, d.x, d.y, d.z].map { -$0 / rate }
      let toward = d.unit
      return (
        there.sigma(along: byTime), there.sigma(along: [toward.x, toward.y, toward.z, 0, 0, 0])
      )
    }
  }
}

extension OrbitCovariance {
  /// 1 σ of a quantity that is linear in the state.
  ///
  /// - Parameter gradient: its derivatives by x, y, z, vx, vy, vz.
  public func sigma(along gradient: [Double]) -> Double {
    // |R⁻ᵀ g|, by substitution from the first row on.
    var w = [Double](repeating: 0, count: 6)
    var sum = 0.0
    for i in 0..<6 {
      var rest = gradient[i]
      for k in 0..<i { rest -= squareRootInformation[6 * k + i] * w[k] }
      w[i] = rest / squareRootInformation[7 * i]
      sum += w[i] * w[i]
    }
    return sum.squareRoot()
  }

  /// The most likely change of the state when a linear quantity lies off by one σ.
  ///
  /// - Parameter gradient: the quantity's derivatives by x, y, z, vx, vy, vz.
  /// - Returns: P g / σ [au, au/d].
  public func shift(along gradient: [Double]) -> StateVector {
    let r = squareRootInformation
    var w = [Double](repeating: 0, count: 6)
    for i in 0..<6 {
      var rest = gradient[i]
      for k in 0..<i { rest -= r[6 * k + i] * w[k] }
      w[i] = rest / r[7 * i]
    }
    let length = w.reduce(0) { $0 + $1 * $1 }.squareRoot()
    var d = [Double](repeating: 0, count: 6)
    for i in stride(from: 5, through: 0, by: -1) {
      var rest = w[i] / length
      for k in stride(from: i + 1, to: 6, by: 1) { rest -= r[6 * i + k] * d[k] }
      d[i] = rest / r[7 * i]
    }
    return StateVector(position: Vector3(d[0], d[1], d[2]), velocity: Vector3(d[3], d[4], d[5]))
  }
}
