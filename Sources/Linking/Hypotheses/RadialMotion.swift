import Astro
import Dynamics

/// Distance from the Sun and its change, as Kepler's laws have them from (r, ṙ) at the reference
/// epoch and an angular momentum.
struct RadialMotion {
  /// [au] and [au/d] at the reference epoch.
  let distance: Double
  let speed: Double

  /// - Parameters:
  ///   - squaredMomentum: |x × v|² [au⁴/d²].
  ///   - days: since the reference epoch.
  /// - Returns: (r, ṙ); the Taylor series in time to the fifth order where the arc is short
  ///   against the orbit (error below 1e-7 au), else the two-body solution.
  @inline(__always)
  func at(days: Double, squaredMomentum: Double) -> (distance: Double, speed: Double) {
    let gm = GravitationalParameter.sun
    let r = distance
    let inverse = 1 / r
    let inverse3 = inverse * inverse * inverse
    let swing = squaredMomentum * inverse * inverse3
    let angular = days * days * max(gm * inverse3, max(swing, speed * speed * inverse * inverse))
    guard angular < 0.04 else { return exact(days: days, squaredMomentum: squaredMomentum) }
    // r'' = L²/r³ − GM/r², and its derivatives.
    let a2 = squaredMomentum * inverse3 - gm * inverse * inverse
    let slope = -3 * swing + 2 * gm * inverse3
    let bend = (12 * swing - 6 * gm * inverse3) * inverse
    let third = (-60 * swing + 24 * gm * inverse3) * inverse * inverse
    let a3 = slope * speed
    let a4 = slope * a2 + bend * speed * speed
    let a5 = slope * a3 + 3 * bend * speed * a2 + third * speed * speed * speed
    let t = days
    let distance =
      r + t * (speed + t * (a2 / 2 + t * (a3 / 6 + t * (a4 / 24 + t * (a5 / 120)))))
    let rate = speed + t * (a2 + t * (a3 / 2 + t * (a4 / 6 + t * (a5 / 24))))
    return (distance, rate)
  }

  private func exact(days: Double, squaredMomentum: Double) -> (distance: Double, speed: Double) {
    let start = StateVector(
      position: Vector3(distance, 0, 0),
      velocity: Vector3(speed, squaredMomentum.squareRoot() / distance, 0))
    let end = TwoBody.propagate(start, days: days)
    let r = end.position.norm
    return (r, end.position.dot(end.velocity) / r)
  }
}

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
}
