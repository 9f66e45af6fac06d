import Astro
import Dynamics
import Foundation

/// Satellites of the Earth, nearly all of them artificial: how many there are in high orbits, by what
/// is catalogued of them, in round numbers.
enum SatelliteModel {
  /// Bodies per unit of ln a up to a little beyond the geostationary orbit, and how fast they become
  /// fewer beyond it: some tens at the Moon's distance.
  private static let count = 5000.0
  private static let falling = 2.5
  /// [au]: 45,000 km.
  private static let near = 3e-4
  /// Half of the Earth's sphere of gravity [au]: orbits are not stable beyond it.
  private static let farthest = 0.005
  /// H of tanks, satellites and debris: mean and spread.
  private static let h = (mean: 30.0, spread: 2.5)

  /// Bodies per au³ (au/d)³ and magnitude, uniform in direction and in the square of the eccentricity.
  ///
  /// - Parameter state: geocentric and bound.
  static func density(_ state: StateVector, h: Double, gm: Double) -> Double {
    let inverse = 2 / state.position.norm - state.velocity.squaredNorm / gm
    guard inverse > 0 else { return 0 }
    let a = 1 / inverse
    let momentum = state.position.cross(state.velocity).squaredNorm
    let eccentricity = max(0, 1 - momentum * inverse / gm).squareRoot()
    // The Sun takes away what goes farther.
    guard a * (1 + eccentricity) < farthest else { return 0 }
    let number = a < near ? count : count * pow(a / near, -falling)
    let space = pow(2 * .pi, 3) * 0.5 * gm * gm.squareRoot() * a * a.squareRoot()
    let z = (h - self.h.mean) / self.h.spread
    return number / space * exp(-0.5 * z * z) / (self.h.spread * (2 * .pi).squareRoot())
  }
}
