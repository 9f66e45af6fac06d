import Foundation

import Astro

/// Motion about one attracting centre, in universal variables: one formula for ellipses,
/// parabolas, hyperbolas and straight lines.
///
/// Laguerre-Conway iteration (Conway 1986, Celest. Mech. 39, 199) kept inside a bracket, so that
/// it ends for every input. Relative accuracy about 1e-15 times the condition of the problem,
/// which grows with the number of revolutions. 0.2…0.4 µs a call.
public enum TwoBody {
  /// The state `days` later (or earlier, for a negative span).
  ///
  /// - Parameters:
  ///   - state: relative to the attracting centre [au, au/d], any inertial axes.
  ///   - days: time span [d].
  ///   - gm: gravitational parameter of the centre [au³/d²], positive.
  /// - Returns: the state in the same axes. Not-a-number components when the input has them,
  ///   or when the body stands in the centre.
  public static func propagate(
    _ state: StateVector, days: Double, gm: Double = GravitationalParameter.sun
  ) -> StateVector {
    let solution = UniversalSolution(state, days: days, gm: gm)
    if solution.cancels,
      let passage = HyperbolicPassage(state, days: days, gm: gm, beta: solution.beta)
    {
      return passage.end
    }
    return solution.state(from: state)
  }
}

/// The universal anomaly for a span of time, and all that follows from it.
struct UniversalSolution {
  let gm: Double
  let r0: Double
  let sigma0: Double
  let beta: Double
  /// The whole span and the part of it that is left when whole revolutions are taken off [d].
  let days: Double
  private(set) var span: Double
  /// Universal anomaly of `span`, and of the whole revolutions taken off [d/au].
  private(set) var s = 0.0
  private(set) var wholeTurns = 0.0
  private(set) var u = UniversalFunctions(beta: 0, s: 0)

  /// - Parameter beta: GM / a where it is known better than the state gives it.
  init(_ state: StateVector, days: Double, gm: Double, beta known: Double? = nil) {
    self.gm = gm
    self.days = days
    r0 = state.position.norm
    sigma0 = state.position.dot(state.velocity)
    beta = known ?? (2 * gm / r0 - state.velocity.squaredNorm)
    span = days
    guard days != 0, days.isFinite, beta.isFinite, gm > 0 else {
      if days != 0 { span = .nan }
      return
    }
    if beta > 0 {
      let root = beta.squareRoot()
      let period = 2 * .pi * gm / (beta * root)
      if abs(days) > 0.5 * period {
        let turns = (days / period).rounded()
        // An unbounded count of turns (a period of nothing) has no meaning.
        guard turns.isFinite else {
          span = .nan
          return
        }
        span = days - turns * period
        wholeTurns = turns * (2 * .pi / root)
      }
    }
    solve()
  }

  /// Time since the start as a function of s, and its first two derivatives r and σ = r·v.
  @inline(__always)
  private func time(_ u: UniversalFunctions) -> (t: Double, r: Double, sigma: Double) {
    (
      r0 * u.u1 + sigma0 * u.u2 + gm * u.u3, r0 * u.u0 + sigma0 * u.u1 + gm * u.u2,
      sigma0 * u.u0 + (gm - beta * r0) * u.u1
    )
  }

  /// Finds s with time(s) = span. The time grows with s everywhere (its derivative is r > 0):
  /// a bracket always closes.
  private mutating func solve() {
    guard span != 0 else { return }
    var low = span > 0 ? 0 : -Double.infinity
    var high = span > 0 ? Double.infinity : 0
    if beta > 0 {
      // Half a revolution of mean anomaly is never more than one of eccentric anomaly.
      let turn = 2 * .pi / beta.squareRoot()
      if span > 0 { high = turn } else { low = -turn }
    }
    s = min(max(guess(), low), high)
    if !s.isFinite { s = span / r0 }
    for _ in 0..<200 {
      u = UniversalFunctions(beta: beta, s: s)
      let (t, r, sigma) = time(u)
      let f = t - span
      if f == 0 { return }
      // Overflow in a far hyperbola means: too far out.
      let beyond = f.isFinite ? f > 0 : span > 0
      if beyond { high = s } else { low = s }
      var next = s
      if f.isFinite, r > 0 {
        let root = abs(16 * r * r - 20 * f * sigma).squareRoot()
        next = s - 5 * f / (r + root)
        if abs(next - s) <= 4e-16 * abs(s) {
          s = next
          u = UniversalFunctions(beta: beta, s: s)
          return
        }
      }
      if !(next > low && next < high) || next == s { next = middle(low, high) }
      if next == s || next == low || next == high {
        return
      }
      s = next
    }
  }

  private func middle(_ low: Double, _ high: Double) -> Double {
    if high == .infinity { return low > 0 ? 2 * low : span / r0 }
    if low == -.infinity { return high < 0 ? 2 * high : span / r0 }
    return 0.5 * (low + high)
  }

  /// A hyperbola falling in so far that sums from its start lose more than a digit.
  var cancels: Bool { beta < 0 && sigma0 * days < 0 && -beta * s * s > 9 }

  static func inverseSinh(_ x: Double) -> Double { asinh(x) }

  /// A first s: the series in time for short spans, else the mean anomaly (ellipse) or the
  /// asymptote (hyperbola).
  private func guess() -> Double {
    let x = span / r0
    let skew = sigma0 * x / r0
    let bend = (gm / r0 - beta) * x * x
    if abs(skew) < 0.3, abs(bend) < 0.3, abs(beta) * x * x < 1 {
      return x * (1 - 0.5 * skew + (0.5 * skew * skew - (gm / r0 - beta) * x * x / 6))
    }
    if beta > 0 {
      let root = beta.squareRoot()
      let ecc = (cos: 1 - r0 * beta / gm, sin: sigma0 * root / gm)
      let e = (ecc.cos * ecc.cos + ecc.sin * ecc.sin).squareRoot()
      let e0 = atan2(ecc.sin, ecc.cos)
      let mean = e0 - ecc.sin + span * beta * root / gm
      let reduced = mean - (mean / (2 * .pi)).rounded() * (2 * .pi)
      return (mean + (reduced < 0 ? -0.85 : 0.85) * min(e, 1) - e0) / root
    }
    if beta < 0 {
      let root = (-beta).squareRoot()
      let direction = span > 0 ? 1.0 : -1.0
      let argument =
        2 * beta * beta * abs(span)
        / (root * (direction * sigma0 * root + gm - r0 * beta))
      if argument > 3 { return direction * log(argument) / root }
    }
    // Near the parabola: the cubic's leading term where it rules.
    let cubic = cbrt(6 * abs(span) / gm)
    return span > 0 ? min(x, cubic) : max(x, -cubic)
  }

  /// Lagrange's f and g applied to the state that the solution was made from.
  func state(from start: StateVector) -> StateVector {
    let c = coefficients
    return StateVector(
      position: start.position * c.f + start.velocity * c.g,
      velocity: start.position * c.fDot + start.velocity * c.gDot)
  }

  var coefficients: (f: Double, g: Double, fDot: Double, gDot: Double, r: Double) {
    guard !span.isNaN else { return (.nan, .nan, .nan, .nan, .nan) }
    let r = r0 * u.u0 + sigma0 * u.u1 + gm * u.u2
    return (
      1 - gm * u.u2 / r0, r0 * u.u1 + sigma0 * u.u2, -gm * u.u1 / (r * r0), 1 - gm * u.u2 / r, r
    )
  }
}
