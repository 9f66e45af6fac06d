import Astro
import Dynamics
import Exchange
import Foundation

/// Times the propagator inside one process, in processor time, and prints JSON.
///
/// Usage: DynamicsBenchmark ORBITS SPAN-DAYS [COUNT [JOBS]]
///
/// The orbits are first brought to one epoch, MJD 60000 TDB (not timed); from there, over the span:
/// each by itself, the whole catalog by `move`, and both with the transition matrix. Errors are
/// those of `move` against integrations with a tolerance 1000 times smaller.
@main
struct DynamicsBenchmark {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count > 2, let span = Double(arguments[2]) else {
      print("usage: DynamicsBenchmark ORBITS SPAN-DAYS [COUNT [JOBS]]")
      exit(2)
    }
    let count = arguments.count > 3 ? Int(arguments[3]) ?? 10_000 : 10_000
    let jobs = arguments.count > 4 ? Int(arguments[4]) ?? 1 : 1
    let propagator = Propagator(try SolarSystem.load())
    let epoch = Epoch<TDB>(mjd: 60_000)
    let target = epoch.adding(days: span)
    var orbits: [CatalogOrbit] = []
    let file = try OrbitFile(path: arguments[1])
    while orbits.count < count, let batch = try file.next(upTo: count - orbits.count) {
      orbits += batch.orbits
    }
    let moved = try await propagator.move(orbits, to: epoch, jobs: jobs)
    orbits = zip(orbits, moved.states).compactMap { orbit, state in
      guard let state else { return nil }
      var orbit = orbit
      orbit.orbit = Orbit(epoch: epoch, state: state, origin: .sun)
      return orbit
    }
    let start = orbits
    var fields: [(String, Double)] = [
      ("orbits", Double(start.count)), ("span_days", span), ("jobs", Double(jobs)),
    ]
    try await measure("move", start.count, jobs, &fields) {
      _ = try await propagator.move(start, to: target, jobs: jobs)
    }
    let last = try await propagator.move(start, to: target, jobs: jobs)
    try await measure("single_transitions", start.count, jobs, &fields) {
      _ = try await propagator.propagate(
        start, to: [target], options: .init(transitions: true), jobs: jobs)
    }
    try await measure("move_transitions", start.count, jobs, &fields) {
      _ = try await propagator.move(
        start, to: target, options: .init(transitions: true), jobs: jobs)
    }
    try await measure("single", start.count, jobs, &fields) {
      _ = try await propagator.propagate(start, to: [target], jobs: jobs)
    }
    let exact = try await propagator.propagate(
      start, to: [target], options: .init(tolerance: 1e-11), jobs: 4)
    let errors = zip(last.states, exact).compactMap { ours, theirs -> Double? in
      guard let a = ours, let b = theirs.states[0] else { return nil }
      return (a.position - b.position).norm * Constants.auKm * 1000
    }.sorted()
    if !errors.isEmpty {
      fields += [
        ("alone", Double(last.aloneCount)), ("error_median_m", errors[errors.count / 2]),
        ("error_p99_m", errors[errors.count * 99 / 100]),
        ("error_max_m", errors[errors.count - 1]),
      ]
    }
    fields.append(("memory_mb", peakMemory()))
    print("{" + fields.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "}")
  }

  /// The best of three rounds: orbits a second of processor time and of the clock.
  static func measure(
    _ name: String, _ count: Int, _ jobs: Int, _ fields: inout [(String, Double)],
    _ body: @Sendable () async throws -> Void
  ) async throws {
    var (processor, clock) = (Double.infinity, Double.infinity)
    for _ in 0..<3 {
      let began = (now(CLOCK_PROCESS_CPUTIME_ID), now(CLOCK_MONOTONIC))
      try await body()
      processor = min(processor, now(CLOCK_PROCESS_CPUTIME_ID) - began.0)
      clock = min(clock, now(CLOCK_MONOTONIC) - began.1)
    }
    fields.append((name + "_per_cpu_second", Double(count) / processor))
    fields.append((name + "_per_second", Double(count) / clock))
  }

  /// The largest resident size of this program, without that of the one that started it [MB].
  static func peakMemory() -> Double {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0) / 1024
  }

  static func now(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
