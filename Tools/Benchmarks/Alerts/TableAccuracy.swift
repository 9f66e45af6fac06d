import Astro
import Astrometry
import Dynamics
import Foundation
import Prediction

/// Places of a night's table against full propagation of the same orbits.
struct TableAccuracy {
  let start: Epoch<TDB>
  let solarSystem: SolarSystem

  /// Of some orbits that a table was made from, seen from Rubin at five moments of the night.
  ///
  /// - Parameter isWanted: by the distance from the observer [au].
  /// - Returns: angles between the two places, ascending [mas].
  func differences(
    _ table: NightTable, _ orbits: [CatalogOrbit], indices: [Int], jobs: Int,
    isWanted: (Double) -> Bool
  ) async throws -> [Double] {
    let sky = SkyField(centre: Vector3(1, 0, 0), radiusRad: .pi)
    let predictor = try Predictor(
      orbits: indices.map { orbits[$0] }, solarSystem: solarSystem)
    let places = Dictionary(uniqueKeysWithValues: indices.enumerated().map { ($1, $0) })
    var found: [Double] = []
    for day in [0.02, 0.25, 0.5, 0.75, 0.98] {
      let epoch = start.adding(days: day)
      let exact = try await predictor.predict(
        sky, at: epoch, observatory: .rubin, jobs: jobs
      ).objects
      let truth = Dictionary(uniqueKeysWithValues: exact.map { ($0.orbit, $0) })
      try table.forEachObject(at: epoch, observatory: .rubin, solarSystem: solarSystem) { object in
        guard let place = places[object.orbit], let exact = truth[place],
          isWanted(exact.place.topocentricAU)
        else { return }
        found.append(
          object.place.offset.angle(to: exact.place.offset) / Angle.arcsecond * 1e3)
      }
    }
    return found.sorted()
  }

  /// Objects that pass the Earth at a distance in the middle of the night, at 5 to 30 km/s.
  func flybys(_ count: Int, distanceAU: Double) throws -> [CatalogOrbit] {
    let middle = start.adding(days: 0.5)
    let earth = try solarSystem.ephemeris.state(of: .earth, at: middle)
    let sun = try solarSystem.ephemeris.state(of: .sun, at: middle)
    return (0..<count).map { index in
      let part = (Double(index) + 0.5) / Double(count)
      let direction = Vector3(raRad: 2.399_963 * Double(index), decRad: asin(2 * part - 1))
      let aside = Vector3(0, 0, 1).cross(direction).unit
      let turned =
        aside * cos(1.7 * Double(index)) + direction.cross(aside) * sin(1.7 * Double(index))
      let speed = (5 + 25 * part) * Constants.secondsPerDay / Constants.auKm
      var state = earth - sun
      state.position += direction * distanceAU
      state.velocity += turned * speed
      return CatalogOrbit(
        designation: "flyby \(index)", orbit: Orbit(epoch: middle, state: state, origin: .sun))
    }
  }
}
