import Astro
package import Astrometry

extension MatchInput {
  /// Where a source doesn't say how good its place is [arcsec].
  private static let usualSigmaArcsec = 0.3

  /// A detection as the matcher takes it; magnitudes as V by the usual colour of asteroids.
  package init(_ detection: Detection) {
    let usual = Self.usualSigmaArcsec * Angle.arcsecond
    let ra = detection.raErrDeg.map { $0 * Angle.degree } ?? usual
    let dec = detection.decErrDeg.map { $0 * Angle.degree } ?? usual
    var raDec = (detection.raDecCovDeg2 ?? 0) * Angle.degree * Angle.degree
    // A covariance beyond ±1 in correlation is no covariance.
    if abs(raDec) >= ra * dec { raDec = 0 }
    self.init(
      direction: Vector3(
        raRad: detection.raDeg * Angle.degree, decRad: detection.decDeg * Angle.degree),
      covariance: SkyCovariance(ra: ra * ra, dec: dec * dec, raDec: raDec),
      magnitudeV: detection.mag.flatMap { mag in
        BandColor.toV(detection.band).map { mag + $0 }
      }, magnitudeSigma: detection.magErr ?? 0.1)
  }
}
