import Astro
import Astrometry
import Dynamics
import Exchange
import Foundation
import Prediction

/// A night's table over many orbits: time and bytes to build it, places a second, and the queries
/// of many fields.
///
/// Orbits beyond those of the file are copies of them with other longitudes; each has a covariance.
enum TableBenchmark {
  static let usage = "table ORBITS COUNT FIELDS JOBS [MJD [PLACES]]"

  static func run(_ arguments: [String]) async throws -> [String: Double]? {
    guard arguments.count >= 4, let count = Int(arguments[1]), let fields = Int(arguments[2]),
      let jobs = Int(arguments[3]), count > 0, fields > 0, jobs > 0
    else { return nil }
    let solarSystem = try SolarSystem.load()
    let orbits = try Population(file: arguments[0]).orbits(count: count)
    let night = arguments.count > 4 ? Double(arguments[4]) ?? 0 : 61_000
    let start = Epoch<TDB>(mjd: night + 0.7)
    var results: [String: Double] = ["orbits": Double(orbits.count), "jobs": Double(jobs)]

    var clock = Stopwatch()
    let built = try await NightTableBuilder(start: start, solarSystem: solarSystem)
      .build(orbits, jobs: jobs)
    results["buildWallSeconds"] = clock.wall
    results["buildCPUMicrosecondsPerOrbit"] = clock.cpu * 1e6 / Double(count)
    results["bytesPerObject"] = Double(built.byteCount) / Double(count)
    results["pieces"] = Double(built.pieceCount)

    let path = FileManager.default.temporaryDirectory
      .appending(path: "ecliptic-bench-\(getpid()).table").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    clock = Stopwatch()
    try built.write(to: path)
    results["writeSeconds"] = clock.wall
    clock = Stopwatch()
    let table = try NightTable(path: path)
    results["openMilliseconds"] = clock.wall * 1e3

    clock = Stopwatch()
    var places = 0
    var sum = 0.0
    try table.forEachObject(
      at: start.adding(days: 0.61), observatory: .rubin, solarSystem: solarSystem
    ) { object in
      places += 1
      sum += object.magnitudeV ?? 0
    }
    results["places"] = Double(places)
    results["placesPerSecondPerCore"] = Double(places) / clock.cpu
    results["meanMagnitude"] = sum / Double(max(1, places))
    try query(table, start, fields, solarSystem, &results)
    try await accuracy(table, orbits, jobs, start, solarSystem, &results)
    if arguments.count > 5 {
      try PlacesFile(path: arguments[5]).write(
        table, orbits.count, start: start, observatory: .rubin, solarSystem)
    }
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    results["peakMegabytes"] = Double(usage.ru_maxrss) / 1024
    return results
  }

  /// Against full propagation: 2,000 of the orbits, and 300 objects that pass the Earth at 0.05 au.
  private static func accuracy(
    _ table: NightTable, _ orbits: [CatalogOrbit], _ jobs: Int, _ start: Epoch<TDB>,
    _ solarSystem: SolarSystem, _ results: inout [String: Double]
  ) async throws {
    let check = TableAccuracy(start: start, solarSystem: solarSystem)
    let step = max(1, orbits.count / 2_000)
    func add(_ name: String, _ differences: [Double]) {
      results[name + "Places"] = Double(differences.count)
      results[name + "MedianMas"] = differences.isEmpty ? 0 : differences[differences.count / 2]
      results[name + "WorstMas"] = differences.last ?? 0
    }
    add(
      "belt",
      try await check.differences(
        table, orbits, indices: Array(stride(from: 0, to: orbits.count, by: step)), jobs: jobs,
        isWanted: { $0 > 0.5 }))
    let flybys = try check.flybys(300, distanceAU: 0.05)
    let near = try await NightTableBuilder(start: start, solarSystem: solarSystem)
      .build(flybys, jobs: jobs)
    add(
      "near",
      try await check.differences(
        near, flybys, indices: Array(flybys.indices), jobs: jobs, isWanted: { $0 < 0.06 }))
  }

  /// Fields of 2.1° all along the ecliptic, at all hours of the night.
  private static func query(
    _ table: NightTable, _ start: Epoch<TDB>, _ fields: Int, _ solarSystem: SolarSystem,
    _ results: inout [String: Double]
  ) throws {
    var milliseconds: [Double] = []
    var cpu: [Double] = []
    var found: [Double] = []
    for index in 0..<fields {
      let longitude = 2 * Double.pi * (0.618_033_988_75 * Double(index))
      let ecliptic = Vector3(raRad: longitude, decRad: 0)
      let field = SkyField(
        centre: Frames.eclipticToEquatorial * ecliptic, radiusRad: 2.1 * Angle.degree)
      let epoch = start.adding(days: 0.3 + 0.4 * Double(index) / Double(fields))
      let clock = Stopwatch()
      let objects = try table.objects(
        in: field, at: epoch, observatory: .rubin, solarSystem: solarSystem
      ).objects
      milliseconds.append(clock.wall * 1e3)
      cpu.append(clock.cpu * 1e3)
      found.append(Double(objects.count))
    }
    milliseconds.sort()
    cpu.sort()
    found.sort()
    results["queryMedianMilliseconds"] = milliseconds[fields / 2]
    results["queryP99Milliseconds"] = milliseconds[min(fields - 1, fields * 99 / 100)]
    results["queryMaximumMilliseconds"] = milliseconds[fields - 1]
    // Of the processor alone: what others do on the machine doesn't enter it.
    results["queryMedianCPUMilliseconds"] = cpu[fields / 2]
    results["queryP99CPUMilliseconds"] = cpu[min(fields - 1, fields * 99 / 100)]
    results["objectsInFieldMedian"] = found[fields / 2]
    results["objectsInFieldMaximum"] = found[fields - 1]
  }
}
