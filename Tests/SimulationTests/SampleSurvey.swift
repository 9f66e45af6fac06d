import Astro
import Dynamics
import Foundation
import Simulation
import TestSupport
import Testing

/// A small survey: main-belt clones over three nights of visits around opposition.
enum SampleSurvey {
  static let middle = Epoch<TDB>(mjd: 60_428.2)

  /// Osculating elements of (1) Ceres from JPL's Small-Body Database (epoch MJD 59800), taken as
  /// if they held at the survey: any main-belt orbit will do.
  static func parent() throws -> CatalogOrbit {
    let elements = try #require(
      KeplerianElements(
        epoch: middle, semiMajorAxisAU: 2.7666190447, eccentricity: 0.07863575692,
        inclinationRad: 0.05, nodeRad: 80.266436112 * Angle.degree,
        argPeriRad: 73.531625226 * Angle.degree, meanAnomalyRad: 60 * Angle.degree))
    return CatalogOrbit(
      designation: "1", orbit: elements.orbit(), absoluteMagnitude: 12, slope: 0.12)
  }

  static func objects(_ count: Int) throws -> [CatalogOrbit] {
    CloneMaker(copies: count, fainterBy: 4...9.5).clones(of: [try parent()], seed: 7)
  }

  /// Fields along the ecliptic around opposition (longitude 218°), each twice a night.
  static let visits: [Visit] = {
    var visits: [Visit] = []
    for night in 0..<3 {
      for pass in 0..<2 {
        for field in 0..<12 {
          let lon = (200 + 3 * Double(field)) * Angle.degree
          let lat = Double(field % 3 - 1) * 2 * Angle.degree
          let sky =
            Frames.eclipticToEquatorial * Vector3(raRad: lon, decRad: lat)
          let (ra, dec) = sky.longitudeLatitude
          visits.append(
            Visit(
              id: Int64(visits.count + 1),
              midpoint: Epoch(
                mjd: 60_427.15 + Double(night) + Double(pass) * 0.02 + Double(field) * 0.0005),
              raDeg: ra / Angle.degree, decDeg: dec / Angle.degree,
              rotationDeg: Double(37 * visits.count % 360), band: field % 2 == 0 ? "r" : "i",
              fiveSigmaDepth: 24.2, seeingArcsec: 0.8, exposureSeconds: 30))
        }
      }
    }
    return visits
  }()

  static func make(
    objects count: Int, options: SurveyOptions, jobs: Int = 4
  ) async throws -> SimulatedSurvey {
    try await SurveySimulator(
      system: try SolarSystem.load(folder: TestPaths.ephemerides), options: options, jobs: jobs
    ).observe(try objects(count), visits: visits)
  }
}
