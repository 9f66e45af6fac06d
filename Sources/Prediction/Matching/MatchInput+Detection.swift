import Astro
package import Astrometry
import Foundation

extension MatchInput {
  /// Where a source doesn't say how good its place is [arcsec].
  private static let usualSigmaArcsec = 0.3
  private static let trailPart = AstrometricErrorModel().trailPart

  /// A detection as the matcher takes it; magnitudes as V by the usual colour of asteroids.
  package init(_ detection: Detection) {
    let usual = Self.usualSigmaArcsec * Angle.arcsecond
    let ra = Detection.usableError(detection.raErrDeg).map { $0 * Angle.degree } ?? usual
    let dec = Detection.usableError(detection.decErrDeg).map { $0 * Angle.degree } ?? usual
    var raDec = (detection.raDecCovDeg2 ?? 0) * Angle.degree * Angle.degree
    // A covariance beyond ±1 in correlation is no covariance.
    if abs(raDec) >= ra * dec { raDec = 0 }
    self.init(
      direction: Vector3(
        raRad: detection.raDeg * Angle.degree, decRad: detection.decDeg * Angle.degree),
      covariance: SkyCovariance(ra: ra * ra, dec: dec * dec, raDec: raDec)
        + Self.alongTrail(detection),
      magnitudeV: detection.mag.flatMap { mag in
        BandColor.toV(detection.band).map { mag + $0 }
      }, magnitudeSigma: detection.magErr ?? 0.1)
  }

  /// What the place of a trail's middle may be off along it; in all directions where its angle is
  /// not known. The share of the length is that of orbit fits.
  private static func alongTrail(_ detection: Detection) -> SkyCovariance {
    guard let length = detection.trailLengthArcsec, length > 0, length.isFinite else {
      return SkyCovariance(ra: 0, dec: 0, raDec: 0)
    }
    let along = length * trailPart * Angle.arcsecond
    guard let angle = detection.trailAngleDeg, angle.isFinite else {
      return .round(sigmaRad: along)
    }
    let (east, north) = (along * sin(angle * Angle.degree), along * cos(angle * Angle.degree))
    return SkyCovariance(ra: east * east, dec: north * north, raDec: east * north)
  }
}
