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

  /// The Earth's pull is left out of the arc [au³/d²].
  private static let earth = 8.9e-10
  private static let steps = 16
  /// A sum of squares that the equations can't bring below this is that of no pair.
  private static let hopeless = 400.0

  /// - Parameters:
  ///   - start: the topocentric distance to begin with [au].
  /// - Returns: nil when no pair of positive ranges is found.
  @inline(__always)
  init?(_ a: Tracklet, _ b: Tracklet, start: Double) {
    let (u1, u2) = (a.direction, b.direction)
    let (x1, x2) = (a.observer, b.observer)
    let span = b.time - a.time
    let perSpan = 2 * (a.sigmaDirection * a.sigmaDirection + b.sigmaDirection * b.sigmaDirection)
    let variance1 = a.sigmaRate * a.sigmaRate + perSpan / (span * span)
    let variance2 = b.sigmaRate * b.sigmaRate + perSpan / (span * span)
    var days = span
    var (p1, p2) = (start, start)
    var r = (x1 + p1 * u1).norm
    var arc = LambertArc(distance: r, days: span)
    var bend = (0.0, 0.0)
    var last = (cost: Double.infinity, p1: p1, p2: p2)
    for step in 0..<TrackletPair.steps {
      let slack = TrackletPair.earth * days / (2 * p1 * p1)
      let w1 = 1 / (p1 * p1 * variance1 + slack * slack)
      let w2 = 1 / (p2 * p2 * variance2 + slack * slack)
      let inverse = 1 / arc.g
      // Across the sight at the first time: ρ₁ ω₁ − ρ₂ u₂ / g = (X₂ − f X₁) / g − V₁.
      let h2 = TrackletPair.across(u2, u1) * -inverse
      let k1 = TrackletPair.across((x2 - arc.f * x1) * inverse - a.observerVelocity, u1)
      // At the second: ρ₂ ω₂ + ρ₁ u₁ / g = (ġ X₂ − X₁) / g − V₂.
      let h1 = TrackletPair.across(u1, u2) * inverse
      let k2 = TrackletPair.across((arc.gDot * x2 - x1) * inverse - b.observerVelocity, u2)
      let residual1 = a.rate * p1 + h2 * p2 - k1
      let residual2 = h1 * p1 + b.rate * p2 - k2
      chiSquare = w1 * residual1.squaredNorm + w2 * residual2.squaredNorm
      let prior = OrbitPrior(arc, x1, x2, u1, u2, p1, p2)
      // How the residuals change. Where the measured motion would stand the predicted one does:
      // the measured one's error, squared, would pull all ranges to zero. The arc changes too.
      let turn1 = TrackletPair.across(x1, u1) * inverse
      let turn2 = TrackletPair.across(x2, u2) * -inverse
      let j11 = a.rate - residual1 * (1 / p1) + turn1 * bend.0
      let j12 = h2 + turn1 * bend.1
      let j21 = h1 + turn2 * bend.0
      let j22 = b.rate - residual2 * (1 / p2) + turn2 * bend.1
      let n11 = w1 * j11.squaredNorm + w2 * j21.squaredNorm + (prior.byFirst * prior.byFirst).sum()
      let n12 = w1 * j11.dot(j12) + w2 * j21.dot(j22) + (prior.byFirst * prior.bySecond).sum()
      let n22 =
        w1 * j12.squaredNorm + w2 * j22.squaredNorm + (prior.bySecond * prior.bySecond).sum()
      let b1 =
        -w1 * j11.dot(residual1) - w2 * j21.dot(residual2) - (prior.byFirst * prior.miss).sum()
      let b2 =
        -w1 * j12.dot(residual1) - w2 * j22.dot(residual2) - (prior.bySecond * prior.miss).sum()
      let determinant = n11 * n22 - n12 * n12
      guard determinant > 0 else { return nil }
      let scale = 1 / determinant
      let change1 = (n22 * b1 - n12 * b2) * scale
      let change2 = (n11 * b2 - n12 * b1) * scale
      // What the step promises to take off the sum of squares.
      let promise = change1 * b1 + change2 * b2
      if promise < 0.01 || step + 1 == TrackletPair.steps {
        guard promise < 1 else { return nil }
        ranges = (p1, p2)
        first = (n22 * scale).squareRoot()
        cross = -n12 * scale / first
        second = (1 / n22).squareRoot()
        return
      }
      let cost = chiSquare + (prior.miss * prior.miss).sum()
      if step > 1, cost - promise > TrackletPair.hopeless { return nil }
      if cost > last.cost + 0.01 {
        // The step was too long.
        (p1, p2) = ((p1 * last.p1).squareRoot(), (p2 * last.p2).squareRoot())
      } else {
        last = (cost, p1, p2)
        // Not more than half way to zero at once.
        let longest = max(abs(change1) / p1, abs(change2) / p2)
        let part = longest > 0.5 ? 0.5 / longest : 1
        p1 += part * change1
        p2 += part * change2
      }
      guard p1 > 0.001, p2 > 0.001, p1 < 2000, p2 < 2000 else { return nil }
      days = span - (p2 - p1) / Constants.lightSpeedAUPerDay
      let (place1, place2) = (x1 + p1 * u1, x2 + p2 * u2)
      r = place1.squaredNorm.squareRoot()
      guard r > 0.02, let moved = LambertArc(place1, place2, days: days) else { return nil }
      arc = moved
      // 1 − f goes with the third power of the distance, the mean of both ends'.
      let fall = 1.5 * (1 - arc.f) / (r * r)
      bend = (fall * place1.dot(u1), fall * place2.dot(u2))
    }
    return nil
  }

  @inline(__always)
  private static func across(_ v: Vector3, _ u: Vector3) -> Vector3 { v - u * u.dot(v) }

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

/// What is known of a velocity beforehand: it is mostly across the radius, and about that of a circle.
/// It holds the ranges where the measurements leave them open, and matters nowhere else. Two
/// equations, in standard deviations, and their change with both ranges.
private struct OrbitPrior {
  let miss: SIMD2<Double>
  let byFirst: SIMD2<Double>
  let bySecond: SIMD2<Double>

  /// Standard deviations of radial over circular speed, and of the square of speed over circular.
  private static let radial = 0.35
  private static let square = 0.5

  @inline(__always)
  init(
    _ arc: LambertArc, _ x1: Vector3, _ x2: Vector3, _ u1: Vector3, _ u2: Vector3, _ p1: Double,
    _ p2: Double
  ) {
    let inverse = 1 / arc.g
    let v1 = u1 * (-arc.f * inverse)
    let v2 = u2 * inverse
    let velocity = (x2 - arc.f * x1) * inverse + v1 * p1 + v2 * p2
    let place = x1 + p1 * u1
    let r = place.squaredNorm.squareRoot()
    let perSpeed2 = r / GravitationalParameter.sun
    let unit = place * (1 / r)
    let outward = unit.dot(u1) / r
    let scale = perSpeed2.squareRoot() / OrbitPrior.radial
    let axis = unit * scale
    let double = velocity * (2 * perSpeed2 / OrbitPrior.square)
    let rising = velocity.dot(axis)
    let ratio = velocity.squaredNorm * perSpeed2 / OrbitPrior.square
    miss = SIMD2(rising, ratio - 1 / OrbitPrior.square)
    // The first range also changes the radius: its direction, and the speed of the circle there.
    let turn = (u1.dot(velocity) * scale) / r - outward * rising
    byFirst = SIMD2(
      v1.dot(axis) + turn + 0.5 * outward * rising, v1.dot(double) + ratio * outward)
    bySecond = SIMD2(v2.dot(axis), v2.dot(double))
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
