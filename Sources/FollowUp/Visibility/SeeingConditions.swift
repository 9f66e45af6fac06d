import Astro
import Foundation

/// What takes depth from an exposure: air, moonlight, motion during the exposure.
enum SeeingConditions {
  /// Extinction in V [mag/airmass].
  private static let extinction = 0.17
  /// Brightness of the dark sky at the zenith [nanolambert], 21.6 mag/arcsec².
  private static let darkSky = 79.0

  /// Kasten & Young 1989, Appl. Opt. 28, 4735.
  ///
  /// - Parameter altitude: [rad], above the horizon.
  static func airmass(_ altitude: Double) -> Double {
    let degrees = altitude / Angle.degree
    return 1 / (sin(altitude) + 0.50572 * pow(degrees + 6.07995, -1.6364))
  }

  /// Depth lost to air and moonlight against the zenith of a dark night [mag] (Krisciunas & Schaefer
  /// 1991, PASP 103, 1033).
  static func loss(altitude: Double, moonAltitude: Double, moonPhase: Double, separation: Double)
    -> Double
  {
    let air = extinction * (airmass(altitude) - 1)
    guard moonAltitude > 0 else { return air }
    func path(_ altitude: Double) -> Double {
      let c = cos(altitude)
      return 1 / (1 - 0.96 * c * c).squareRoot()
    }
    let phase = moonPhase / Angle.degree
    let light = pow(10, -0.4 * (3.84 + 0.026 * phase + 4e-9 * pow(phase, 4)))
    let rho = separation / Angle.degree
    let scatter = pow(10, 5.36) * (1.06 + pow(cos(separation), 2)) + pow(10, 6.15 - rho / 40)
    let moonlight =
      scatter * light * pow(10, -0.4 * extinction * path(moonAltitude))
      * (1 - pow(10, -0.4 * extinction * path(altitude)))
    // Noise of the sky goes with the root of its light.
    return air + 1.25 * log10(1 + moonlight / darkSky)
  }

  /// Depth lost when the light is drawn out (Jones et al. 2018, Icarus 303, 181, for SNR).
  ///
  /// - Parameters:
  ///   - rate: [arcsec/h].
  ///   - seconds: of exposure.
  ///   - seeing: FWHM [arcsec].
  static func trailing(rate: Double, seconds: Double, seeing: Double) -> Double {
    let x = rate / 3600 * seconds / seeing
    return 1.25 * log10(1 + 0.67 * x * x / (1 + 1.16 * x))
  }

  /// How free of stars a field is, 0.3 on the galactic equator to 1 far from it: the part of the sky that
  /// stars do not cover in a survey's images, in round numbers.
  static func clearness(galacticLatitude: Double) -> Double {
    let part = galacticLatitude / (8 * Angle.degree)
    return 1 - 0.7 * exp(-part * part)
  }
}
