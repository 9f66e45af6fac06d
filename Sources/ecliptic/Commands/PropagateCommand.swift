import ArgumentParser
import Astro
import Dynamics
import Exchange
import Foundation

struct PropagateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "propagate",
    abstract: "Moves orbits to other times: states, and covariances where the orbits have one.",
    discussion: """
      ORBITS is an orbit CSV, MPCORB or mpc_orb JSON file. All planets, the Moon, Pluto, 16 \
      asteroids, relativity and the orbits' own A1, A2, A3 act. The output is CSV: \
      designation, epochMjdTdb, x, y, z [au], vx, vy, vz [au/d], ICRF, one row for each orbit and \
      time; with --covariance also cov_0_0 … cov_5_5. An orbit that strikes a planet or the Sun \
      has no rows after that (exit code 3, and a line on stderr). --json prints how many orbits and rows \
      there were, on stderr when the rows go to standard output.

      EXAMPLE
        ecliptic propagate MPCORB.DAT --to 2026-11-22T00:00:00 --output tonight.csv
        ecliptic propagate orbits.csv --to 61000.5:tdb 61001.5:tdb --origin SSB
        ecliptic propagate orbits.csv --to 2030-01-01T00:00:00 --relativity all
      """)

  @Argument(help: "Orbits; - is standard input.")
  var orbits: String
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Times: ISO 8601 (UTC), MJD with its scale (60000.5:utc, :tai, :tdb), or @FILE.",
      valueName: "time"))
  var to: [String]
  @Option(help: "Origin of the states: SUN or SSB (barycentre).", transform: Self.origin)
  var origin = Origin.sun
  @Option(
    help: "Sources of relativity: sun; all (planets, Moon and Pluto too); none.",
    transform: Self.relativity)
  var relativity = Relativity.sun
  @Flag(help: "Add the covariance at each time.")
  var covariance = false
  @Option(help: "The output file; - is standard output.")
  var output = "-"
  @OptionGroup var jobs: JobsOption
  @OptionGroup var report: ReportOption
  @OptionGroup var log: LogOptions

  private static func origin(_ text: String) throws -> Origin {
    guard let origin = Origin(rawValue: text.uppercased()) else {
      throw ValidationError("--origin \(text): SUN or SSB is expected")
    }
    return origin
  }

  private static func relativity(_ text: String) throws -> Relativity {
    guard let sources = Relativity(rawValue: text.lowercased()) else {
      throw ValidationError("--relativity \(text): sun, all or none is expected")
    }
    return sources
  }

  func run() async throws {
    let solarSystem = try SolarSystem.load()
    let leapSeconds = solarSystem.leapSeconds
    var list: [Epoch<TDB>] = []
    for text in to { list += try TimeArgument.parse(text, leapSeconds: leapSeconds) }
    let epochs = list
    let propagator = Propagator(solarSystem)
    let withCovariance = covariance
    let options = Propagator.Options(origin: origin, relativity: relativity)
    let run = OrbitRun(path: orbits, jobs: jobs.count, quiet: log.quiet)
    let header = StatesCSV.header(covariance: withCovariance)
    if let target = epochs.first, epochs.count == 1, !withCovariance {
      let jobs = jobs.count
      let summary = try await run.write(
        to: output, header: header,
        batch: { orbits in
          let moved = try await propagator.move(orbits, to: target, options: options, jobs: jobs)
          return try await parallelMap(count: orbits.count, chunk: 1024, jobs: jobs) { range in
            range.map { index in
              Self.outcome(orbits[index].designation, moved, index, leapSeconds)
            }
          }.flatMap { $0 }
        })
      return try finish(summary)
    }
    let summary = try await run.write(to: output, header: header) { orbits in
      let workspace = propagator.makeWorkspace()
      return orbits.map { orbit in
        var options = options
        options.transitions = withCovariance && orbit.covariance != nil
        let result = propagator.propagate(
          orbit, to: epochs, options: options, workspace: workspace)
        var outcome = OrbitRun.Outcome()
        for (index, state) in result.states.enumerated() {
          guard let state else { continue }
          let moved =
            result.transitions.isEmpty
            ? nil : result.transitions[index].flatMap { orbit.covariance?.propagated(by: $0) }
          outcome.rows += 1
          outcome.lines += StatesCSV.line(
            orbit.designation, epochs[index], state, withCovariance ? .some(moved) : nil)
        }
        outcome.complaint = OrbitRun.complaint(
          orbit.designation, result.verdict, leapSeconds: leapSeconds)
        return outcome
      }
    }
    try finish(summary)
  }

  /// One orbit of a catalog that was moved as a whole.
  private static func outcome(
    _ designation: String, _ moved: MovedCatalog, _ index: Int, _ leapSeconds: LeapSeconds
  ) -> OrbitRun.Outcome {
    var outcome = OrbitRun.Outcome()
    if let state = moved.states[index] {
      outcome.rows = 1
      outcome.lines = StatesCSV.line(designation, moved.epoch, state, nil)
    }
    outcome.complaint = moved.verdicts[index].flatMap {
      OrbitRun.complaint(designation, $0, leapSeconds: leapSeconds)
    }
    return outcome
  }

  private func finish(_ summary: OrbitRun.Summary) throws {
    if report.json { try Reporting.printJSON(summary, dataOnStdout: output == "-") }
    try Reporting.exitIfQuarantined(summary.quarantined + summary.endedEarly)
  }
}

/// The states CSV of DESIGN: one row for each orbit and time.
enum StatesCSV {
  static func header(covariance: Bool) -> String {
    let names = ["designation", "epochMjdTdb", "x", "y", "z", "vx", "vy", "vz"]
    let upper = (0..<6).flatMap { i in (i..<6).map { "cov_\(i)_\($0)" } }
    return (covariance ? names + upper : names).joined(separator: ",") + "\n"
  }

  /// - Parameter covariance: nil for no such columns, `.some(nil)` for empty ones.
  static func line(
    _ designation: String, _ epoch: Epoch<TDB>, _ state: StateVector,
    _ covariance: OrbitCovariance??
  ) -> String {
    var line = CSVLine()
    line.add(designation)
    line.add(epoch)
    for v in [state.position, state.velocity] {
      line.add(v.x)
      line.add(v.y)
      line.add(v.z)
    }
    if let covariance {
      let matrix = covariance?.covariance
      for i in 0..<6 { for j in i..<6 { line.add(matrix.map { $0[6 * i + j] }) } }
    }
    return line.text
  }
}
