import Astro
import Astrometry
import Dynamics
import Foundation
import Prediction

/// Known objects that a visit shows, of those that it should show.
struct VisitMatch: Sendable {
  /// Of a visit that known objects were left out of no more than it shows.
  var expected = 0
  var residuals: [VisitBias.Residual] = []
  /// By residual: its object, and what of its spread is the orbit's, the same in all exposures.
  var sources: [(orbit: Int, spread: VisitBias.Spread)] = []

  var found: Int { residuals.count }

  /// [rad]
  static let radius = 5 * Angle.arcsecond
  /// Error of places that all exposures have: star catalog, centre of light [arcsec].
  private static let floorArcsec = 0.03

  init() {}

  /// - Parameter seconds: by how much the visit is taken to be later than it says.
  init(_ visit: VisitSky, _ places: KnownPlaces, laterBy seconds: Double = 0) {
    let epoch = visit.epoch.adding(days: seconds / Constants.secondsPerDay)
    let objects = places.expected(
      in: visit.field, at: epoch, observatory: visit.observatory, limitV: visit.limitV)
    for object in objects {
      guard let index = visit.nearest(to: object.place.direction, within: Self.radius) else {
        continue
      }
      residuals.append(
        Self.residual(object, visit.directions[index], sigma: visit.sigmas[index]))
      sources.append((object.orbit, Self.spread(object)))
    }
    expected = visit.lacksKnown ? residuals.count : objects.count
  }

  /// What an orbit's uncertainty makes of a place [arcsec²].
  private static func spread(_ object: PredictedObject) -> VisitBias.Spread {
    let unit = 1 / (Angle.arcsecond * Angle.arcsecond)
    guard let covariance = object.covariance else { return .init(east: 0, north: 0) }
    return VisitBias.Spread(
      east: covariance.ra * unit, north: covariance.dec * unit, eastNorth: covariance.raDec * unit)
  }

  /// One residual an object, of all exposures of a night that show it. What is wrong with an orbit
  /// moves all its places alike: four exposures say of it what one says.
  static func pooled(_ matches: [VisitMatch]) -> [VisitBias.Residual] {
    var sums: [Int: (residual: VisitBias.Residual, orbit: VisitBias.Spread, count: Double)] = [:]
    for match in matches {
      for (residual, source) in zip(match.residuals, match.sources) {
        guard var sum = sums[source.orbit] else {
          sums[source.orbit] = (residual, source.spread, 1)
          continue
        }
        sum.residual.east += residual.east
        sum.residual.north += residual.north
        sum.residual.rateEast += residual.rateEast
        sum.residual.rateNorth += residual.rateNorth
        sum.residual.spread = sum.residual.spread + residual.spread
        sum.orbit = sum.orbit + source.spread
        sum.count += 1
        sums[source.orbit] = sum
      }
    }
    return sums.sorted { $0.key < $1.key }.map { _, sum in
      let share = 1 / sum.count
      // The detections' own errors are each another's.
      let seen = sum.residual.spread + -1 * sum.orbit
      return VisitBias.Residual(
        east: share * sum.residual.east, north: share * sum.residual.north,
        rateEast: share * sum.residual.rateEast, rateNorth: share * sum.residual.rateNorth,
        spread: share * sum.orbit + share * share * seen)
    }
  }

  static func residual(
    _ object: PredictedObject, _ seen: Vector3, sigma: Double
  ) -> VisitBias.Residual {
    let (east, north) = object.place.tangents
    let scale = 1 / (seen.dot(object.place.direction) * Angle.arcsecond)
    let rates = object.place.rates
    let perSecond = 1 / (Angle.arcsecond * Constants.secondsPerDay)
    let variance = sigma * sigma + floorArcsec * floorArcsec
    return VisitBias.Residual(
      east: seen.dot(east) * scale, north: seen.dot(north) * scale,
      rateEast: rates.raCosDec * perSecond, rateNorth: rates.dec * perSecond,
      spread: spread(object) + VisitBias.Spread(east: variance, north: variance))
  }
}
