import Astro
import Astrometry
import Catalog
import Dynamics
import Foundation
import Nightly
import TestSupport
import Testing

/// `SSSource` rows against JPL Horizons, observer X05: ranges, angles, rates and magnitude of 14
/// objects (the file has the state and what Horizons says of it, 90 epochs each).
@Suite struct SourceGeometryTests {
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func agreesWithHorizons() throws {
    let data = try #require(TestPaths.sharedData)
    let file = data.appending(path: "truth/horizons_states_ephem_X05.csv")
    let lines = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline)
    let names = lines[0].split(separator: ",").map(String.init)
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    var compared = 0
    for line in lines.dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      let row = Dictionary(uniqueKeysWithValues: zip(names, fields))
      guard row["radec_consistent"] == "1" else { continue }
      try compare(row, solarSystem)
      compared += 1
    }
    #expect(compared > 500)
  }

  private func compare(_ row: [String: String], _ solarSystem: SolarSystem) throws {
    func value(_ name: String) throws -> Double { try #require(Double(row[name] ?? "")) }
    func vector(_ x: String, _ y: String, _ z: String) throws -> Vector3 {
      Vector3(try value(x), try value(y), try value(z))
    }
    let epoch = Epoch<TDB>(mjdDay: try value("jd_tdb") - 2_400_000.5, fraction: 0)
    let object = StateVector(
      position: try vector("x_ssb_icrf", "y_ssb_icrf", "z_ssb_icrf"),
      velocity: try vector("vx_ssb", "vy_ssb", "vz_ssb"))
    let observation = AstrometricObservation(
      epoch: epoch, raRad: try value("ra_deg") * Angle.degree,
      decRad: try value("dec_deg") * Angle.degree, sigmaRaRad: 1e-7, sigmaDecRad: 1e-7,
      correlation: 0, observer: try solarSystem.observer(.rubin, at: epoch),
      sun: try solarSystem.ephemeris.state(of: .sun, at: epoch))
    let record = SourceGeometry.record(
      diaSourceId: 1, observation: observation, object: object, residual: (0, 0),
      brightness: .hg(h: try value("H"), g: try value("G")))
    let g = try #require(record.geometry)
    // Horizons' distances are those of the light's way, as ours; 1e-7 au is 15 km. To the Sun it
    // goes back by the light time from Sun to object as well, in which the Sun moves 8e-6 au/d.
    #expect(abs(g.topoRange - (try value("delta_au"))) < 1e-7)
    let sunMotion = 8e-6 * g.helioRange / Constants.lightSpeedAUPerDay
    #expect(abs(g.helioRange - (try value("r_au"))) < 1e-7 + sunMotion)
    // Its angles are apparent ones, with the aberration of 20″.
    #expect(abs(g.phaseAngle - (try value("alpha_deg"))) < 0.02)
    #expect(abs(g.elongation - (try value("elong_deg"))) < 0.02)
    // Written to 0.001 mag, with an angle rounded to 0.01°.
    #expect(abs(try #require(g.ephVmag) - (try value("V"))) < 0.005)
    // Printed rates are those of the apparent place; a percent of the rate and 0.1″/h.
    let rate = try value("ra_rate_arcsec_h_cosdec") * 24 / 3600
    #expect(abs(g.ephRateRa - rate) < 0.01 * g.ephRate + 0.001)
    // The vectors are what the ranges say, and the velocity is the object's.
    let helio = Vector3(g.helio[0], g.helio[1], g.helio[2])
    #expect(abs(helio.norm - g.helioRange) < 1e-12)
    let speed = (object.velocity - observation.sun.velocity).norm * Constants.auKm / 86400
    let kmPerSecond = Vector3(g.helio[3], g.helio[4], g.helio[5]).norm
    #expect(abs(kmPerSecond / speed - 1) < 1e-4)
  }

  /// The galactic centre and pole, ICRS (Hipparcos): Sgr A* is 0.05° from the origin of
  /// longitude; the pole is at 192.85948°, 27.12825°. The ecliptic's pole is at 270°, 66.5607°.
  @Test func ofPlacesOnTheSky() {
    let rest = StateVector(position: .zero, velocity: .zero)
    func record(_ ra: Double, _ dec: Double) -> SSSourceRecord {
      SourceGeometry.record(
        diaSourceId: 1,
        observation: AstrometricObservation(
          epoch: Epoch<TDB>(mjd: 60000), raRad: ra * Angle.degree, decRad: dec * Angle.degree,
          sigmaRaRad: 1, sigmaDecRad: 1, correlation: 0, observer: rest, sun: rest), object: nil,
        residual: (0, 0), brightness: nil)
    }
    let center = record(266.41683, -29.00781)
    #expect(abs(Angle.wrapSigned(center.galLon * Angle.degree)) < 0.1 * Angle.degree)
    #expect(abs(center.galLat) < 0.1)
    #expect(record(192.85948, 27.12825).galLat > 89.9999)
    #expect(record(270, 66.560_708_9).eclBeta > 89.99999)
    #expect(abs(record(0, 0).eclLambda) < 1e-12)
  }
}
