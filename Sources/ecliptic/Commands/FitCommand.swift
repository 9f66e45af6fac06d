import ArgumentParser
import Astro
import Astrometry
import Dynamics
import Exchange
import Foundation
import Logging
import OrbitFit
import Synchronization

struct FitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Fits one orbit to the observations of each designation or trkSub in a file.",
    discussion: """
      Reads observations (LSST CSV with a column designation or trkSub, ADES PSV/XML/CSV, MPC \
      80-column) and writes an orbit CSV: heliocentric state at the middle of each arc, elements, \
      covariance, rms, and whether the fit converged and the observations determine the orbit. \
      Objects without an orbit are said on stderr and in the report. Errors of observations that \
      give none are those of their station. Radar delays and Doppler shifts (ADES radar records, \
      80-column lines R and r) are fitted together with the directions. The ellipsoid of 95 % is \
      the one that covariances are made for: where the size of the errors is estimated from the arc, \
      other levels follow Student's t with errorFreedom (--json) degrees of freedom. With --start, orbits of an earlier run are where the \
      fits begin; an object whose observations have not changed since keeps its line.

      EXAMPLE
        ecliptic fit observations.psv --output orbits.csv --residuals residuals.csv
        ecliptic fit more.psv --start orbits.csv --output new.csv --plots plots
        ecliptic fit night.csv --output orbits.csv --forces two-body --json > report.json
      """)

  enum Forces: String, ExpressibleByArgument, CaseIterable {
    case twoBody = "two-body"
    case perturbed
  }

  enum Law: String, ExpressibleByArgument, CaseIterable {
    case asteroid
    case yarkovsky
    case comet
  }

  @Argument(help: "Observations; - is standard input.")
  var observations: String
  @Option(help: "The orbits, CSV; - is standard output.")
  var output: String
  @Option(
    help: "Also write every observation's residuals: CSV, or ADES if the name ends in .psv or .xml."
  )
  var residuals: String?
  @Option(help: "Also draw the residuals of every object, an SVG in this folder each.")
  var plots: String?
  @Option(help: "Also fit H and G12 of each band, CSV.")
  var photometry: String?
  @Option(help: "Orbits to begin from, any orbit file; those of this command save fits.")
  var start: String?
  @Option(help: "What moves the bodies: two-body or perturbed (all planets, 16 asteroids).")
  var forces = Forces.perturbed
  @Option(
    help: """
      Also fit A1, A2, A3: asteroid (1/r2), yarkovsky (of these A2 alone) or comet (sublimation of \
      water ice).
      """)
  var nongrav: Law?
  @Option(
    help: ArgumentHelp(
      "Radius of the object [km], for radar echoes of its surface (com 0, S); else 0.5 +- 0.5.",
      valueName: "km"))
  var radius: Double?
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
    if let radius, !(0...1000).contains(radius) {
      throw ValidationError("--radius \(radius): expected kilometres from 0 to 1000")
    }
    if nongrav != nil && forces == .twoBody {
      throw ValidationError("--nongrav needs --forces perturbed")
    }
    if report.json && (output == "-" || residuals == "-" || photometry == "-") {
      throw ValidationError("--json prints its report on stdout: give --output a file")
    }
    let files = [output, residuals, photometry].compactMap { $0 }
    if Set(files).count < files.count {
      throw ValidationError("--output, --residuals and --photometry must be different files")
    }
  }

  func run() async throws {
    let logger = log.logger("fit")
    let solarSystem = try SolarSystem.load()
    let arcs = try await ObservedArcs.read(
      observations, solarSystem: solarSystem,
      observatory: ObservatoryCode(observatory) ?? .rubin, radiusKm: radius, jobs: jobs.count)
    logger.info("\(arcs.arcs.count) objects in \(observations)")
    var options = FitOptions()
    options.forces = forces == .perturbed ? .perturbed : .twoBody
    options.rejection = !noRejection
    options.nonGravitational = nongrav.map { $0 == .comet ? .waterIce : .inverseSquare }
    options.transverseOnly = nongrav == .yarkovsky
    let previous = try start.map { try PreviousOrbits.read($0) }
    let started = ContinuousClock.now
    let outcomes = try await fit(arcs.arcs, options, solarSystem, previous?.orbits ?? [:])
    let seconds = (ContinuousClock.now - started) / .seconds(1)
    try writeOrbits(arcs.arcs, outcomes, options)
    try writeResiduals(arcs.arcs, outcomes)
    try writePhotometry(arcs.arcs, outcomes, solarSystem)
    let quarantined = arcs.quarantined + (previous?.batch.quarantined ?? [])
    try FitReport(arcs: arcs, outcomes: outcomes, seconds: seconds).print(json: report.json)
    Reporting.warnOfErrors(takenAsMissing: arcs.errorsTakenAsMissing, in: observations)
    Reporting.printQuarantined(quarantined)
    try Reporting.exitIfQuarantined(quarantined.count)
  }

  private func writeOrbits(
    _ arcs: [ObservedArc], _ outcomes: [FitOutcome], _ options: FitOptions
  ) throws {
    try OutputFile.write(to: output) { out in
      try out.write(PreviousOrbits.header)
      for (arc, outcome) in zip(arcs, outcomes) {
        switch outcome {
        case .unchanged(let previous): try out.write(previous.line ?? "")
        case .fitted(let fit):
          guard let orbit = arc.catalogOrbit(fit) else { continue }
          try out.write(PreviousOrbits.line(orbit, fingerprint: arc.fingerprint(options)))
        }
      }
    }
  }

  private func writeResiduals(_ arcs: [ObservedArc], _ outcomes: [FitOutcome]) throws {
    let fits = outcomes.map { if case .fitted(let fit) = $0 { fit } else { nil as FitResult? } }
    if let residuals {
      try OutputFile.write(to: residuals) { out in
        if case .ades(let format) = ResidualFormat(path: residuals) {
          return try writeADES(
            zip(arcs, fits).compactMap { a, f in f.map { (a, $0) } }, format, &out)
        }
        try out.write(ObservedArc.residualHeader)
        for (arc, fit) in zip(arcs, fits) { if let fit { try out.write(arc.residualLines(fit)) } }
      }
    }
    if let plots {
      let folder = URL(filePath: plots)
      do {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      } catch { throw CommandError.unwritable(path: plots, reason: error.localizedDescription) }
      for (arc, fit) in zip(arcs, fits) {
        guard let fit, fit.orbit != nil else { continue }
        let path = folder.appending(path: ResidualPlot.fileName(arc.designation)).path
        try OutputFile.write(to: path) { try $0.write(ResidualPlot(arc: arc, fit: fit).svg) }
      }
    }
  }

  private func writeADES(
    _ fits: [(ObservedArc, FitResult)], _ format: ObservationFormat, _ out: inout OutputFile
  ) throws {
    var writer = format.writer(header: .none)
    var bytes: [UInt8] = []
    writer.begin(into: &bytes)
    for (arc, fit) in fits {
      writer.write(arc.records(fit), into: &bytes)
      writer.write(arc.radarRecords(fit), into: &bytes)
      try out.write(bytes: bytes)
      bytes.removeAll(keepingCapacity: true)
    }
    writer.end(into: &bytes)
    try out.write(bytes: bytes)
    for loss in writer.losses { log.logger("fit").warning("\(residuals ?? ""): \(loss)") }
  }

  private func writePhotometry(
    _ arcs: [ObservedArc], _ outcomes: [FitOutcome], _ solarSystem: SolarSystem
  ) throws {
    guard let photometry else { return }
    let propagator = Propagator(solarSystem)
    try OutputFile.write(to: photometry) { out in
      try out.write(ObservedArc.photometryHeader)
      for (arc, outcome) in zip(arcs, outcomes) {
        if case .fitted(let fit) = outcome {
          try out.write(arc.photometryLines(fit, propagator))
        }
      }
    }
  }

  /// One outcome for each arc, in the arcs' order.
  private func fit(
    _ arcs: [ObservedArc], _ options: FitOptions, _ solarSystem: SolarSystem,
    _ previous: [String: PreviousOrbit]
  ) async throws -> [FitOutcome] {
    let progress = Progress(quiet: log.quiet)
    defer { progress.clear() }
    let done = Mutex(0)
    // Residuals can only be given of what is fitted.
    let mayStay = residuals == nil && plots == nil && photometry == nil
    // The longest first, one at a time: no core waits at the end for another's.
    let order = arcs.indices.sorted {
      let (a, b) = (arcs[$0].observations.count, arcs[$1].observations.count)
      return a != b ? a > b : $0 < $1
    }
    let found = try await parallelMap(count: arcs.count, chunk: 1, jobs: jobs.count) { range in
      let outcomes = range.map { place -> FitOutcome in
        let k = order[place]
        let start = previous[arcs[k].designation]
        if mayStay, let start, start.line != nil, start.orbit.orbit.origin == .sun,
          start.fingerprint == arcs[k].fingerprint(options)
        {
          return .unchanged(start)
        }
        return .fitted(
          fitOrbit(
            observations: arcs[k].observations, radar: arcs[k].radar, start: start?.orbit.orbit,
            options: options,
            solarSystem: solarSystem))
      }
      let count = done.withLock {
        $0 += range.count
        return $0
      }
      progress.show("fit: \(count) of \(arcs.count) objects")
      return outcomes
    }.flatMap { $0 }
    var outcomes = found
    for (place, k) in order.enumerated() { outcomes[k] = found[place] }
    return outcomes
  }
}
