import Astro
import Dynamics
import Foundation

/// Times the evaluation of the ephemerides in CPU time and prints nanoseconds as JSON; the place of
/// each body at the last moment goes along, so that a peer can be compared for agreement too.
@main
struct EphemerisBenchmark {
  static func main() throws {
    let count = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 1 : 1_000_000
    let loading = cpuNanoseconds()
    let solarSystem = try SolarSystem.load()
    let loadMilliseconds = (cpuNanoseconds() - loading) / 1e6
    let ephemeris = solarSystem.ephemeris
    let epochs = randomEpochs(count, ephemeris)
    var results: [(String, Double)] = [("load_ms", loadMilliseconds)]
    for body in [Body.sun, .earth, .jupiter, .ceres] {
      results.append(
        ("\(body)_ns", try best(epochs) { try ephemeris.state(of: body, at: $0).position.x }))
    }
    var buffer = [Double](repeating: 0, count: PerturberLayout.size)
    try buffer.withUnsafeMutableBufferPointer { pointer in
      guard let base = pointer.baseAddress else { return }
      for (name, velocities) in [
        ("masses_positions_ns", PerturberVelocities.none),
        ("masses_planet_velocities_ns", .planets),
        ("masses_all_ns", .all),
      ] {
        results.append(
          (
            name,
            try best(epochs) {
              ephemeris.perturbers(at: $0, velocities: velocities, into: base)
              return base[0]
            }
          ))
      }
      // Moments that follow each other, as in an integration.
      let ordered = (0..<count).map { Epoch<TDB>(mjdDay: 60000, fraction: Double($0) * 1e-3) }
      results.append(
        (
          "masses_sun_velocity_in_order_ns",
          try best(ordered) {
            ephemeris.perturbers(at: $0, velocities: .sun, into: base)
            return base[0]
          }
        ))
    }
    let few = Array(epochs.prefix(max(1, count / 100)))
    results.append(
      ("observer_ns", try best(few) { try solarSystem.observer(.rubin, at: $0).position.x }))
    let fields = results.map { "\"\($0)\": \($1)" } + ["\"agreement\": \(try places(ephemeris))"]
    print("{\(fields.joined(separator: ", "))}")
  }

  /// The fastest of five rounds, CPU nanoseconds a call.
  static func best(_ epochs: [Epoch<TDB>], _ body: (Epoch<TDB>) throws -> Double) throws -> Double {
    var fastest = Double.infinity
    var sum = 0.0
    for _ in 0..<5 {
      let start = cpuNanoseconds()
      for epoch in epochs { sum += try body(epoch) }
      fastest = min(fastest, (cpuNanoseconds() - start) / Double(epochs.count))
    }
    // Without a use of the sum the loop could be optimised away.
    if sum.isNaN { print("not a number") }
    return fastest
  }

  static func cpuNanoseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
  }

  /// The same moments on every machine, over the whole span.
  static func randomEpochs(_ count: Int, _ ephemeris: Ephemeris) -> [Epoch<TDB>] {
    let span = ephemeris.end.days(since: ephemeris.start)
    var state: UInt64 = 1
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return ephemeris.start.adding(days: span * Double(state >> 11) / 9_007_199_254_740_992)
    }
  }

  /// Barycentric places [km] at MJD 60000.5 TDB by NAIF ID.
  static func places(_ ephemeris: Ephemeris) throws -> String {
    let rows = try Body.perturbers.map { body in
      let place = try ephemeris.state(of: body, at: Epoch(mjd: 60000.5)).position * Constants.auKm
      return "\"\(body.naifId)\": [\(place.x), \(place.y), \(place.z)]"
    }
    return "{\(rows.joined(separator: ", "))}"
  }
}
