import Astro

/// The two-body motion about the Sun that a step is reckoned from (Encke's method): the Sun moves
/// on straight, the body on its conic; what is left to integrate is a thousandth of the whole for
/// a main-belt asteroid, so that a step may be months long.
struct KeplerReference {
  /// Heliocentric at the start of the step.
  let start: StateVector
  let gm: Double
  private let r0: Double
  private let sigma0: Double
  private let beta: Double

  init(start: StateVector, gm: Double) {
    self.start = start
    self.gm = gm
    r0 = start.position.norm
    sigma0 = start.position.dot(start.velocity)
    beta = 2 * gm / r0 - start.velocity.squaredNorm
  }

  /// Perihelion distance [au].
  var perihelion: Double {
    let latusRectum = start.position.cross(start.velocity).squaredNorm / gm
    let square = max(0, 1 - latusRectum * beta / gm)
    return latusRectum / (1 + square.squareRoot())
  }

  /// Heliocentric state after some days.
  func state(after days: Double) -> StateVector {
    UniversalSolution(start, days: days, gm: gm, beta: beta).state(from: start)
  }

  /// Heliocentric states after eight spans of time at once: universal variables as in
  /// ``UniversalSolution``, series only, good for up to two radians of eccentric anomaly. Longer
  /// spans go one by one.
  func states(after days: Lanes) -> (position: Lanes3, velocity: Lanes3) {
    var s = guess(days)
    for _ in 0..<8 {
      let z = beta * s * s
      guard Lanes3.magnitude(z).max() < 4 else { break }
      let u = universal(s, z)
      let r = r0 * u.u0 + sigma0 * u.u1 + gm * u.u2
      let sigma = sigma0 * u.u0 + (gm - beta * r0) * u.u1
      let f = r0 * u.u1 + sigma0 * u.u2 + gm * u.u3 - days
      // Halley's rule, cubic convergence.
      let change = f * r / (r * r - 0.5 * f * sigma)
      s -= change
      // After a change of 1e-6 the next would be 1e-18: only the functions must be made anew.
      if Lanes3.magnitude(change).max() <= 1e-6 * Lanes3.magnitude(s).max() {
        return lagrange(universal(s, beta * s * s))
      }
    }
    return oneByOne(days)
  }

  @inline(__always)
  private func lagrange(
    _ u: (u0: Lanes, u1: Lanes, u2: Lanes, u3: Lanes)
  ) -> (position: Lanes3, velocity: Lanes3) {
    let r = r0 * u.u0 + sigma0 * u.u1 + gm * u.u2
    let f = 1 - (gm / r0) * u.u2
    let g = r0 * u.u1 + sigma0 * u.u2
    let fDot = (-gm / r0) * u.u1 / r
    let gDot = 1 - gm * u.u2 / r
    let p = Lanes3(start.position)
    let v = Lanes3(start.velocity)
    return (p * f + v * g, p * fDot + v * gDot)
  }

  private func oneByOne(_ days: Lanes) -> (position: Lanes3, velocity: Lanes3) {
    var position = Lanes3.zero
    var velocity = Lanes3.zero
    for lane in 0..<8 {
      let state = state(after: days[lane])
      position[lane] = state.position
      velocity[lane] = state.velocity
    }
    return (position, velocity)
  }

  @inline(__always)
  private func guess(_ days: Lanes) -> Lanes {
    let x = days * (1 / r0)
    let skew = x * (sigma0 / r0)
    let bend = (gm / r0 - beta) / 6 * x * x
    return x * (1 - 0.5 * skew + 0.5 * skew * skew - bend)
  }

  /// U₀…U₃ by their series to z¹², |z| < 4.
  @inline(__always)
  private func universal(
    _ s: Lanes, _ z: Lanes
  ) -> (u0: Lanes, u1: Lanes, u2: Lanes, u3: Lanes) {
    var even = 1 - z * (1.0 / (25 * 26))
    even = 1 - z * (1.0 / (23 * 24)) * even
    even = 1 - z * (1.0 / (21 * 22)) * even
    even = 1 - z * (1.0 / (19 * 20)) * even
    even = 1 - z * (1.0 / (17 * 18)) * even
    even = 1 - z * (1.0 / (15 * 16)) * even
    even = 1 - z * (1.0 / (13 * 14)) * even
    even = 1 - z * (1.0 / (11 * 12)) * even
    even = 1 - z * (1.0 / (9 * 10)) * even
    even = 1 - z * (1.0 / (7 * 8)) * even
    even = 1 - z * (1.0 / (5 * 6)) * even
    even = 1 - z * (1.0 / (3 * 4)) * even
    var odd = 1 - z * (1.0 / (26 * 27))
    odd = 1 - z * (1.0 / (24 * 25)) * odd
    odd = 1 - z * (1.0 / (22 * 23)) * odd
    odd = 1 - z * (1.0 / (20 * 21)) * odd
    odd = 1 - z * (1.0 / (18 * 19)) * odd
    odd = 1 - z * (1.0 / (16 * 17)) * odd
    odd = 1 - z * (1.0 / (14 * 15)) * odd
    odd = 1 - z * (1.0 / (12 * 13)) * odd
    odd = 1 - z * (1.0 / (10 * 11)) * odd
    odd = 1 - z * (1.0 / (8 * 9)) * odd
    odd = 1 - z * (1.0 / (6 * 7)) * odd
    odd = 1 - z * (1.0 / (4 * 5)) * odd
    let c2 = 0.5 * even
    let c3 = odd * (1.0 / 6)
    let s2 = s * s
    return (1 - z * c2, s * (1 - z * c3), s2 * c2, s2 * s * c3)
  }
}
