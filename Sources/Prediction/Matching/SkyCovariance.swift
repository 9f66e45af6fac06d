import Astro
import Foundation

/// The uncertainty of a place on the sky: variances of RA × cos(dec) and of dec, and their
/// covariance [rad²].
public struct SkyCovariance: Sendable, Hashable {
  public var ra: Double
  public var dec: Double
  public var raDec: Double

  public init(ra: Double, dec: Double, raDec: Double) {
    self.ra = ra
    self.dec = dec
    self.raDec = raDec
  }

  public static func + (a: SkyCovariance, b: SkyCovariance) -> SkyCovariance {
    SkyCovariance(ra: a.ra + b.ra, dec: a.dec + b.dec, raDec: a.raDec + b.raDec)
  }

  /// The same in both axes.
  public static func round(sigmaRad: Double) -> SkyCovariance {
    SkyCovariance(ra: sigmaRad * sigmaRad, dec: sigmaRad * sigmaRad, raDec: 0)
  }

  public var determinant: Double { ra * dec - raDec * raDec }

  /// Variance along a direction on the sky, given by its unit components to the east and north.
  public func variance(east: Double, north: Double) -> Double {
    max(0, ra * east * east + 2 * raDec * east * north + dec * north * north)
  }

  /// Squared Mahalanobis distance of an offset [rad], infinite for a covariance that is not
  /// positive definite.
  public func chi2(ra dRa: Double, dec dDec: Double) -> Double {
    let det = determinant
    guard det > 0 else { return .infinity }
    return (dec * dRa * dRa - 2 * raDec * dRa * dDec + ra * dDec * dDec) / det
  }

  /// The 1-sigma ellipse: half axes [rad] and the position angle of the major one, from north
  /// through east, 0…π [rad].
  public var ellipse: (major: Double, minor: Double, positionAngle: Double) {
    let mean = 0.5 * (ra + dec)
    let half = (0.25 * (ra - dec) * (ra - dec) + raDec * raDec).squareRoot()
    let angle = 0.5 * atan2(2 * raDec, dec - ra)
    return (
      max(0, mean + half).squareRoot(), max(0, mean - half).squareRoot(),
      angle < 0 ? angle + .pi : angle
    )
  }
}
