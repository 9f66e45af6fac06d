import Astro
import Astrometry
import Catalog
import Dynamics
import Prediction

/// Where well-known objects are during a night, to judge exposures by.
struct KnownPlaces: Sendable {
  private let table: NightTable
  private let solarSystem: SolarSystem

  /// So many orbits are enough to judge any exposure.
  static let mostOrbits = 200_000
  /// Times up to this much wrong can be told [d].
  static let widestClock = 4.25 / 24
  /// Objects so far outside of a field are not asked for [rad]: offsets are looked for up to 1.5°,
  /// and in 4.25 h an object of 8°/d moves by as much.
  private static let margin = 1.6 * Angle.degree
  /// Objects whose place is less well known are not asked [rad].
  private static let leastKnown = 5 * Angle.arcsecond

  /// The fields in which objects are going to be asked for.
  static func sweep(_ visits: [VisitSky]) -> OrbitSweep {
    OrbitSweep(
      visits.filter { !$0.isRoving }.map { visit in
        OrbitSweep.Field(
          centre: visit.field.centre, radiusRad: visit.field.radiusRad + margin,
          epoch: visit.epoch, observer: visit.observer)
      })
  }

  /// - Parameters:
  ///   - orbits: near the night, with covariances.
  ///   - span: of the exposures' times.
  init(
    _ orbits: [CatalogOrbit], span: ClosedRange<Epoch<TDB>>, _ solarSystem: SolarSystem, jobs: Int
  ) async throws {
    let start = span.lowerBound.adding(days: -Self.widestClock - 0.001)
    let days = span.upperBound.days(since: start) + Self.widestClock + 0.001
    table = try await NightTableBuilder(start: start, days: days, solarSystem: solarSystem)
      .build(orbits, jobs: jobs)
    self.solarSystem = solarSystem
  }

  /// Objects that a visit should show, were it taken so much later than it says.
  ///
  /// - Parameter limitV: fainter ones are left out.
  func expected(
    in field: SkyField, at epoch: Epoch<TDB>, observatory: ObservatoryCode, marginRad: Double = 0,
    limitV: Double?
  ) -> [PredictedObject] {
    guard
      let found = try? table.objects(
        in: field, at: epoch, observatory: observatory, solarSystem: solarSystem,
        marginRad: marginRad)
    else { return [] }
    return found.objects.filter { object in
      guard let covariance = object.covariance, covariance.ellipse.major <= Self.leastKnown else {
        return false
      }
      return limitV.map { limit in object.magnitudeV.map { $0 <= limit } ?? true } ?? true
    }
  }
}
