import Astro
import Dynamics

extension StateVector {
  /// The two-body state `days` later about the Sun: f and g series to the sixth order where the
  /// arc is short (error below 1e-7 au), else the exact solution.
  @inline(__always)
  func movedShortArc(days t: Double) -> StateVector {
    let gm = GravitationalParameter.sun
    let r2 = position.squaredNorm
    let v2 = velocity.squaredNorm
    let u = gm / (r2 * r2.squareRoot())
    guard t * t * max(u, v2 / r2) < 0.05 else { return TwoBody.propagate(self, days: t) }
    // Escobal 1965, Methods of Orbit Determination, 3.7.
    let p = position.dot(velocity) / r2
    let q = v2 / r2 - u
    let f2 = -u / 2
    let f3 = u * p / 2
    let f4 = u * (3 * q - 15 * p * p + u) / 24
    let f5 = u * p * (7 * p * p - 3 * q - u) / 8
    let f6 =
      u
      * (630 * p * p * q - 24 * u * q - u * u - 45 * q * q - 945 * p * p * p * p
        + 210 * u * p * p) / 720
    let g3 = -u / 6
    let g4 = u * p / 4
    let g5 = u * (9 * q - 45 * p * p + u) / 120
    let g6 = u * p * (210 * p * p - 90 * q - 15 * u) / 360
    let f = 1 + t * t * (f2 + t * (f3 + t * (f4 + t * (f5 + t * f6))))
    let g = t + t * t * t * (g3 + t * (g4 + t * (g5 + t * g6)))
    let fDot = t * (2 * f2 + t * (3 * f3 + t * (4 * f4 + t * (5 * f5 + t * 6 * f6))))
    let gDot = 1 + t * t * (3 * g3 + t * (4 * g4 + t * (5 * g5 + t * 6 * g6)))
    return StateVector(
      position: f * position + g * velocity, velocity: fDot * position + gDot * velocity)
  }

  static func * (a: StateVector, k: Double) -> StateVector {
    StateVector(position: a.position * k, velocity: a.velocity * k)
  }
}
