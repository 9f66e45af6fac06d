import Astro
import Dynamics

/// A velocity with the part across the radius weighed against what is known beforehand.
///
/// Half an hour says next to nothing about the motion of a faint object beyond Neptune: the error
/// of the rate, times the range, exceeds the speed of escape, and taken at its word it would unbind
/// half of them and scatter the rest over the sky at the reference epoch. What is known beforehand
/// is that the speed across the radius is about that of a circular orbit. The weighted mean of the
/// two is what counts; where the rate is well measured it is the measured one.
struct TransverseVelocity {
  /// [au/d]
  let velocity: Vector3
  /// One standard deviation across the radius in each coordinate [au/d].
  let sigma: Double

  /// Below this part of the prior's variance the measurement stands as it is.
  private static let wellMeasured = 0.02
  /// How far beyond the speed of escape a measurement may lie [standard deviations].
  private static let largestExcess = 4.0

  /// - Parameters:
  ///   - measured: heliocentric [au/d], its radial part being `speed`.
  ///   - position: heliocentric [au], of length `r`.
  ///   - sigma: error of the measurement across the radius in each coordinate [au/d].
  /// - Returns: nil when the measured speed exceeds that of escape by more than its error excuses.
  @inline(__always)
  init?(measured: Vector3, position: Vector3, r: Double, speed: Double, sigma: Double) {
    // Per coordinate: both together make the speed of a circular orbit.
    let prior = 0.5 * GravitationalParameter.sun / r
    let error = sigma * sigma
    if error < TransverseVelocity.wellMeasured * prior {
      velocity = measured
      self.sigma = sigma
      return
    }
    let radial = position * (speed / r)
    let across = measured - radial
    let fastest = 2 * prior.squareRoot() + TransverseVelocity.largestExcess * sigma
    guard across.squaredNorm < fastest * fastest else { return nil }
    let weight = prior / (prior + error)
    velocity = radial + weight * across
    self.sigma = sigma * weight.squareRoot()
  }
}
