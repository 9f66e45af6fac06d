import Astro
import Astrometry
import Dynamics
import Prediction
import TestSupport
import Testing

struct EndedOrbitTests {
  /// 50,000 km above the Earth and 10 km/s straight down: less than 1.4 h to the ground.
  @Test("An object that has struck the Earth is reported, before that it has a place")
  func impact() async throws {
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let epoch = Epoch<TDB>(mjd: 61_000)
    let sun = try solarSystem.ephemeris.state(of: .sun, at: epoch)
    var state = try solarSystem.ephemeris.state(of: .earth, at: epoch) - sun
    state.position += Vector3(50_000 / Constants.auKm, 0, 0)
    state.velocity += Vector3(-10 * Constants.secondsPerDay / Constants.auKm, 0, 0)
    let orbit = CatalogOrbit(
      designation: "falling", orbit: Orbit(epoch: epoch, state: state, origin: .sun))
    let predictor = try Predictor(orbits: [orbit], solarSystem: solarSystem)
    let sky = SkyField(centre: Vector3(1, 0, 0), radiusRad: .pi)

    let before = try await predictor.predict(
      sky, at: epoch.adding(days: 0.02), observatory: .rubin, jobs: 1)
    #expect(before.objects.count == 1 && before.ended.isEmpty)

    let after = try await predictor.predict(
      sky, at: epoch.adding(days: 1), observatory: .rubin, jobs: 1)
    #expect(after.objects.isEmpty)
    let ended = try #require(after.ended.first)
    #expect(after.ended.count == 1 && ended.orbit == 0)
    guard case .impact(let impact) = ended.verdict else {
      Issue.record("\(ended.verdict) is no impact")
      return
    }
    #expect(impact.body == .earth)
  }
}
