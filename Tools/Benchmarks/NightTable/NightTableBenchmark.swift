import Astro
import Astrometry
import Dynamics
import Exchange
import Foundation
import Prediction

/// A night's table over many orbits: time and bytes to build it, places a second, and the queries
/// of many fields. `NightTableBenchmark ORBITS COUNT FIELDS JOBS` prints JSON.
///
/// Orbits beyond those of the file are copies of them with other longitudes; each has a covariance.
@main
struct NightTableBenchmark {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 5, let count = Int(arguments[2]), let fields = Int(arguments[3]),
      let jobs = Int(arguments[4]), count > 0, fields > 0, jobs > 0
    else {
      FileHandle.standardError.write(
        Data("usage: NightTableBenchmark ORBITS COUNT FIELDS JOBS [MJD]\n".utf8))
      exit(2)
    }
    let solarSystem = try SolarSystem.load()
    let orbits = try Population(file: arguments[1]).orbits(count: count)
    let night = arguments.count > 5 ? Double(arguments[5]) ?? 0 : 61_000
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
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    results["peakMegabytes"] = Double(usage.ru_maxrss) / 1024
    let data = try JSONSerialization.data(
      withJSONObject: results, options: [.sortedKeys, .prettyPrinted])
    print(String(decoding: data, as: UTF8.self))
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

/// Orbits of a file, and copies of them elsewhere on their ellipses.
struct Population {
  let base: [CatalogOrbit]

  init(file: String) throws {
    let batch = try OrbitFile.readAll(file)
    base = batch.orbits
    guard !base.isEmpty else { throw ExchangeError.empty(file: file) }
  }

  /// Each with the covariance of an orbit known to 1e-7 au and 1e-9 au/d.
  func orbits(count: Int) -> [CatalogOrbit] {
    var diagonal = [Double](repeating: 0, count: 36)
    for axis in 0..<6 { diagonal[7 * axis] = axis < 3 ? 1e7 : 1e9 }
    let covariance = OrbitCovariance(squareRootInformation: diagonal)
    return (0..<count).map { index in
      var entry = base[index % base.count]
      if index >= base.count { shift(&entry, index / base.count) }
      entry.ssObjectId = Int64(index + 1)
      entry.covariance = covariance
      return entry
    }
  }

  /// Moves the body along its two-body orbit, and turns the orbit about the ecliptic pole.
  private func shift(_ entry: inout CatalogOrbit, _ copy: Int) {
    let state = TwoBody.propagate(entry.orbit.state, days: 97.3 * Double(copy))
    let angle = 2.399_963 * Double(copy)
    func turned(_ v: Vector3) -> Vector3 {
      let e = Frames.equatorialToEcliptic * v
      return Frames.eclipticToEquatorial
        * Vector3(
          e.x * cos(angle) - e.y * sin(angle), e.x * sin(angle) + e.y * cos(angle), e.z)
    }
    entry.designation = "copy\(copy) \(entry.designation)"
    entry.orbit.state = StateVector(
      position: turned(state.position), velocity: turned(state.velocity))
  }
}

/// Wall and processor time since it was made.
struct Stopwatch {
  private let wallStart = Self.seconds(CLOCK_MONOTONIC)
  private let cpuStart = Self.seconds(CLOCK_PROCESS_CPUTIME_ID)

  var wall: Double { Self.seconds(CLOCK_MONOTONIC) - wallStart }
  var cpu: Double { Self.seconds(CLOCK_PROCESS_CPUTIME_ID) - cpuStart }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
