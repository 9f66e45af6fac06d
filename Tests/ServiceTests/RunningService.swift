import Astro
import Astrometry
import Catalog
import Dynamics
import Foundation
import Logging
import Nightly
import Service
import TestSupport

/// A service over a catalog of real orbits, with one object that has observations, on a free port.
struct RunningService: Sendable {
  let client: HTTPClient
  let catalogPath: String
  let solarSystem: SolarSystem

  /// Runs `body` beside a service and ends both.
  static func run(
    _ change: (inout ServiceOptions) -> Void = { _ in },
    _ body: @escaping @Sendable (RunningService) async throws -> Void
  ) async throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "c.db").path
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    try fill(path, solarSystem)
    var options = ServiceOptions()
    options.port = 0
    options.logsAccess = false
    options.refreshSeconds = 0.2
    options.jobs = 2
    change(&options)
    let catalog = try Catalog(path: path, access: .readOnly)
    let service = try EclipticService(
      catalog, solarSystem: solarSystem, options: options,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let (ports, found) = AsyncStream.makeStream(of: Int.self)
    let server = Task { try await service.run { found.yield($0) } }
    var port = 0
    for await first in ports {
      port = first
      break
    }
    do {
      try await body(
        RunningService(
          client: HTTPClient(port: port), catalogPath: path, solarSystem: solarSystem))
    } catch {
      server.cancel()
      _ = await server.result
      throw error
    }
    server.cancel()
    _ = await server.result
  }

  /// 600 orbits of the fixture, detections of the first of them and a night's run.
  private static func fill(_ path: String, _ solarSystem: SolarSystem) throws {
    let catalog = try Catalog(path: path, access: .readWrite)
    let folder = URL(filePath: path).deletingLastPathComponent()
    let part = folder.appending(path: "orbits.csv")
    let all = try String(
      contentsOf: TestPaths.fixtures.appending(path: "orbits/sbdb.csv"), encoding: .utf8)
    try all.split(separator: "\n", omittingEmptySubsequences: false).prefix(601)
      .joined(separator: "\n").write(to: part, atomically: true, encoding: .utf8)
    let orbits = OrbitImport(solarSystem: solarSystem)
    for source in try orbits.sources([part.path]) { _ = try orbits.run(source, into: catalog) }
    try observe(catalog, solarSystem)
    try catalog.close()
  }

  /// Detections of the first object at its own places, 3 nights, as if a run had linked them.
  private static func observe(_ catalog: Catalog, _ solarSystem: SolarSystem) throws {
    guard let orbit = try catalog.orbits().first, let id = orbit.ssObjectId else { return }
    let epochs = (0..<6).map { Epoch<TDB>(mjd: night + 1.2 + Double($0 / 2) + 0.02 * Double($0)) }
    let sky = try SkyEphemeris(solarSystem, observatory: .rubin, epochs: epochs)
    var rows: [IngestRow] = []
    var sources: [SSSourceRecord] = []
    for (index, position) in sky.positions(of: orbit).positions.enumerated() {
      guard let position else { continue }
      let (ra, dec) = position.place.raDec
      let number = Int64(1_000 + index)
      rows.append(
        IngestRow(
          detection: Detection(
            diaSourceId: number, midpoint: epochs[index].tai, raDeg: ra / Angle.degree,
            decDeg: dec / Angle.degree, raErrDeg: 3e-5, decErrDeg: 3e-5, mag: 20.5, magErr: 0.1,
            band: "r", observatory: .rubin, visit: 77 + Int64(index)),
          night: Int(night) + index / 2, location: .line(index + 2)))
      var geometry = SSSourceRecord.Geometry()
      geometry.ephRa = ra / Angle.degree
      geometry.ephDec = dec / Angle.degree
      geometry.ephOffsetRa = 0.125
      sources.append(
        SSSourceRecord(
          diaSourceId: number, eclLambda: 1, eclBeta: 2, galLon: 3, galLat: 4, geometry: geometry))
    }
    var batches = [IngestBatch(rows: rows, bad: [])]
    _ = try catalog.ingest(file: "d.csv") { batches.popLast() }
    let update = ObjectUpdate(
      arc: ObservedArc(
        ssObjectId: id, designation: orbit.designation, count: sources.count,
        firstMjdTai: epochs[0].tai.mjd, lastMjdTai: epochs[5].tai.mjd,
        bandCounts: ["r": sources.count]),
      sources: sources, solution: nil)
    try catalog.apply(
      [update],
      stage: StageRecord(
        stage: Catalog.lastStage, night: Int(night) + 2, inputDigest: "a",
        startedAt: Date(timeIntervalSince1970: 1_700_000_000), seconds: 1.5,
        figures: "{\"detections\": 6}"), runId: try catalog.beginRun().runId)
  }

  /// MJD of the evening of the first night with detections: 2026-11-22.
  static let night = 61_366.0

  var catalog: Catalog {
    get throws { try Catalog(path: catalogPath, access: .readOnly) }
  }

  /// The object that has observations.
  func observed() throws -> CatalogOrbit {
    try catalog.orbits()[0]
  }
}

extension String {
  var percentEncoded: String {
    addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? self
  }
}
