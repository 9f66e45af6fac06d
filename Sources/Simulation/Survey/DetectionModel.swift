import Astro
import Foundation

/// What the camera and the pipeline make of a source: pure functions, magnitudes AB, flux nJy.
enum DetectionModel {
  /// Sources brighter than this saturate in a 30 s exposure and give no difference source.
  static let saturationMag = 16.0
  /// Floor of the astrometric error.
  static let astrometricFloorArcsec = 0.010
  /// Width of the fall of the detection efficiency at the limit (Vereš & Chesley 2017,
  /// arXiv:1705.06209, eq. 5).
  static let fadingWidthMag = 0.1

  /// Probability that the pipeline finds a source of this magnitude.
  static func efficiency(mag: Double, depth: Double) -> Double {
    1 / (1 + exp((mag - depth) / fadingWidthMag))
  }

  /// What trailing costs a moving source [mag]: in measured flux through a point-source profile,
  /// and in detectability (Jones et al. 2018, Icarus 303, 181, section 3.2).
  static func trailingLoss(
    rateDegPerDay: Double, exposureSeconds: Double, seeingArcsec: Double
  ) -> (flux: Double, detection: Double) {
    let x = rateDegPerDay * exposureSeconds / (24 * seeingArcsec)
    return (
      1.25 * log10(1 + 0.67 * x * x / (1 + 1.16 * x)), 1.25 * log10(1 + 0.42 * x * x)
    )
  }

  /// One standard deviation of the flux [nJy] of a point source (Ivezić et al. 2019,
  /// ApJ 873, 111, eq. 5, γ = 0.039): one fifth of its flux at the limiting depth.
  static func fluxError(fluxNJy: Double, depth: Double) -> Double {
    let limit = flux(mag: depth)
    return (0.001 * limit * fluxNJy + 0.039 * limit * limit).squareRoot()
  }

  /// One standard deviation of each coordinate [arcsec].
  static func astrometricErrorArcsec(seeingArcsec: Double, snr: Double) -> Double {
    let random = seeingArcsec / snr
    return (random * random + astrometricFloorArcsec * astrometricFloorArcsec).squareRoot()
  }

  static func flux(mag: Double) -> Double { pow(10, 0.4 * (31.4 - mag)) }
  static func mag(fluxNJy: Double) -> Double { 31.4 - 2.5 * log10(fluxNJy) }
}
