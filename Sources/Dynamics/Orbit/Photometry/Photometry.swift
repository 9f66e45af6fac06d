import Foundation

public import Astro

/// Brightness of asteroids in the H, G system.
public enum Photometry {
  /// The slope that the MPC assumes where none is known.
  public static let defaultSlope = 0.15

  /// Apparent V magnitude (Bowell et al. 1989, Asteroids II, 524, in the two-term form that the
  /// MPC and JPL use; IAU Commission 20, 1985).
  ///
  /// - Parameters:
  ///   - absoluteMagnitude: H [mag].
  ///   - slope: G.
  ///   - heliocentricAU: distance from the Sun [au].
  ///   - topocentricAU: distance from the observer [au].
  ///   - phaseAngleRad: Sun-object-observer angle [rad], 0…π. Measured only up to about 120°;
  ///     beyond, this extrapolates.
  public static func apparentMagnitude(
    absoluteMagnitude: Double, slope: Double, heliocentricAU: Double, topocentricAU: Double,
    phaseAngleRad: Double
  ) -> Double {
    absoluteMagnitude + 5 * log10(heliocentricAU * topocentricAU)
      + phaseDimming(slope: slope, phaseAngleRad: phaseAngleRad)
  }

  /// Magnitudes lost to phase: -2.5 log₁₀((1 - G) Φ₁ + G Φ₂).
  public static func phaseDimming(slope: Double, phaseAngleRad: Double) -> Double {
    let (first, second) = phaseFunctions(phaseAngleRad)
    return -2.5 * log10((1 - slope) * first + slope * second)
  }

  /// Φ₁ and Φ₂ of the H, G system.
  static func phaseFunctions(_ phaseAngleRad: Double) -> (first: Double, second: Double) {
    let t = tan(0.5 * abs(phaseAngleRad))
    return (exp(-3.33 * pow(t, 0.63)), exp(-1.87 * pow(t, 1.22)))
  }

  /// The angle at the object between the Sun and the observer [rad].
  ///
  /// - Parameters:
  ///   - fromSun: the object from the Sun [au].
  ///   - fromObserver: the object from the observer [au].
  public static func phaseAngle(fromSun: Vector3, fromObserver: Vector3) -> Double {
    fromSun.angle(to: fromObserver)
  }
}
