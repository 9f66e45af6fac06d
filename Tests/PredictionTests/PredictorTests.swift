import Astro
import Astrometry
import Dynamics
import Foundation
import Prediction
import TestSupport
import Testing

/// Fields about the places that JPL Horizons gives: truth/horizons_states_ephem_X05.csv, 14
/// objects seen from X05, states and astrometric places of the same moments.
@Suite(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
struct PredictorTests {
  private struct Row {
    var name: String
    var epoch: Epoch<TDB>
    var cells: [String: Double]

    func value(_ name: String) -> Double { cells[name] ?? .nan }

    var orbit: CatalogOrbit {
      let state = StateVector(
        position: Vector3(value("x_sun_icrf"), value("y_sun_icrf"), value("z_sun_icrf")),
        velocity: Vector3(value("vx"), value("vy"), value("vz")))
      var orbit = CatalogOrbit(
        designation: name, orbit: Orbit(epoch: epoch, state: state, origin: .sun))
      orbit.absoluteMagnitude = value("H").isFinite ? value("H") : nil
      orbit.slope = value("G").isFinite ? value("G") : nil
      return orbit
    }
  }

  private func rows() throws -> [Row] {
    let url = (TestPaths.sharedData ?? TestPaths.root)
      .appending(path: "truth/horizons_states_ephem_X05.csv")
    let lines = try String(contentsOf: url, encoding: .utf8).split(whereSeparator: \.isNewline)
    let header = lines[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    return lines.dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      let values = Dictionary(
        uniqueKeysWithValues: zip(header, cells).map { ($0, Double($1) ?? .nan) })
      let jd = values["jd_tdb"] ?? .nan
      return Row(
        name: String(cells[1]),
        epoch: Epoch<TDB>(
          mjdDay: jd.rounded(.down) - 2_400_001, fraction: 0.5 + jd - jd.rounded(.down)),
        cells: values)
    }
  }

  @Test("Objects are found in the fields where Horizons has them, and nothing else is")
  func horizons() async throws {
    let rows = try rows()
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    var first: [String: Row] = [:]
    for row in rows where first[row.name] == nil { first[row.name] = row }
    let orbits = first.values.sorted { $0.name < $1.name }.map(\.orbit)
    #expect(orbits.count == 14)
    let predictor = try Predictor(orbits: orbits, solarSystem: solarSystem)
    var worst = 0.0
    // 1I/'Oumuamua is pushed by its gas as well, which its row of the table doesn't say.
    for row in rows where row.value("radec_consistent") == 1 && !row.name.hasPrefix("1I") {
      // Predicted from the state of the first row: hours to days ago.
      let field = SkyField(
        raDeg: row.value("ra_deg"), decDeg: row.value("dec_deg"), radiusDeg: 0.05)
      let found = try await predictor.predict(
        field, at: row.epoch, observatory: .rubin, jobs: 1
      ).objects
      let object = try #require(
        found.first { orbits[$0.orbit].designation == row.name }, "\(row.name)")
      worst = max(worst, field.centre.angle(to: object.place.offset) / Angle.arcsecond)
      let rates = object.place.rates
      let perHour = 1 / (24 * Angle.arcsecond)
      // Horizons' rates are apparent ones: aberration changes them by 1e-4 of themselves.
      let speed = abs(row.value("ra_rate_arcsec_h_cosdec")) + 1
      #expect(
        abs(rates.raCosDec * perHour - row.value("ra_rate_arcsec_h_cosdec")) < 3e-3 * speed)
      #expect(abs(object.place.topocentricAU - row.value("delta_au")) < 1e-7)
      #expect(abs(object.place.elongationRad / Angle.degree - row.value("elong_deg")) < 0.02)
      // Printed with three decimals.
      if let magnitude = object.magnitudeV, row.value("V").isFinite {
        #expect(abs(magnitude - row.value("V")) < 0.01, "\(row.name)")
      }
      #expect(found.allSatisfy { field.centre.angle(to: $0.place.offset) < 0.051 * Angle.degree })
    }
    #expect(worst < 0.002)
  }

  @Test("A field on the other side of the sky is empty; the whole sky holds all")
  func extremes() async throws {
    let rows = try rows()
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let predictor = try Predictor(orbits: rows.prefix(1).map(\.orbit), solarSystem: solarSystem)
    let here = SkyField(
      raDeg: rows[0].value("ra_deg"), decDeg: rows[0].value("dec_deg"), radiusDeg: 1)
    let opposite = SkyField(centre: -here.centre, radiusRad: here.radiusRad)
    let whole = SkyField(centre: here.centre, radiusRad: .pi)
    func count(_ field: SkyField) async throws -> Int {
      try await predictor.predict(
        field, at: rows[0].epoch, observatory: .rubin, jobs: 2
      ).objects.count
    }
    #expect(try await count(here) == 1)
    #expect(try await count(opposite) == 0)
    #expect(try await count(whole) == 1)
  }

  @Test("An unknown observatory and a time outside of the ephemeris are errors")
  func errors() async throws {
    let rows = try rows()
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let predictor = try Predictor(orbits: rows.prefix(1).map(\.orbit), solarSystem: solarSystem)
    let field = SkyField(raDeg: 0, decDeg: 0, radiusDeg: 1)
    let unknown = try #require(ObservatoryCode("9z9"))
    await #expect(throws: PredictionError.self) {
      try await predictor.predict(field, at: rows[0].epoch, observatory: unknown, jobs: 1)
    }
    await #expect(throws: PredictionError.self) {
      try await predictor.predict(
        field, at: Epoch<TDB>(mjd: 100_000), observatory: .rubin, jobs: 1)
    }
  }

  /// The covariance of the place against places of orbits shifted by the covariance's columns:
  /// its square root, applied to the state, must give the same ellipse.
  @Test("The error ellipse is that of shifted orbits")
  func ellipse() async throws {
    let row = try #require(try rows().first)
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    var diagonal = [Double](repeating: 0, count: 36)
    for index in 0..<6 { diagonal[index * 7] = index < 3 ? 1e-14 : 1e-18 }
    var orbit = row.orbit
    orbit.covariance = OrbitCovariance(covariance: diagonal)
    var orbits = [orbit]
    for index in 0..<6 {
      var shifted = row.orbit
      let step = index < 3 ? 1e-7 : 1e-9
      let unit = (0..<3).map { $0 == index % 3 ? step : 0 }
      let shift = Vector3(unit[0], unit[1], unit[2])
      if index < 3 {
        shifted.orbit.state.position += shift
      } else {
        shifted.orbit.state.velocity += shift
      }
      orbits.append(shifted)
    }
    let predictor = try Predictor(orbits: orbits, solarSystem: solarSystem)
    let objects = try await predictor.predict(
      SkyField(centre: Vector3(1, 0, 0), radiusRad: .pi), at: row.epoch.adding(days: 40),
      observatory: .rubin, jobs: 1
    ).objects
    #expect(objects.count == 7)
    let (east, north) = objects[0].place.tangents
    var expected = SkyCovariance(ra: 0, dec: 0, raDec: 0)
    for moved in objects.dropFirst() {
      let d = moved.place.direction - objects[0].place.direction
      let (ra, dec) = (d.dot(east), d.dot(north))
      expected = expected + SkyCovariance(ra: ra * ra, dec: dec * dec, raDec: ra * dec)
    }
    let covariance = try #require(objects[0].covariance)
    // Second order: 1e-7 au over the distance.
    #expect(abs(covariance.ra / expected.ra - 1) < 1e-5)
    #expect(abs(covariance.dec / expected.dec - 1) < 1e-5)
    #expect(abs(covariance.raDec / expected.raDec - 1) < 1e-4)
    let ellipse = covariance.ellipse
    let along = covariance.variance(
      east: sin(ellipse.positionAngle), north: cos(ellipse.positionAngle))
    #expect(abs(along.squareRoot() / ellipse.major - 1) < 1e-9)
  }
}
