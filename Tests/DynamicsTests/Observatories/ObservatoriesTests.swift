import Astro
import Dynamics
import Foundation
import TestSupport
import Testing

@Suite struct ObservatoriesTests {
  let solarSystem: SolarSystem
  let epoch = Epoch<TDB>(mjd: 60000.3)

  init() throws { solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides) }

  func code(_ text: String) throws -> ObservatoryCode { try #require(ObservatoryCode(text)) }

  /// Rubin stands at 70.7494° W, 30.2446° S, 2,663 m (Rubin Observatory, SITCOMTN-001): its parallax
  /// constants must lead there. Six digits of them are 6 m.
  @Test func rubinStandsOnCerroPachon() throws {
    let site = try solarSystem.observatories.site(.rubin).terrestrialKm
    let tai = epoch.tai
    let expected = solarSystem.earthOrientation.geocentricKm(
      longitudeRad: -70.7494 * Angle.degree, latitudeRad: -30.2446 * Angle.degree,
      heightMeters: 2663, at: tai)
    let ours = solarSystem.earthOrientation.geocentricState(terrestrialKm: site, at: tai)
    #expect((ours.position * Constants.auKm - expected).norm < 0.03)
  }

  @Test func everyFixedObservatoryIsOnTheGround() throws {
    let all = solarSystem.observatories.all
    #expect(all.count > 2600)
    let placed = all.compactMap(\.site)
    #expect(placed.count > 2600 && placed.count < all.count)
    for site in placed {
      let radius = site.terrestrialKm.norm
      // The centre (500, 244), or the surface: 6,357 km at the poles to 6,378 + 6 km of mountains.
      #expect(radius == 0 || (6340...6390).contains(radius))
    }
  }

  /// The observer's velocity against a difference of places 20 s apart: errors 1e-3 km/d of 4e4.
  @Test func velocityIsTheDerivativeOfThePlace() throws {
    let half = 10 / 86_400.0
    let before = try solarSystem.observer(.rubin, at: epoch.adding(days: -half))
    let after = try solarSystem.observer(.rubin, at: epoch.adding(days: half))
    let state = try solarSystem.observer(.rubin, at: epoch)
    let difference = (after.position - before.position) * (1 / (2 * half)) - state.velocity
    #expect(difference.norm * Constants.auKm < 5)  // km/d, of 2.6e6
    let earth = try solarSystem.ephemeris.state(of: .earth, at: epoch)
    let spin = (state.velocity - earth.velocity).norm * Constants.auKm / 86_400
    #expect(abs(spin - 0.4651 * 0.864981) < 0.001)  // km/s at Rubin's distance from the axis
  }

  @Test func geocentreIsTheEarth() throws {
    let centre = try solarSystem.observer(code("500"), at: epoch)
    let earth = try solarSystem.ephemeris.state(of: .earth, at: epoch)
    #expect((centre.position - earth.position).norm == 0)
  }

  @Test func unknownCodesNameTheNearOnes() throws {
    let unknown = try code("x05")
    let error = #expect(throws: DynamicsError.self) {
      try solarSystem.observer(unknown, at: epoch)
    }
    guard case .unknownObservatory(unknown, let near) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(near.first?.hasPrefix("X05 (") == true)
    #expect(near.count <= 6)
  }

  /// Hubble, TESS, JWST, the roving observers and the Unistellar network have no place of their own.
  @Test(arguments: ["250", "249", "C57", "274", "247", "270"])
  func spaceAndRovingObserversMustBringTheirPlace(text: String) throws {
    let code = try code(text)
    let error = #expect(throws: DynamicsError.self) { try solarSystem.observer(code, at: epoch) }
    guard case .observatoryWithoutPlace(code, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    let place = Vector3(1234, -4321, 5678)
    let earth = try solarSystem.ephemeris.state(of: .earth, at: epoch)
    let observer = try solarSystem.observer(code, at: epoch, geocentricKm: place)
    #expect(((observer.position - earth.position) * Constants.auKm - place).norm < 1e-4)
  }

  @Test(arguments: [
    "X05\t289.25\t0.86\tName\n", "X05\t289.25\t0.86\t-0.5x\tName\n", "X05\tnan\t0.86\t-0.5\tName\n",
    "X05\t289.25\t8.6\t-0.5\tName\n", "X05\t289.25\t\t-0.5\tName\n", "X5\t1\t0.5\t0.5\tName\n", "",
  ])
  func badTables(text: String) {
    #expect(throws: DynamicsError.self) { try Observatories(parsing: text, file: "codes.tsv") }
  }
}
