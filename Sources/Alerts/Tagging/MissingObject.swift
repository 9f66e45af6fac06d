public import Astro
import Astrometry
public import Dynamics
import Foundation
public import Prediction

/// A known object that an exposure should show, and that no detection of it is.
public struct MissingObject: Sendable {
  public var midpoint: Epoch<TAI>
  public var observatory: ObservatoryCode
  /// The faintest magnitude that the exposure shows [V].
  public var limitV: Double
  public var designation: String
  public var object: PredictedObject

  public static let csvHeader =
    "midpointMjdTai,observatory,designation,ra,dec,ephVmag,limitV,sigmaMajor\n"

  /// Degrees, magnitudes, arcsec.
  public var csvLine: String {
    let (ra, dec) = object.place.raDec
    func text(_ value: Double?, _ decimals: Int) -> String {
      value.map { String(format: "%.\(decimals)f", $0) } ?? ""
    }
    let name = designation.contains(",") ? "\"\(designation)\"" : designation
    let fields = [
      text(midpoint.mjd, 8), observatory.description, name, text(ra / Angle.degree, 8),
      text(dec / Angle.degree, 8), text(object.magnitudeV, 2), text(limitV, 2),
      text(object.covariance.map { $0.ellipse.major / Angle.arcsecond }, 4),
    ]
    return fields.joined(separator: ",") + "\n"
  }
}
