import Astro
import Astrometry
import Dynamics
import Foundation
import Prediction

/// Known objects that a visit shows, of those that it should show.
struct VisitMatch: Sendable {
  var expected = 0
  var residuals: [VisitBias.Residual] = []

  var found: Int { residuals.count }

  /// [rad]
  static let radius = 5 * Angle.arcsecond
  /// Error of places that all exposures have: star catalog, centre of light [arcsec].
  private static let floorArcsec = 0.03

  /// - Parameter seconds: by how much the visit is taken to be later than it says.
  init(_ visit: VisitSky, _ places: KnownPlaces, laterBy seconds: Double = 0) {
    let epoch = visit.epoch.adding(days: seconds / Constants.secondsPerDay)
    let objects = places.expected(
      in: visit.field, at: epoch, observatory: visit.observatory, limitV: visit.limitV)
    expected = objects.count
    for object in objects {
      guard let index = visit.nearest(to: object.place.direction, within: Self.radius) else {
        continue
      }
      residuals.append(
        Self.residual(object, visit.directions[index], sigma: visit.sigmas[index]))
    }
  }

  static func residual(
    _ object: PredictedObject, _ seen: Vector3, sigma: Double
  ) -> VisitBias.Residual {
    let (east, north) = object.place.tangents
    let scale = 1 / (seen.dot(object.place.direction) * Angle.arcsecond)
    let rates = object.place.rates
    let perSecond = 1 / (Angle.arcsecond * Constants.secondsPerDay)
    let own = object.covariance.map { ($0.ra + $0.dec) / 2 } ?? 0
    let variance =
      sigma * sigma + floorArcsec * floorArcsec + own / (Angle.arcsecond * Angle.arcsecond)
    return VisitBias.Residual(
      east: seen.dot(east) * scale, north: seen.dot(north) * scale,
      rateEast: rates.raCosDec * perSecond, rateNorth: rates.dec * perSecond,
      sigma: variance.squareRoot())
  }
}
