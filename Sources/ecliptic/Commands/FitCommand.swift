import ArgumentParser
import Astro
import Astrometry
import Dynamics
import Exchange
import Foundation
import Logging
import OrbitFit

struct FitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Fits one orbit to the observations of each designation or trkSub in a file.",
    discussion: """
      Reads observations (LSST CSV with a column designation or trkSub, ADES PSV/XML/CSV, MPC \
      80-column) and writes an orbit CSV: heliocentric state at the middle of each arc, elements, \
      covariance, rms, and whether the fit converged and the observations determine the orbit. \
      Objects without an orbit are said on stderr and in the report. Errors of observations that \
      give none are those of their station.

      EXAMPLE
        ecliptic fit observations.psv --output orbits.csv --residuals residuals.csv
        ecliptic fit night.csv --output orbits.csv --forces two-body --json > report.json
      """)

  enum Forces: String, ExpressibleByArgument, CaseIterable {
    case twoBody = "two-body"
    case perturbed
  }

  @Argument(help: "Observations; - is standard input.")
  var observations: String
  @Option(help: "The orbits, CSV; - is standard output.")
  var output: String
  @Option(help: "Also write the residuals of every observation, CSV.")
  var residuals: String?
  @Option(help: "What moves the bodies: two-body or perturbed (all planets, 16 asteroids).")
  var forces = Forces.perturbed
  @Flag(help: "Use every observation, however far off.")
  var noRejection = false
  @Option(help: "MPC code of the observatory, for rows that name none.")
  var observatory = "X05"
  @OptionGroup var jobs: JobsOption
  @OptionGroup var report: ReportOption
  @OptionGroup var log: LogOptions

  func validate() throws {
    if ObservatoryCode(observatory) == nil {
      throw ValidationError("--observatory \(observatory): expected an MPC code such as X05")
    }
    if report.json && (output == "-" || residuals == "-") {
      throw ValidationError("--json prints its report on stdout: give --output a file")
    }
    if let residuals, residuals == output {
      throw ValidationError("--residuals and --output are the same file \(output)")
    }
  }

  func run() async throws {
    let logger = log.logger("fit")
    let solarSystem = try SolarSystem.load()
    let arcs = try await ObservedArcs.read(
      observations, solarSystem: solarSystem,
      observatory: ObservatoryCode(observatory) ?? .rubin, jobs: jobs.count)
    logger.info("\(arcs.arcs.count) objects in \(observations)")
    var options = FitOptions()
    options.forces = forces == .perturbed ? .perturbed : .twoBody
    options.rejection = !noRejection
    let started = ContinuousClock.now
    let fits = try await fit(arcs.arcs, options, solarSystem)
    let seconds = (ContinuousClock.now - started) / .seconds(1)
    try OutputFile.write(to: output) { out in
      try out.write(OrbitCSV.header)
      for (arc, fit) in zip(arcs.arcs, fits) {
        guard let orbit = arc.catalogOrbit(fit) else { continue }
        try out.write(OrbitCSV.line(orbit))
      }
    }
    if let residuals {
      try OutputFile.write(to: residuals) { out in
        try out.write(ObservedArc.residualHeader)
        for (arc, fit) in zip(arcs.arcs, fits) { try out.write(arc.residualLines(fit)) }
      }
    }
    try FitReport(arcs: arcs, fits: fits, seconds: seconds).print(json: report.json)
    Reporting.printQuarantined(arcs.quarantined)
    try Reporting.exitIfQuarantined(arcs.quarantined.count)
  }

  /// One fit for each arc, in the arcs' order.
  private func fit(
    _ arcs: [ObservedArc], _ options: FitOptions, _ solarSystem: SolarSystem
  ) async throws -> [FitResult] {
    try await parallelMap(count: arcs.count, chunk: 4, jobs: jobs.count) { range in
      range.map {
        fitOrbit(
          observations: arcs[$0].observations, options: options, solarSystem: solarSystem)
      }
    }.flatMap { $0 }
  }
}
