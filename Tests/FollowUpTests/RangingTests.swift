import Astro
import Astrometry
import Dynamics
import Exchange
import FollowUp
import Foundation
import TestSupport
import Testing

@Suite struct RangingTests {
  /// The first five observations of the two impactors as the MPC published them: near-Earth without
  /// doubt, small (JPL: H 30.3 and 30.6), and on their way. They struck on 2008-10-07 at 02:46 and
  /// on 2018-06-02 at 16:44 UTC.
  @Test(
    .enabled(if: TestPaths.sharedData != nil, "needs the real data folder"),
    arguments: [("2008TC3", 54746.115), ("2018LA", 58271.697)])
  func impactorsAreKnownFromTheirFirstFiveObservations(
    _ name: String, struckMjd: Double
  ) throws {
    let data = try #require(TestPaths.sharedData)
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let tracklet = try TrackletFile.first(
      5, of: data.appending(path: "truth/real_obs80/\(name).txt").path, solarSystem)
    var ranger = Ranger(model: try PopulationModel.load(.all, folder: TestPaths.ephemerides))
    let found = ranger.assess(tracklet)
    #expect(found.verdict == .ranged)
    #expect(found.nearEarth > 0.95)
    let h = try #require(found.absoluteMagnitude)
    // Half a magnitude for the phase that is assumed, another for the magnitudes' own errors.
    #expect(abs(h.median - 30.4) < 1)
    #expect(found.score > 65)
    let forecast = try #require(
      ApproachForecaster(solarSystem).forecast(ranger.weightedOrbits(of: tracklet, above: 1e-6)))
    #expect(forecast.impactProbability > 0.5)
    #expect(forecast.impactError < 0.2)
    #expect(forecast.lunarProbability >= forecast.impactProbability)
    // The moment lies among those of the orbits that strike; 0.01 d for a sphere's surface and 100 km.
    let times = try #require(forecast.impactTimes)
    #expect(times.lowerBound.mjd < struckMjd + 0.01 && times.upperBound.mjd > struckMjd - 0.01)
  }

  /// The same tracklet twice, after another one: the same bits.
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func answersDoNotDependOnWhatCameBefore() throws {
    let data = try #require(TestPaths.sharedData).appending(path: "truth/real_obs80")
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let first = try TrackletFile.first(
      3, of: data.appending(path: "2007VV7.txt").path, solarSystem)
    let other = try TrackletFile.first(
      4, of: data.appending(path: "2018LA.txt").path, solarSystem)
    let model = try PopulationModel.load(.all, folder: TestPaths.ephemerides)
    var ranger = Ranger(model: model)
    let once = ranger.assess(first)
    _ = ranger.assess(other)
    #expect(ranger.assess(first) == once)
    #expect(abs(once.probabilities.reduce(0, +) - 1) < 1e-9)
  }

  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func oneDetectionHasAVerdictAndNoProbabilities() throws {
    let data = try #require(TestPaths.sharedData).appending(path: "truth/real_obs80")
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let tracklet = try TrackletFile.first(
      1, of: data.appending(path: "2007VV7.txt").path, solarSystem)
    var ranger = Ranger(model: try PopulationModel.load(.all, folder: TestPaths.ephemerides))
    let found = ranger.assess(tracklet)
    #expect(found.verdict == .noMotion(observations: 1))
    #expect(found.probabilities.allSatisfy { $0 == 0 })
    #expect(found.likeliest == nil)
  }

  /// Four observations of one place: a star.
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func whatDoesNotMoveIsStationary() throws {
    let data = try #require(TestPaths.sharedData).appending(path: "truth/real_obs80")
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    var tracklet = try TrackletFile.first(
      4, of: data.appending(path: "2008TC3.txt").path, solarSystem)
    let first = tracklet.observations[0]
    for k in tracklet.observations.indices {
      tracklet.observations[k].raRad = first.raRad + (k % 2 == 0 ? 0.05 : 0) * Angle.arcsecond
      tracklet.observations[k].decRad = first.decRad
    }
    var ranger = Ranger(model: try PopulationModel.load(.all, folder: TestPaths.ephemerides))
    let found = ranger.assess(tracklet)
    #expect(found.verdict == .stationary)
    #expect(found.likeliest == nil)
  }

  /// Points on a track that jumps back and forth by minutes of arc are not one body.
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func zigzagFitsNoOrbit() throws {
    let data = try #require(TestPaths.sharedData).appending(path: "truth/real_obs80")
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    var tracklet = try TrackletFile.first(
      6, of: data.appending(path: "2008TC3.txt").path, solarSystem)
    for k in tracklet.observations.indices {
      tracklet.observations[k].decRad += (k % 2 == 0 ? 60 : -60) * Angle.arcsecond
    }
    var ranger = Ranger(model: try PopulationModel.load(.all, folder: TestPaths.ephemerides))
    #expect(ranger.assess(tracklet).verdict == .noOrbit)
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
