import Astro
import Dynamics

/// Variances of both motions across the sight [rad²/d²], the chord's error among them.
struct RangeErrors {
  let first: Double
  let second: Double

  @inline(__always)
  init(_ a: Tracklet, _ b: Tracklet) {
    let span = b.time - a.time
    let perSpan = 2 * (a.sigmaDirection * a.sigmaDirection + b.sigmaDirection * b.sigmaDirection)
    first = a.sigmaRate * a.sigmaRate + perSpan / (span * span)
    second = b.sigmaRate * b.sigmaRate + perSpan / (span * span)
  }
}

/// A pair of ranges on the way to the solution, and the arc between the places.
struct RangePoint {
  /// Topocentric distances [au].
  var p1: Double
  var p2: Double
  /// From emission to emission [d].
  var days: Double
  var arc: LambertArc
  /// How 1 − f of the arc changes with the ranges.
  var bend = (0.0, 0.0)

  @inline(__always)
  init(_ a: Tracklet, _ b: Tracklet, start: Double) {
    p1 = start
    p2 = start
    days = b.time - a.time
    arc = LambertArc(distance: (a.observer + start * a.direction).norm, days: days)
  }

  /// Brings the arc to the ranges; false where there is none.
  @inline(__always)
  mutating func follow(_ a: Tracklet, _ b: Tracklet) -> Bool {
    guard p1 > 0.001, p2 > 0.001, p1 < 2000, p2 < 2000 else { return false }
    days = b.time - a.time - (p2 - p1) / Constants.lightSpeedAUPerDay
    let (place1, place2) = (a.observer + p1 * a.direction, b.observer + p2 * b.direction)
    let r = place1.squaredNorm.squareRoot()
    guard r > 0.02, let moved = LambertArc(place1, place2, days: days) else { return false }
    arc = moved
    // 1 − f goes with the third power of the distance, the mean of both ends'.
    let fall = 1.5 * (1 - arc.f) / (r * r)
    bend = (fall * place1.dot(a.direction), fall * place2.dot(b.direction))
    return true
  }
}

/// The normal equations of a ``TrackletPair``'s two ranges at one point.
struct RangeEquations {
  /// Sum of squares of the four motions' residuals; with the prior's.
  let chiSquare: Double
  let cost: Double
  let n11: Double
  let n12: Double
  let n22: Double
  private let b1: Double
  private let b2: Double

  /// The Earth's pull is left out of the arc [au³/d²].
  private static let earth = 8.9e-10

  /// A step to the minimum, what it promises to take off the sum of squares, and one over the
  /// determinant.
  struct Change {
    let first: Double
    let second: Double
    let promise: Double
    let scale: Double
  }

  @inline(__always)
  var change: Change? {
    let determinant = n11 * n22 - n12 * n12
    guard determinant > 0 else { return nil }
    let scale = 1 / determinant
    let first = (n22 * b1 - n12 * b2) * scale
    let second = (n11 * b2 - n12 * b1) * scale
    return Change(first: first, second: second, promise: first * b1 + second * b2, scale: scale)
  }

  @inline(__always)
  init(_ a: Tracklet, _ b: Tracklet, _ point: RangePoint, _ errors: RangeErrors) {
    let (u1, u2) = (a.direction, b.direction)
    let (x1, x2) = (a.observer, b.observer)
    let (p1, p2, arc) = (point.p1, point.p2, point.arc)
    let slack = RangeEquations.earth * point.days / (2 * p1 * p1)
    let w1 = 1 / (p1 * p1 * errors.first + slack * slack)
    let w2 = 1 / (p2 * p2 * errors.second + slack * slack)
    let inverse = 1 / arc.g
    // Across the sight at the first time: ρ₁ ω₁ − ρ₂ u₂ / g = (X₂ − f X₁) / g − V₁.
    let h2 = RangeEquations.across(u2, u1) * -inverse
    let k1 = RangeEquations.across((x2 - arc.f * x1) * inverse - a.observerVelocity, u1)
    // At the second: ρ₂ ω₂ + ρ₁ u₁ / g = (ġ X₂ − X₁) / g − V₂.
    let h1 = RangeEquations.across(u1, u2) * inverse
    let k2 = RangeEquations.across((arc.gDot * x2 - x1) * inverse - b.observerVelocity, u2)
    let residual1 = a.rate * p1 + h2 * p2 - k1
    let residual2 = h1 * p1 + b.rate * p2 - k2
    let prior = OrbitPrior(arc, x1, x2, u1, u2, p1, p2)
    // How the residuals change. Where the measured motion would stand the predicted one does:
    // the measured one's error, squared, would pull all ranges to zero. The arc changes too.
    let turn1 = RangeEquations.across(x1, u1) * inverse
    let turn2 = RangeEquations.across(x2, u2) * -inverse
    let j11 = a.rate - residual1 * (1 / p1) + turn1 * point.bend.0
    let j12 = h2 + turn1 * point.bend.1
    let j21 = h1 + turn2 * point.bend.0
    let j22 = b.rate - residual2 * (1 / p2) + turn2 * point.bend.1
    chiSquare = w1 * residual1.squaredNorm + w2 * residual2.squaredNorm
    cost = chiSquare + (prior.miss * prior.miss).sum()
    n11 = w1 * j11.squaredNorm + w2 * j21.squaredNorm + (prior.byFirst * prior.byFirst).sum()
    n12 = w1 * j11.dot(j12) + w2 * j21.dot(j22) + (prior.byFirst * prior.bySecond).sum()
    n22 = w1 * j12.squaredNorm + w2 * j22.squaredNorm + (prior.bySecond * prior.bySecond).sum()
    b1 = -w1 * j11.dot(residual1) - w2 * j21.dot(residual2) - (prior.byFirst * prior.miss).sum()
    b2 = -w1 * j12.dot(residual1) - w2 * j22.dot(residual2) - (prior.bySecond * prior.miss).sum()
  }

  @inline(__always)
  private static func across(_ v: Vector3, _ u: Vector3) -> Vector3 { v - u * u.dot(v) }
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
