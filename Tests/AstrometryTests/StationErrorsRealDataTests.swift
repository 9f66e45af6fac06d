import Astro
import Astrometry
import Dynamics
import Foundation
import TestSupport
import Testing

/// The weights against what real observations do: 98 numbered objects, 29,000 observations of 1990 to
/// 2024 from everywhere, orbits fitted to all of them by another program (BCART_EQ, good to tens of
/// km), propagated by ours.
@Suite(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
struct StationErrorsRealDataTests {
  struct Residual {
    let station: String
    let ra: Double
    let dec: Double
  }

  /// The table's σ is a root mean square. Its own part, some 0.8 of the variance, has an inverse
  /// gamma scale of 3.3 degrees of freedom, so that residuals follow Student's t there: the scatter by
  /// the median is 0.70 of the root mean square for that part and 1 for the rest, 0.77 together.
  /// The orbits were fitted with one weight for all stations, which adds to the best ones.
  @Test func residualsScatterAsTheStationsErrorsSay() async throws {
    let residuals = try await residuals()
    #expect(residuals.count > 20_000)
    let all = residuals.flatMap { [$0.ra, $0.dec] }
    #expect((0.70...0.85).contains(scatter(all)), "scatter \(scatter(all))")
    #expect(inside(all) > 0.93, "within two: \(inside(all))")
    for (station, list) in Dictionary(grouping: residuals, by: \.station) where list.count > 600 {
      let ra = scatter(list.map(\.ra))
      let dec = scatter(list.map(\.dec))
      #expect((0.55...1.1).contains(ra) && (0.55...1.1).contains(dec), "\(station) \(ra) \(dec)")
    }
  }

  /// Standard deviation by the median of absolute values: outliers do not count.
  func scatter(_ values: [Double]) -> Double {
    let sorted = values.map(abs).sorted()
    return sorted[sorted.count / 2] * 1.4826
  }

  /// Fraction within two standard deviations, 0.954 for a normal distribution.
  func inside(_ values: [Double]) -> Double {
    Double(values.count { abs($0) < 2 }) / Double(values.count)
  }

  /// Observed minus computed in units of the standard deviation.
  func residuals() async throws -> [Residual] {
    let folder = try #require(TestPaths.sharedData)
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let preparer = ObservationPreparer(solarSystem: solarSystem)
    let propagator = Propagator(solarSystem)
    let observations = Dictionary(grouping: try readObservations(folder), by: \.designation)
    var result: [Residual] = []
    for (name, orbit) in try readOrbits(folder).sorted(by: { $0.key < $1.key }) {
      let detections = observations[name] ?? []
      let prepared = try await preparer.prepare(detections, jobs: 1)
      let states = propagator.propagate(
        orbit, to: prepared.observations.map(\.epoch),
        options: .init(origin: .solarSystemBarycenter)
      ).states
      for (k, observation) in prepared.observations.enumerated() {
        guard let state = states[k] else { continue }
        let place = PredictedPlace(
          object: state, sun: observation.sun, observer: observation.observer)
        let (ra, dec) = place.direction.longitudeLatitude
        let offset = Angle.wrapSigned(observation.raRad - ra) * cos(dec)
        result.append(
          Residual(
            station: detections[prepared.indices[k]].observatory.description,
            ra: offset / observation.sigmaRaRad,
            dec: (observation.decRad - dec) / observation.sigmaDecRad))
      }
    }
    return result
  }

  func readOrbits(_ folder: URL) throws -> [String: Orbit] {
    let text = try String(
      contentsOf: folder.appending(path: "truth/real_long_arc_fits.csv"), encoding: .utf8)
    var orbits: [String: Orbit] = [:]
    for line in text.split(whereSeparator: \.isNewline).dropFirst() {
      let fields = line.split(separator: ",")
      let numbers = try (3...8).map { try #require(Double(fields[$0])) }
      orbits[String(fields[0])] = Orbit(
        epoch: Epoch(mjd: try #require(Double(fields[9]))),
        state: StateVector(
          position: Vector3(numbers[0], numbers[1], numbers[2]),
          velocity: Vector3(numbers[3], numbers[4], numbers[5])),
        origin: .solarSystemBarycenter)
    }
    return orbits
  }

  func readObservations(_ folder: URL) throws -> [Detection] {
    let file = folder.appending(path: "truth/real_long_arcs.csv.gz")
    var detections: [Detection] = []
    for line in try gunzip(file).split(whereSeparator: \.isNewline).dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      let utc = try Epoch<UTC>(iso8601: String(fields[4]))
      guard utc.mjd > 47_900, let code = ObservatoryCode(fields[5]) else { continue }
      detections.append(
        Detection(
          diaSourceId: Int64(detections.count), midpoint: LeapSeconds.erfa.tai(utc),
          raDeg: try #require(Double(fields[2])), decDeg: try #require(Double(fields[3])),
          observatory: code, designation: String(fields[0])))
    }
    return detections
  }

  func gunzip(_ file: URL) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", file.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}
