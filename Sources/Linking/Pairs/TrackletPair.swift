import Astro
import Dynamics

/// Two tracklets of different nights as one orbit: eight numbers for six unknowns.
///
/// With the ranges ρ₁ and ρ₂ at both times unknown, the two places are R + ρ u and the velocities
/// are those of the two-body arc between them. That the motion across the sight is the measured one
/// at both ends gives four equations, which are linear in the ranges but for the slowly varying
/// coefficients of the arc: a few steps of two unknowns solve them. What is left over are two
/// degrees of freedom that say whether the tracklets belong together.
///
/// In the spirit of the boundary-value methods of Heinze et al. and of Väisälä's and Laplace's
/// quasi-linear ones.
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

  /// Variance of the heliocentric velocity in each coordinate beforehand, over that of escape: the
  /// speed is about that of a circle, in whatever direction. It holds the ranges where the
  /// measurements leave them open, and matters nowhere else.
  private static let velocityPrior = 0.35
  /// The Earth's pull is left out of the arc [au³/d²].
  private static let earth = 8.9e-10
  private static let steps = 12
  private static let hopeless = 5000.0

  /// - Parameters:
  ///   - start: the distance from the Sun to begin with [au].
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
    var arc = LambertArc(distance: start, days: span)
    var r = start
    var (p1, p2) = (max(abs(start - 1), 0.1), max(abs(start - 1), 0.1))
    var converged = false
    for step in 0..<TrackletPair.steps {
      let slack = TrackletPair.earth * days / (2 * p1 * p1)
      let w1 = 1 / (p1 * p1 * variance1 + slack * slack)
      let w2 = 1 / (p2 * p2 * variance2 + slack * slack)
      let prior = r / (2 * TrackletPair.velocityPrior * GravitationalParameter.sun)
      let inverse = 1 / arc.g
      // Across the sight at the first time: ρ₁ ω₁ − ρ₂ u₂ / g = (X₂ − f X₁) / g − V₁.
      let h2 = (u2 - u1 * u1.dot(u2)) * -inverse
      let k1 = TrackletPair.across((x2 - arc.f * x1) * inverse - a.observerVelocity, u1)
      // At the second: ρ₂ ω₂ + ρ₁ u₁ / g = (ġ X₂ − X₁) / g − V₂.
      let h1 = (u1 - u2 * u1.dot(u2)) * inverse
      let k2 = TrackletPair.across((arc.gDot * x2 - x1) * inverse - b.observerVelocity, u2)
      // The velocity itself: (X₂ + ρ₂ u₂ − f (X₁ + ρ₁ u₁)) / g.
      let q1 = u1 * (-arc.f * inverse)
      let q2 = u2 * inverse
      let q = (x2 - arc.f * x1) * -inverse
      let n11 = w1 * a.rate.squaredNorm + w2 * h1.squaredNorm + prior * q1.squaredNorm
      let n12 = w1 * a.rate.dot(h2) + w2 * h1.dot(b.rate) + prior * q1.dot(q2)
      let n22 = w1 * h2.squaredNorm + w2 * b.rate.squaredNorm + prior * q2.squaredNorm
      let b1 = w1 * a.rate.dot(k1) + w2 * h1.dot(k2) + prior * q1.dot(q)
      let b2 = w1 * h2.dot(k1) + w2 * b.rate.dot(k2) + prior * q2.dot(q)
      let determinant = n11 * n22 - n12 * n12
      guard determinant > 0 else { return nil }
      let scale = 1 / determinant
      let next1 = (n22 * b1 - n12 * b2) * scale
      let next2 = (n11 * b2 - n12 * b1) * scale
      let d1 = a.rate * p1 + h2 * p2 - k1
      let d2 = h1 * p1 + b.rate * p2 - k2
      chiSquare = w1 * d1.squaredNorm + w2 * d2.squaredNorm
      // The arc hardly changes any more: far off is far off.
      if step > 2, chiSquare > TrackletPair.hopeless { return nil }
      if converged {
        ranges = (p1, p2)
        first = (n22 * scale).squareRoot()
        cross = -n12 * scale / first
        second = (1 / n22).squareRoot()
        return
      }
      // A step below zero: half way there.
      let new1 = next1 > 0.1 * p1 ? next1 : 0.3 * p1
      let new2 = next2 > 0.1 * p2 ? next2 : 0.3 * p2
      guard new1 > 0.001, new2 > 0.001, new1 < 2000, new2 < 2000 else { return nil }
      converged = abs(new1 - p1) < 1e-4 * p1 && abs(new2 - p2) < 1e-4 * p2
      if step + 2 == TrackletPair.steps { converged = abs(new1 - p1) < 0.02 * p1 }
      (p1, p2) = (new1, new2)
      days = span - (p2 - p1) / Constants.lightSpeedAUPerDay
      let (place1, place2) = (x1 + p1 * u1, x2 + p2 * u2)
      r = place1.squaredNorm.squareRoot()
      guard r > 0.02, let moved = LambertArc(place1, place2, days: days) else { return nil }
      arc = moved
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
  /// pass by at some km/s. 1.4 km/s (8e-4 au/d) across the sight is asked within 0.3 au.
  @inline(__always)
  func isPlausible(_ a: Tracklet, _ ends: PairEnds, _ options: LinkingOptions) -> Bool {
    let r = ends.start.position.squaredNorm.squareRoot()
    guard r > 0.8 * options.minimumDistanceAU, r < 1.5 * options.maximumDistanceAU else {
      return false
    }
    let speed2 = ends.start.velocity.squaredNorm
    let escape2 = 2 * GravitationalParameter.sun / r
    let uncertain = min(1, first / ranges.0)
    guard speed2 < escape2 * (1.15 + 2 * uncertain) else { return false }
    return ranges.0 > 0.3 || ranges.0 * ranges.0 * a.rate.squaredNorm > 6.4e-7
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
