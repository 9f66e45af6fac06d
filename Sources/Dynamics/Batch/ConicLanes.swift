import Astro

/// Two-body motion of eight bodies at once, from their heliocentric states: what a step of eight
/// orbits is reckoned from (``OctetStep``).
///
/// Universal variables by their power series, a fixed count of iterations: what comes of one orbit
/// does not depend on the seven beside it.
struct ConicLanes {
  let position: Lanes3
  let velocity: Lanes3
  let gm: Double
  private let r0: Lanes
  private let sigma0: Lanes
  private let beta: Lanes
  /// Terms of the series, and the largest β s² that they bear.
  private let terms: Int
  private let reach: Double

  /// - Parameter short: for spans of a few degrees only.
  init(position: Lanes3, velocity: Lanes3, gm: Double, short: Bool) {
    self.position = position
    self.velocity = velocity
    self.gm = gm
    r0 = position.squaredNorm.squareRoot()
    sigma0 = position.dot(velocity)
    beta = 2 * gm / r0 - velocity.squaredNorm
    // The first term left out is below 1e-18 of the first in both.
    terms = short ? 5 : 9
    reach = short ? 0.05 : 1.5
  }

  /// The states after some days.
  ///
  /// - Parameter failed: lanes are set for which the span is too long.
  @inline(__always)
  func states(
    after days: Double, _ failed: inout LaneMask
  ) -> (position: Lanes3, velocity: Lanes3) {
    let span = Lanes(repeating: days)
    var s = guess(span)
    var z = beta * s * s
    var change = Lanes.zero
    for _ in 0..<(terms > 5 ? 3 : 2) {
      z = beta * s * s
      let u = universal(s, z)
      let r = r0 * u.u0 + sigma0 * u.u1 + gm * u.u2
      let sigma = sigma0 * u.u0 + (gm - beta * r0) * u.u1
      let f = r0 * u.u1 + sigma0 * u.u2 + gm * u.u3 - span
      // Halley's rule: after a last change of 1e-6 the next would be 1e-18.
      change = f * r / (r * r - 0.5 * f * sigma)
      s -= change
    }
    z = beta * s * s
    let good =
      (Lanes3.magnitude(z) .<= reach)
      .& (Lanes3.magnitude(change) .<= 1e-6 * Lanes3.magnitude(s))
    failed = failed .| .!good
    let u = universal(s, z)
    let r = r0 * u.u0 + sigma0 * u.u1 + gm * u.u2
    let f = 1 - (gm / r0) * u.u2
    let g = r0 * u.u1 + sigma0 * u.u2
    let fDot = (-gm) * u.u1 / (r0 * r)
    let gDot = 1 - gm * u.u2 / r
    return (position * f + velocity * g, position * fDot + velocity * gDot)
  }

  @inline(__always)
  private func guess(_ days: Lanes) -> Lanes {
    let x = days / r0
    let skew = x * sigma0 / r0
    let bend = (gm / r0 - beta) * (1.0 / 6) * x * x
    return x * (1 - 0.5 * skew + 0.5 * skew * skew - bend)
  }

  /// Ratios of a term of the series for U₂ and U₃ to the one before it.
  private static let evenRatios: InlineArray<10, Double> = [
    0, 1.0 / 12, 1.0 / 30, 1.0 / 56, 1.0 / 90, 1.0 / 132, 1.0 / 182, 1.0 / 240, 1.0 / 306,
    1.0 / 380,
  ]
  private static let oddRatios: InlineArray<10, Double> = [
    0, 1.0 / 20, 1.0 / 42, 1.0 / 72, 1.0 / 110, 1.0 / 156, 1.0 / 210, 1.0 / 272, 1.0 / 342,
    1.0 / 420,
  ]

  /// U₀…U₃.
  @inline(__always)
  private func universal(
    _ s: Lanes, _ z: Lanes
  ) -> (u0: Lanes, u1: Lanes, u2: Lanes, u3: Lanes) {
    var even = Lanes(repeating: 1)
    var odd = Lanes(repeating: 1)
    var k = terms
    while k > 0 {
      even = 1 - z * ConicLanes.evenRatios[k] * even
      odd = 1 - z * ConicLanes.oddRatios[k] * odd
      k &-= 1
    }
    let c2 = 0.5 * even
    let c3 = odd * (1.0 / 6)
    let s2 = s * s
    return (1 - z * c2, s * (1 - z * c3), s2 * c2, s2 * s * c3)
  }
}
