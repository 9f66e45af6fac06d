import Alerts
import Astro
import Astrometry
import Dynamics
import Foundation
import Prediction

/// A visit's alerts from bytes in memory to tagged bytes in memory, against a night's table: read,
/// predict, match, splice, write.
enum VisitBenchmark {
  static let usage =
    "visit SCHEMAS FOLDER ORBITS ORBIT-COUNT ALERT-COUNT,… JOBS MJD TABLE SAMPLE MEGABYTES"

  /// Radius of an LSST visit's alerts.
  private static let radiusRad = 1.75 * Angle.degree
  /// Of the alerts are of known objects, where the field has as many.
  private static let knownShare = 0.3
  private static let repeats = 5

  static func run(_ arguments: [String]) async throws -> [String: Double]? {
    guard arguments.count == 10, let orbitCount = Int(arguments[3]), let jobs = Int(arguments[5]),
      let night = Double(arguments[6]), let megabytes = Int(arguments[9])
    else { return nil }
    let counts = arguments[4].split(separator: ",").compactMap { Int($0) }
    guard !counts.isEmpty, counts.allSatisfy({ $0 > 0 && $0 < 1 << 20 }) else { return nil }
    let solarSystem = try SolarSystem.load()
    let registry = try SchemaRegistry(folder: URL(filePath: arguments[0]))
    let population = try Population(file: arguments[2])
    var results: [String: Double] = ["jobs": Double(jobs), "orbits": Double(orbitCount)]

    let start = Epoch<TDB>(mjd: night + 0.7)
    let table = try await table(
      population, orbitCount, start, arguments[7], solarSystem, jobs, &results)
    let predictor = TablePredictor(
      tables: NightTables(base: table), population: population, solarSystem: solarSystem)
    var options = AlertTagger.Options()
    options.jobs = jobs
    let tagger = AlertTagger(
      reader: AlertReader(registry: registry), predictor: predictor, options: options)
    let midpoint = start.adding(days: 0.6).tai
    let field = SkyField(
      centre: Frames.eclipticToEquatorial * Vector3(raRad: 2.1, decRad: 0), radiusRad: radiusRad)
    let objects = try await predictor.predict(
      field, at: midpoint.tdb, observatory: .rubin, jobs: jobs
    ).objects.filter { field.centre.angle(to: $0.place.offset) <= radiusRad }
    results["objectsInField"] = Double(objects.count)
    for count in counts {
      let visit = try SyntheticVisit(
        folder: arguments[1], registry: registry, count: count,
        knownCount: Int(knownShare * Double(count)), field: field, midpoint: midpoint,
        objects: objects, budget: megabytes << 20)
      try await measure(visit, tagger, &results)
      if count == counts[0] {
        try visit.sample(200).write(to: URL(filePath: arguments[8]))
        let libavro = try LibavroDecoding(visit.sample(200), registry).packetsPerSecond()
        results["libavroDecodePerSecondPerCore"] = libavro
      }
    }
    var use = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &use)
    results["peakMegabytes"] = Double(use.ru_maxrss) / 1024
    return results
  }

  private static func table(
    _ population: Population, _ count: Int, _ start: Epoch<TDB>, _ path: String,
    _ solarSystem: SolarSystem, _ jobs: Int, _ results: inout [String: Double]
  ) async throws -> NightTable {
    // One of an earlier run serves again.
    if let kept = try? NightTable(path: path), kept.objectCount == count,
      abs(kept.start.days(since: start)) < 1e-6
    {
      return kept
    }
    let clock = Stopwatch()
    let built = try await NightTableBuilder(start: start, solarSystem: solarSystem)
      .build(population.orbits(count: count), jobs: jobs)
    results["tableBuildWallSeconds"] = clock.wall
    results["tableBuildCPUSeconds"] = clock.cpu
    results["tableBytesPerObject"] = Double(built.byteCount) / Double(count)
    try built.write(to: path)
    return try NightTable(path: path)
  }

  private static func measure(
    _ visit: SyntheticVisit, _ tagger: AlertTagger, _ results: inout [String: Double]
  ) async throws {
    let key = "alerts\(visit.count)"
    // Room for the output is there before, as a service that runs all night has it.
    let room = UnsafeMutableRawBufferPointer.allocate(
      byteCount: visit.bytes.count + visit.count * 4_096, alignment: 64)
    defer { room.deallocate() }
    room.initializeMemory(as: UInt8.self, repeating: 0)
    var best = [Double](repeating: .infinity, count: 5)
    var walls: [Double] = []
    for _ in 0..<repeats {
      let clock = Stopwatch()
      let file = try AlertFile(visit.bytes, name: "visit", registry: tagger.reader.registry)
      let opened = clock.wall
      let result = try await tagger.match([file])[0]
      let matched = clock.wall
      let rewrite = try await tagger.rewrite(file, result)
      let spliced = clock.wall
      try await rewrite.copy(to: room, jobs: tagger.options.jobs)
      let (wall, cpu) = (clock.wall, clock.cpu)
      walls.append(wall)
      for (index, part) in [opened, matched - opened, spliced - matched, wall - spliced, cpu]
        .enumerated()
      { best[index] = min(best[index], part) }
      try visit.check(result)
      results[key + "Tagged"] = Double(result.taggedCount)
      results[key + "OutputBytes"] = Double(rewrite.byteCount)
    }
    walls.sort()
    results[key + "WallSeconds"] = walls[0]
    results[key + "WallMedianSeconds"] = walls[walls.count / 2]
    results[key + "WallWorstSeconds"] = walls[walls.count - 1]
    for (index, name) in ["Open", "Match", "Splice", "Copy", "CPU"].enumerated() {
      results["\(key)\(name)Seconds"] = best[index]
    }
    results[key + "MeanBytes"] = Double(visit.bytes.count) / Double(visit.count)
    results[key + "Known"] = Double(visit.known.count)
  }
}

/// A table's objects for the tagger, with their orbits made anew when they are asked for.
private struct TablePredictor: FieldPredictor {
  let tables: NightTables
  let population: Population
  let solarSystem: SolarSystem
  var marginRad = NightTable.defaultMargin

  var orbitCount: Int { tables.base.objectCount }

  func predict(
    _ field: SkyField, at epoch: Epoch<TDB>, observatory: ObservatoryCode, jobs: Int
  ) async throws -> (objects: [PredictedObject], ended: [EndedOrbit]) {
    try tables.objects(
      in: field, at: epoch, observatory: observatory, solarSystem: solarSystem,
      marginRad: marginRad)
  }

  func orbits(of keys: [Int]) -> [Int: CatalogOrbit] {
    Dictionary(uniqueKeysWithValues: keys.map { ($0, population.orbit($0 - 1)) })
  }

  func designations(of keys: [Int]) -> [Int: String] { orbits(of: keys).mapValues(\.designation) }
}
