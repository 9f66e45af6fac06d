import Astro
import Astrometry
import Dynamics
import Foundation
import OrbitFit
import TestSupport
import Testing

/// Fits under all forces to places that JPL Horizons computed from X05, with noise; the truth are
/// Horizons' own states at the same times. Fourteen objects from Mercury crossers to Neptune
/// crossers.
@Suite(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
struct HorizonsFitTests {
  struct Sample {
    var observation: AstrometricObservation
    var heliocentric: StateVector
  }

  let solarSystem: SolarSystem
  /// Without 1I/'Oumuamua, which has a measured non-gravitational acceleration (0.02″ in this arc)
  /// that no fit of six parameters can follow.
  let objects: [(name: String, samples: [Sample])]

  init() throws {
    let system = try SolarSystem.load(folder: TestPaths.ephemerides)
    let file = try #require(TestPaths.sharedData)
      .appending(path: "truth/horizons_states_ephem_X05.csv")
    var found: [(name: String, samples: [Sample])] = []
    for row in try RealArcs.table(file) where row["radec_consistent"] == "1" {
      func number(_ name: String) throws -> Double { try #require(Double(row[name] ?? "")) }
      func vector(_ x: String, _ y: String, _ z: String) throws -> Vector3 {
        try Vector3(number(x), number(y), number(z))
      }
      let halfHours = ((try number("jd_tdb") - Constants.jdOfMjdZero) * 48).rounded()
      let epoch = Epoch<TDB>(mjdDay: 0, fraction: halfHours / 48)
      let name = row["object"] ?? ""
      if found.last?.name != name { found.append((name, [])) }
      let sigma = 0.05 * Angle.arcsecond
      found[found.count - 1].samples.append(
        Sample(
          observation: AstrometricObservation(
            epoch: epoch, raRad: try number("ra_deg") * Angle.degree,
            decRad: try number("dec_deg") * Angle.degree, sigmaRaRad: sigma, sigmaDecRad: sigma,
            correlation: 0, observer: try system.observer(.rubin, at: epoch),
            sun: try system.ephemeris.state(of: .sun, at: epoch)),
          heliocentric: StateVector(
            position: try vector("x_sun_icrf", "y_sun_icrf", "z_sun_icrf"),
            velocity: try vector("vx", "vy", "vz"))))
    }
    solarSystem = system
    objects = found.filter { !$0.name.contains("Oumuamua") }
  }

  @Test func everyObjectIsFoundWithinItsEllipsoid() throws {
    #expect(objects.count >= 10)
    var noise = Noise(seed: 17)
    for object in objects where object.samples.count >= 20 {
      let observations = object.samples.map { noise.disturbed($0.observation) }
      let fit = fitOrbit(observations: observations, solarSystem: solarSystem)
      let orbit = try #require(fit.orbit, "\(object.name)")
      #expect(fit.converged, "\(object.name)")
      let sample = try #require(
        object.samples.first { abs($0.observation.epoch.days(since: orbit.epoch)) < 1e-9 })
      let square = SyntheticSky.mahalanobis(
        orbit, try #require(fit.covariance),
        truth: Orbit(epoch: orbit.epoch, state: sample.heliocentric, origin: .sun))
      // 27.9 is the 99.99 % point for six degrees of freedom.
      #expect(square < 27.9, "\(object.name): \(square), \(fit.remark ?? "")")
      // Mean residual of the errors put in; 4 % is three standard deviations for 45 places.
      #expect(abs(fit.rmsArcsec - 0.05) < 0.012, "\(object.name)")
    }
  }

  /// Without noise the planets' pull is what remains of a two-body fit.
  @Test func forcesOfThePlanetsMatter() throws {
    for object in objects where object.samples.count >= 20 {
      let observations = object.samples.map(\.observation)
      let fit = fitOrbit(observations: observations, solarSystem: solarSystem)
      // Horizons prints places to 3.6 µas and stamps to a ms; the light time is good to 10 µas.
      #expect(fit.rmsArcsec < 1e-3, "\(object.name): \(fit.rmsArcsec)")
      #expect(!fit.used.contains(false), "\(object.name)")
    }
  }
}
