import Astro
import Astrometry
import Dynamics
import Foundation
import TestSupport
import Testing

/// Authority: JPL Horizons, barycentric vectors and observer tables from X05 (astrometric RA and
/// Dec, rates, delta, r, phase angle, elongation) of 14 objects.
@Suite(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
struct HorizonsPlaceTests {
  @Test func placesRatesAndAngles() throws {
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let file = try #require(TestPaths.sharedData)
      .appending(path: "truth/horizons_states_ephem_X05.csv")
    var lines = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline)
    let header = lines.removeFirst().split(separator: ",").map(String.init)
    var separations: [Double] = []
    for line in lines {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      let row = Dictionary(uniqueKeysWithValues: zip(header, fields))
      guard row["radec_consistent"] == "1" else { continue }
      func number(_ name: String) throws -> Double { try #require(Double(row[name] ?? "")) }
      // Samples are on half hours; the file's date has 8 digits.
      let halfHours = ((try number("jd_tdb") - Constants.jdOfMjdZero) * 48).rounded()
      let epoch = Epoch<TDB>(mjdDay: 0, fraction: halfHours / 48)
      let place = PredictedPlace(
        object: StateVector(
          position: Vector3(
            try number("x_ssb_icrf"), try number("y_ssb_icrf"), try number("z_ssb_icrf")),
          velocity: Vector3(try number("vx_ssb"), try number("vy_ssb"), try number("vz_ssb"))),
        sun: try solarSystem.ephemeris.state(of: .sun, at: epoch),
        observer: try solarSystem.observer(.rubin, at: epoch))
      let theirs = Vector3(
        raRad: try number("ra_deg") * Angle.degree, decRad: try number("dec_deg") * Angle.degree)
      separations.append(place.direction.angle(to: theirs) / Angle.arcsecond * 1000)
      // Distances have 12 digits there. For the two objects beyond 20 au vectors and observer
      // tables of the truth differ by up to 7 km along the line of sight, 2e-9 of the distance.
      let distance = try number("delta_au")
      #expect(abs(place.topocentricAU - distance) < 2e-9 * max(1, distance))
      #expect(abs(place.lightTimeDays * 1440 - (try number("lighttime_min"))) < 2e-8 * distance)
      // Theirs is reckoned from the Sun as it was when the light left it that the object scatters:
      // the Sun moves by 1.1e-5 au/d, light needs 0.0058 d for an au.
      #expect(
        abs(place.heliocentricAU - (try number("r_au"))) < 7e-8 * place.heliocentricAU)
      // Horizons' rates are those of the apparent place: aberration changes them by 1e-4 of
      // themselves, and by up to 0.2″/h (the Earth's orbital acceleration over c); they are
      // printed to 7 digits. Horizons has phase and elongation of apparent places: 20″ = 0.006°.
      let arcsecPerHour = 1 / (24 * Angle.arcsecond)
      let size = place.offsetRate.norm / place.topocentricAU * arcsecPerHour
      #expect(
        abs(place.rates.raCosDec * arcsecPerHour - (try number("ra_rate_arcsec_h_cosdec")))
          < 0.3 + 3e-4 * size)
      #expect(
        abs(place.rates.dec * arcsecPerHour - (try number("dec_rate_arcsec_h")))
          < 0.3 + 3e-4 * size)
      #expect(abs(place.phaseAngleRad / Angle.degree - (try number("alpha_deg"))) < 0.012)
      #expect(abs(place.elongationRad / Angle.degree - (try number("elong_deg"))) < 0.012)
    }
    separations.sort()
    #expect(separations.count > 600)
    // Places are printed to 3.6 µas; the 60-line reference of the truth file has median 4 µas.
    #expect(separations[separations.count / 2] < 0.02)
    #expect(separations[separations.count * 9 / 10] < 0.05)
    #expect(separations.last ?? 1e9 < 1)
  }
}
