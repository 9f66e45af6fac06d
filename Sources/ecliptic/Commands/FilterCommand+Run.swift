import Alerts
import ArgumentParser
import Astrometry
import Catalog
import Dynamics
import Filters
import Foundation
import Prediction

/// Alerts that filters are run on as they are.
struct FilterAlertsOption: ParsableArguments {
  @Option(help: "Schemas of framed alerts: a folder, or a schema registry's address.")
  var schemas: String?
  @Option(help: ArgumentHelp("Alerts that a user gets of a visit.", valueName: "n"))
  var cap = FilterLimits().alertsPerUser
  @Option(
    help: ArgumentHelp("Processor time of one filter on one visit [ms].", valueName: "ms"))
  var time = FilterLimits().milliseconds

  var limits: FilterLimits {
    var limits = FilterLimits()
    limits.alertsPerUser = cap
    limits.milliseconds = time
    return limits
  }

  func validate() throws {
    guard (1...100_000).contains(cap) else {
      throw ValidationError("--cap must be from 1 to 100000, not \(cap)")
    }
    guard time >= 1, time <= 60_000 else {
      throw ValidationError("--time must be from 1 to 60000 ms, not \(time)")
    }
  }

  /// Runs a stage over files or folders of alerts, without tagging them.
  ///
  /// - Parameter body: gets what each filter did with each exposure.
  /// - Returns: what could not be read.
  func run(
    _ stage: inout FilterStage, over paths: [String], jobs: Int,
    _ body: (_ visit: String, _ outcomes: [FilterOutcome]) throws -> Void
  ) async throws -> [QuarantinedRecord] {
    let registry = try schemas.map { try SchemaRegistry(at: $0) } ?? SchemaRegistry()
    let files = try paths.flatMap { try AlertReader.files(at: URL(filePath: $0)) }
    let solarSystem = try SolarSystem.load()
    var options = AlertTagger.Options()
    options.jobs = jobs
    // Nothing is predicted: the alerts are taken as they were tagged.
    let tagger = AlertTagger(
      reader: AlertReader(registry: registry, leapSeconds: solarSystem.leapSeconds),
      predictor: try Predictor(orbits: [], solarSystem: solarSystem), options: options)
    var quarantined: [QuarantinedRecord] = []
    try await tagger.match(
      files,
      open: { url throws(AlertsError) in try AlertFile(url: url, registry: registry) },
      skip: { url, error in
        guard files.count > 1 else { throw error }
        quarantined.append(
          QuarantinedRecord(
            file: url.path, location: .byteOffset(0), reason: error.description))
      }
    ) { part in
      quarantined += part.result.quarantined
      for (visit, outcomes) in try await stage.add(part) { try body(visit, outcomes) }
    }
    return quarantined
  }
}

extension FilterCommand {
  struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Runs the catalog's filters on alerts and writes what they choose.",
      discussion: """
        Alerts are taken as they are, tagged or not. Into the output folder go, for each filter and \
        exposure, OWNER/NAME/EXPOSURE_PART.jsonl with a line an alert and EXPOSURE_PART.avro with the \
        whole alerts; PART names the alerts that came together, so that a later part of the exposure \
        writes over nothing. What was given out is written down beside the catalog (CATALOG.filters): a user's \
        cap holds over all runs and processes, and a rerun gives the same alerts out again. A filter \
        that overruns its time or memory three visits in a row is suspended.

        EXAMPLE
          ecliptic filter run --catalog survey.db tagged.avro --output chosen
        """)

    @OptionGroup var catalog: CatalogOption
    @Argument(help: "Alerts: containers, framed messages, folders of them.")
    var alerts: [String]
    @Option(help: ArgumentHelp("Where what is chosen goes.", valueName: "folder"))
    var output: String
    @Option(help: "Only this owner's filters.")
    var owner: String?
    @OptionGroup var input: FilterAlertsOption
    @OptionGroup var jobs: JobsOption
    @OptionGroup var report: ReportOption

    func validate() throws {
      if alerts.isEmpty { throw ValidationError("no alerts are given") }
    }

    func run() async throws {
      let filters = try FilterSelection.active(catalog: catalog.catalog, owner: owner)
      let ledger = try FilterLedger(path: FilterLedger.path(ofCatalog: catalog.catalog))
      var stage = FilterStage(
        FilterRunner(filters, limits: input.limits), ledger: ledger,
        folder: FilterFolder(path: output), jobs: jobs.count)
      let quarantined = try await input.run(&stage, over: alerts, jobs: jobs.count) {
        visit, outcomes in
        FilterReporting.printFailures(visit, outcomes)
      }
      try FilterReporting.print(stage.report, json: report.json)
      Reporting.printQuarantined(quarantined)
      try Reporting.exitIfQuarantined(quarantined.count)
    }
  }
}
