import Astro
import Astrometry
import Catalog
import Dynamics
import Foundation
import Nightly
import Prediction
import TestSupport
import Testing

/// Predictions from one catalog's tables while the catalog grows.
struct CatalogPredictorTests {
  private static let epoch = Epoch<TDB>(mjd: 61005.2)
  private static let wholeSky = SkyField(raDeg: 40, decDeg: 15, radiusDeg: 180)

  /// Asteroids on circles of 2.5 au.
  private static func orbits(_ range: Range<Int>) -> [CatalogOrbit] {
    range.map { index in
      let angle = 0.37 * Double(index)
      let (c, s) = (cos(angle), sin(angle))
      return CatalogOrbit(
        designation: "object \(index)",
        orbit: Orbit(
          epoch: Epoch<TDB>(mjd: 61000),
          state: StateVector(
            position: Vector3(2.5 * c, 2.5 * s, 0.1),
            velocity: Vector3(-0.0108 * s, 0.0108 * c, 0.0005)), origin: .sun),
        absoluteMagnitude: 15, slope: 0.15)
    }
  }

  private static func add(_ range: Range<Int>, to catalog: Catalog) throws {
    var batches = [orbits(range)]
    _ = try catalog.importOrbits(file: "/orbits-\(range.lowerBound).csv") {
      batches.popLast().map { ImportBatch($0, source: "test") }
    }
  }

  private static func count(_ predictor: CatalogPredictor) async throws -> Int {
    try await predictor.predict(wholeSky, at: epoch, observatory: .rubin, jobs: 2).objects.count
  }

  @Test("Orbits imported after the first query are seen once the catalog is asked again")
  func growing() async throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "survey.db").path
    let writer = try Catalog(path: path, access: .readWrite)
    try Self.add(0..<40, to: writer)
    let reader = try Catalog(path: path, access: .readOnly)
    let solarSystem = try SolarSystem.load()
    let eager = try CatalogPredictor(reader, solarSystem: solarSystem, refreshInterval: .zero)
    let patient = try CatalogPredictor(
      reader, solarSystem: solarSystem, refreshInterval: .seconds(86400))
    #expect(try await Self.count(eager) == 40)
    #expect(try await Self.count(patient) == 40)
    try Self.add(40..<42, to: writer)
    for _ in 0..<2 {
      let seen = try await Self.count(eager)
      #expect(seen == 42)
    }
    // Within the interval the tables in hand are used.
    #expect(try await Self.count(patient) == 40)
    // So many that the whole table is made again.
    try Self.add(42..<80, to: writer)
    #expect(try await Self.count(eager) == 80)
  }
}
