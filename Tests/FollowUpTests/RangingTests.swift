import Astro
import Astrometry
import Dynamics
import Exchange
import FollowUp
import Foundation
import TestSupport
import Testing

@Suite struct RangingTests {
  /// The first nights of the two impactors as the MPC published them: what was to become 2008 TC3 and
  /// 2018 LA must be near-Earth without doubt, and small (JPL: H 30.3 and 30.6).
  @Test(
    .enabled(if: TestPaths.sharedData != nil, "needs the real data folder"),
    arguments: ["2008TC3", "2018LA"])
  func impactorsAreNearEarthFromTheirFirstFourObservations(_ name: String) throws {
    let data = try #require(TestPaths.sharedData)
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let tracklet = try TrackletFile.first(
      4, of: data.appending(path: "truth/real_obs80/\(name).txt").path, solarSystem)
    var ranger = Ranger(model: try PopulationModel.load(.all, folder: TestPaths.ephemerides))
    let found = ranger.assess(tracklet)
    #expect(found.verdict == .ranged)
    #expect(found.nearEarth > 0.95)
    let h = try #require(found.absoluteMagnitude)
    #expect(h.low < 30.6 && h.high > 30)
    #expect(found.score > 65)
  }
}

/// Observations of a file as tracklets.
enum TrackletFile {
  static func first(
    _ count: Int, of path: String, _ solarSystem: SolarSystem
  ) throws -> Tracklet {
    let batch = try DetectionFile.readAll(
      path,
      options: .init(
        leapSeconds: solarSystem.leapSeconds, earthOrientation: solarSystem.earthOrientation))
    let detections = batch.detections.sorted { $0.midpoint < $1.midpoint }.prefix(count)
    return try tracklet(Array(detections), solarSystem)
  }

  static func tracklet(
    _ detections: [Detection], _ solarSystem: SolarSystem
  ) throws -> Tracklet {
    let errors = AstrometricErrorModel()
    let observations = try detections.map { d in
      let e = try errors.errors(of: d)
      let tdb = d.midpoint.tdb
      return AstrometricObservation(
        epoch: tdb, raRad: d.raDeg * Angle.degree, decRad: d.decDeg * Angle.degree,
        sigmaRaRad: e.sigmaRaRad, sigmaDecRad: e.sigmaDecRad, correlation: 0,
        observer: try solarSystem.observer(
          d.observatory, at: tdb, geocentricKm: d.observerGeocentricKm),
        sun: try solarSystem.ephemeris.state(of: .sun, at: tdb), shared: e.shared)
    }
    return try #require(
      try Tracklet(
        name: "T", observations: observations, magnitudes: detections.compactMap(\.mag),
        solarSystem: solarSystem))
  }
}
