import Astro
import Astrometry
import Dynamics
import Foundation
import TestSupport
import Testing

@Suite struct AstrometricErrorModelTests {
  let model = AstrometricErrorModel()
  let arcsec = Angle.arcsecond

  func detection(_ code: String, mjdTai: Double = 61000) throws -> Detection {
    Detection(
      diaSourceId: 1, midpoint: Epoch(mjd: mjdTai), raDeg: 10, decDeg: 60,
      observatory: try #require(ObservatoryCode(code)))
  }

  /// 30 mas and Rubin's floor of 10 mas: √(0.03² + 0.01²) = 31.6 mas.
  @Test func ownErrorsGetTheFloorInQuadrature() throws {
    var one = try detection("X05")
    one.raErrDeg = 0.03 / 3600
    one.decErrDeg = 2e-5 / 3600
    one.raDecCovDeg2 = 0
    let errors = try model.errors(of: one)
    #expect(abs(errors.sigmaRaRad / arcsec - 0.0316228) < 1e-6)
    // 20 µas add 2e-8″ to the floor.
    #expect(abs(errors.sigmaDecRad / arcsec - 0.010) < 3e-8)
    #expect(errors.correlation == 0)
    one.observatory = try #require(ObservatoryCode("F51"))
    #expect(abs(try model.errors(of: one).sigmaDecRad / arcsec - 0.030) < 3e-8)
  }

  /// Catalogs of earlier versions hold zeros: nothing is known of such a place but the station.
  @Test func errorsThatCannotBeSayNothing() throws {
    let plain = try model.errors(of: detection("X05"))
    for value in [0, -1, 1e-12] {
      var one = try detection("X05")
      one.raErrDeg = value
      one.decErrDeg = value
      one.raDecCovDeg2 = value
      #expect(try model.errors(of: one) == plain)
      one.decErrDeg = 0.05 / 3600
      let half = try model.errors(of: one)
      #expect(half.sigmaRaRad == half.sigmaDecRad && half.correlation == 0)
    }
  }

  @Test func covarianceKeepsItsSizeUnderTheFloor() throws {
    var one = try detection("X05")
    one.raErrDeg = 0.02 / 3600
    one.decErrDeg = 0.01 / 3600
    one.raDecCovDeg2 = 0.5 * 0.02 * 0.01 / 3600 / 3600
    let errors = try model.errors(of: one)
    let covariance = errors.correlation * errors.sigmaRaRad * errors.sigmaDecRad
    #expect(abs(covariance / (arcsec * arcsec) - 1e-4) < 1e-12)
  }

  /// A trail of 20″ at a position angle of 30°: 1″ along it, sin 30° of it in right ascension. The
  /// covariance is that of the point plus d dᵀ: across the trail nothing is added.
  @Test func trailsAreUncertainAlongThemselves() throws {
    var one = try detection("X05")
    one.raErrDeg = 0.05 / 3600
    one.decErrDeg = 0.05 / 3600
    let point = try model.errors(of: one)
    one.trailLengthArcsec = 20
    one.trailAngleDeg = 30
    let trail = try model.errors(of: one)
    func variance(_ e: AstrometricErrorModel.Errors, angleDeg: Double) -> Double {
      let (s, c) = (sin(angleDeg * Angle.degree), cos(angleDeg * Angle.degree))
      let (x, y) = (s * e.sigmaRaRad, c * e.sigmaDecRad)
      return (x * x + y * y + 2 * e.correlation * x * y) / (arcsec * arcsec)
    }
    #expect(abs(variance(trail, angleDeg: 120) - variance(point, angleDeg: 120)) < 1e-9)
    #expect(abs(variance(trail, angleDeg: 30) - variance(point, angleDeg: 30) - 1) < 1e-9)
    one.trailAngleDeg = nil
    let unknown = try model.errors(of: one)
    #expect(unknown.sigmaRaRad > arcsec && unknown.sigmaDecRad > arcsec)
    one.trailLengthArcsec = 0
    #expect(try model.errors(of: one) == point)
  }

  /// Five standard deviations above the noise, images of 1″: 0.6 to 0.8 of the width over five (King
  /// 1983), which is more than Rubin's 0.05″ for bright ones.
  @Test func faintSourcesWithoutErrorsAreLessCertain() throws {
    var one = try detection("X05")
    let plain = try model.errors(of: one)
    one.magErr = 0.217
    let bySignal = try model.errors(of: one).sigmaRaRad / arcsec
    #expect(bySignal > 0.12 && bySignal < 0.18)
    // Rubin's depth in r is where the ratio is five.
    one.magErr = nil
    one.mag = 24.2
    one.band = "r"
    #expect(abs(try model.errors(of: one).sigmaRaRad / arcsec - bySignal) < 0.002)
    one.mag = 18
    #expect(try model.errors(of: one).sigmaDecRad < 1.01 * plain.sigmaDecRad)
    one.band = "VR"
    #expect(try model.errors(of: one) == plain)
    // Its own error counts alone.
    one.raErrDeg = 0.03 / 3600
    one.decErrDeg = 0.03 / 3600
    let own = try model.errors(of: one)
    one.magErr = 0.3
    #expect(try model.errors(of: one) == own)
    // A magnitude's error of 1 mag is that of a crude photometer, not of a source below the noise.
    var other = try detection("I41")
    other.magErr = 1
    let crude = try model.errors(of: other)
    #expect(crude.sigmaRaRad / arcsec < 1.05 / 3 + 1)
    other.magErr = 0
    #expect(try model.errors(of: other) == model.errors(of: try detection("I41")))
  }

  @Test func impossibleErrorsAreRefused() throws {
    var one = try detection("X05")
    for bad in [Double.nan, .infinity, 2] {
      one.raErrDeg = bad
      #expect(throws: DetectionFault.self) { try model.errors(of: one) }
    }
    one.raErrDeg = 1e-5
    one.decErrDeg = 1e-5
    one.raDecCovDeg2 = 2e-10
    let fault = #expect(throws: DetectionFault.self) { try model.errors(of: one) }
    #expect(fault?.field == "ra_dec_Cov")
  }

  /// Vereš et al. 2017, table 4, by date; today's default 1″.
  @Test(arguments: [
    (5000.0, 3.0), (20000, 2), (40000, 1.5), (60000, 1),
  ])
  func erasOfUnlistedStations(mjd: Double, arcseconds: Double) throws {
    let errors = try model.errors(of: detection("014", mjdTai: mjd))
    #expect(abs(errors.sigmaRaRad / arcsec - arcseconds) < 1e-12)
    #expect(errors.sigmaRaRad == errors.sigmaDecRad)
  }

  /// The table against the scatter over the MPC's archive: never below it, and at most 0.28″ above
  /// (rounding up, stations that share an entry, and a scatter about orbits that is larger).
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func tableIsNotBelowTheMeasuredScatter() throws {
    let folder = try #require(TestPaths.sharedData)
    let text = try String(
      contentsOf: folder.appending(path: "truth/station_astrometric_errors.csv"), encoding: .utf8)
    var compared = 0
    for line in text.split(whereSeparator: \.isNewline).dropFirst() {
      let fields = line.split(separator: ",")
      let code = try #require(ObservatoryCode(fields[0]))
      let table = model.stationErrors(code, at: Epoch(mjd: 60000))
      guard table != StationErrors(1), try #require(Int(fields[1])) > 5000 else { continue }
      let ra = try #require(Double(fields[2]))
      let dec = try #require(Double(fields[3]))
      #expect(table.raArcsec >= ra - 0.005 && table.raArcsec < ra + 0.28, "\(code) ra \(ra)")
      #expect(table.decArcsec >= dec - 0.005 && table.decArcsec < dec + 0.28, "\(code) dec \(dec)")
      compared += 1
    }
    #expect(compared > 50)
  }

  /// √(N/4) beyond four a night: eight observations count as four.
  @Test func crowdedNightsAreDeweighted() async throws {
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    var list: [Detection] = []
    for index in 0..<12 {
      // Eight within the Chilean night of MJD 61000, two the night after, two of another object.
      let mjd = index < 8 ? 61000.1 + Double(index) / 50 : 61001.1 + Double(index) / 1000
      var one = try detection("W84", mjdTai: mjd)
      one.designation = index < 10 ? "2026 AA" : "2026 BB"
      one.raErrDeg = 5e-5
      list.append(one)
    }
    let prepared = try await ObservationPreparer(solarSystem: solarSystem).prepare(list, jobs: 1)
    let single = try model.errors(of: list[0]).sigmaRaRad
    let factors = prepared.observations.map { $0.sigmaRaRad / single }
    for (index, factor) in factors.enumerated() {
      #expect(abs(factor - (index < 8 ? 2.0.squareRoot() : 1)) < 1e-12)
    }
    var plain = AstrometricErrorModel()
    plain.deweightsCrowdedNights = false
    let undone = try await ObservationPreparer(solarSystem: solarSystem, errorModel: plain)
      .prepare(list, jobs: 1)
    #expect(undone.observations.allSatisfy { $0.sigmaRaRad == single })
  }
}
