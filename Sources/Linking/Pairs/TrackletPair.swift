import Astro
import Dynamics

/// Two tracklets of different nights as one orbit: eight numbers for six unknowns.
///
/// With the ranges ρ₁ and ρ₂ at both times unknown, the two places are R + ρ u and the velocities
/// are those of the two-body arc between them. That the motion across the sight is the measured one
/// at both ends gives four equations, which are linear in the ranges but for the slowly varying
/// coefficients of the arc: a few steps of two unknowns solve them. What is left over are two
/// degrees of freedom that say whether the tracklets belong together.
struct TrackletPair {
  /// Topocentric distances [au].
  private(set) var ranges = (0.0, 0.0)
  /// Cholesky factor of the ranges' covariance: (δρ₁, δρ₂) = x (first, cross) + y (0, second), x
  /// and y of one standard deviation.
  private(set) var first = 0.0
  private(set) var cross = 0.0
  private(set) var second = 0.0
  /// Sum of squares of the four motions' residuals.
  private(set) var chiSquare = 0.0

  private static let steps = 16
  /// A sum of squares that the equations can't bring below this is that of no pair.
  private static let hopeless = 400.0

  /// - Parameters:
  ///   - start: the topocentric distance to begin with [au].
  /// - Returns: nil when no pair of positive ranges is found.
  @inline(__always)
  init?(_ a: Tracklet, _ b: Tracklet, start: Double) {
    let errors = RangeErrors(a, b)
    var point = RangePoint(a, b, start: start)
    var last = (cost: Double.infinity, p1: start, p2: start)
    for step in 0..<TrackletPair.steps {
      let equations = RangeEquations(a, b, point, errors)
      guard let change = equations.change else { return nil }
      if change.promise < 0.01 || step + 1 == TrackletPair.steps {
        guard change.promise < 1 else { return nil }
        take(equations, change, point)
        return
      }
      if step > 1, equations.cost - change.promise > TrackletPair.hopeless { return nil }
      if equations.cost > last.cost + 0.01 {
        // The step was too long.
        point.p1 = (point.p1 * last.p1).squareRoot()
        point.p2 = (point.p2 * last.p2).squareRoot()
      } else {
        last = (equations.cost, point.p1, point.p2)
        // Not more than half way to zero at once.
        let longest = max(abs(change.first) / point.p1, abs(change.second) / point.p2)
        let part = longest > 0.5 ? 0.5 / longest : 1
        point.p1 += part * change.first
        point.p2 += part * change.second
      }
      guard point.follow(a, b) else { return nil }
    }
    return nil
  }

  @inline(__always)
  private mutating func take(
    _ equations: RangeEquations, _ change: RangeEquations.Change, _ point: RangePoint
  ) {
    chiSquare = equations.chiSquare
    ranges = (point.p1, point.p2)
    first = (equations.n22 * change.scale).squareRoot()
    cross = -equations.n12 * change.scale / first
    second = (1 / equations.n22).squareRoot()
  }

  /// The arc's states at both times of emission, for ranges changed by x and y standard deviations.
  @inline(__always)
  func ends(_ a: Tracklet, _ b: Tracklet, x: Double = 0, y: Double = 0) -> PairEnds? {
    let p1 = ranges.0 + x * first
    let p2 = ranges.1 + x * cross + y * second
    guard p1 > 0, p2 > 0 else { return nil }
    let (place1, place2) = (a.observer + p1 * a.direction, b.observer + p2 * b.direction)
    let t1 = a.time - p1 / Constants.lightSpeedAUPerDay
    let t2 = b.time - p2 / Constants.lightSpeedAUPerDay
    guard let arc = LambertArc(place1, place2, days: t2 - t1) else { return nil }
    return PairEnds(
      start: StateVector(position: place1, velocity: arc.startVelocity(place1, place2)),
      end: StateVector(position: place2, velocity: arc.endVelocity(place1, place2)),
      startDays: t1, endDays: t2)
  }

  /// Bound within what the uncertainty excuses, within the distances asked for, and not a companion
  /// of the Earth: at a tenth of an au everything in the main belt looks like one, but real objects
  /// pass by at some km/s. 1.4 km/s (8e-4 au/d) across the sight is asked within 0.3 au, unless the
  /// observer's own turning has measured the distance.
  @inline(__always)
  func isPlausible(
    _ a: Tracklet, _ ends: PairEnds, _ options: LinkingOptions, isMeasured: Bool
  ) -> Bool {
    let r = ends.start.position.squaredNorm.squareRoot()
    guard r > 0.8 * options.minimumDistanceAU, r < 1.5 * options.maximumDistanceAU else {
      return false
    }
    let speed2 = ends.start.velocity.squaredNorm
    let escape2 = 2 * GravitationalParameter.sun / r
    let uncertain = min(1, first / ranges.0)
    guard speed2 < escape2 * (1.15 + 2 * uncertain) else { return false }
    return ranges.0 > 0.3 || ranges.0 * ranges.0 * a.rate.squaredNorm > 6.4e-7
      || (isMeasured && uncertain < 0.2)
  }
}

/// The heliocentric states of an arc's two ends, at the times of emission [d].
struct PairEnds {
  let start: StateVector
  let end: StateVector
  let startDays: Double
  let endDays: Double

  /// The state at a time, from the nearer end.
  @inline(__always)
  func at(days: Double) -> StateVector {
    abs(days - startDays) < abs(days - endDays)
      ? start.movedShortArc(days: days - startDays) : end.movedShortArc(days: days - endDays)
  }
}
