import ArgumentParser
import Astrometry
import Catalog
import Dynamics
import Linking
import Logging
import Nightly

struct NightlyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nightly",
    abstract: "Links the detections of the last nights and brings the catalog up to date.",
    discussion: """
      Works on the nights of a window that ends with --night (local noon to noon, the date of the \
      evening): finds linkages, fits their orbits, makes new SSObjects and extends those that are \
      known. A run whose input was seen before changes nothing and reports what was found then.

      EXAMPLE
        ecliptic nightly --catalog survey.db --night 2026-11-22 --window-days 15
      """)

  @OptionGroup var catalog: CatalogOption
  @Option(help: ArgumentHelp("The last night of the window.", valueName: "yyyy-mm-dd"))
  var night: String
  @Option(help: ArgumentHelp("Nights in the window.", valueName: "n"))
  var windowDays = 15
  @Flag(help: "Do the work again even if the same input was seen before.")
  var force = false
  @OptionGroup var jobs: JobsOption
  @OptionGroup var report: ReportOption
  @OptionGroup var log: LogOptions

  func validate() throws {
    if Night(date: night) == nil {
      throw ValidationError("--night \(night): expected a date such as 2026-11-22")
    }
    if !(1...400).contains(windowDays) {
      throw ValidationError("--window-days \(windowDays): expected 1 to 400")
    }
  }

  func run() async throws {
    let logger = log.logger("nightly")
    let progress = Progress(quiet: log.quiet)
    let solarSystem = try SolarSystem.load()
    // What tag --ingest could not put in while another run held the catalog.
    _ = try DetectionFeed(catalog: catalog.catalog, solarSystem: solarSystem).finish()
    let catalog = try Catalog(path: catalog.catalog, access: .readWriteExisting)
    let options = NightlyOptions(
      night: Night(date: night)?.mjd ?? 0, windowDays: windowDays, jobs: jobs.count, force: force)
    let run = NightlyRun(
      catalog: catalog, solarSystem: solarSystem, options: options,
      progress: { stage in
        logger.info("stage \(stage)")
        progress.show("nightly: \(stage)")
      })
    let result = try await run.run()
    progress.clear()
    try catalog.close()
    if report.json {
      try Reporting.printJSON(result)
    } else {
      try Reporting.printText(NightlyText.text(of: result))
    }
    for reason in result.quarantined.prefix(20) { Reporting.printError("not used: \(reason)") }
    try Reporting.exitIfQuarantined(result.quarantined.count)
  }
}
