import ArgumentParser
import Astrometry
import Catalog
import Dynamics
import Foundation
import Linking
import Logging
import Nightly

struct NightlyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nightly",
    abstract: "Links the detections of the last nights and brings the catalog up to date.",
    discussion: """
      Works on the nights of a window that ends with --night (local noon to noon, the date of the \
      evening): judges the visits by the known objects that they show and sets aside those that are \
      wrong, gives detections to the known objects that they are, links the others, fits their \
      orbits, makes new SSObjects, searches these in the other nights of the catalog and makes the \
      next night's table of predictions for tag and predict. Each stage is committed when it is \
      done: a run that was killed goes on where it was. A run whose input was seen before changes \
      nothing and reports what was found then.

      --night FIRST..LAST catches up: one run for each of the nights that the catalog has, in order. \
      --night latest is the newest night of the catalog, last-evening that of yesterday's evening \
      (UTC's date).

      --inject N puts N synthetic objects' detections among the free ones, in memory only, and \
      reports which of them are found. --config FILE gives options as JSON; what the command line \
      says comes first.

      Exit codes: 0 done; 1 failed, nothing half-written, run it again; 2 usage; 3 done, but records \
      were quarantined; 4 another run holds the catalog; 5 done, but the night is abnormal: the \
      report names the alarms and says what to do (comes before 3).

      EXAMPLE
        ecliptic nightly --catalog survey.db --night 2026-11-22 --window-days 15
        ecliptic nightly --catalog survey.db --night 2026-11-01..2026-11-22
        ecliptic nightly --config nightly.json --night last-evening --html night.html
        ecliptic nightly --config nightly.json --check-config
      """)

  @Option(help: ArgumentHelp("The catalog, an SQLite file.", valueName: "file"))
  var catalog: String?
  @Option(
    help: ArgumentHelp(
      "The last night of the window: a date, FIRST..LAST, latest or last-evening.",
      valueName: "date"))
  var night: String?
  @Option(help: ArgumentHelp("Nights in the window (default: 15).", valueName: "n"))
  var windowDays: Int?
  @Flag(help: "Do the work again even if the same input was seen before.")
  var force = false
  @Option(
    help: ArgumentHelp(
      "Begin anew at visits, attribution, linking, precovery or tables, even if that is done.",
      valueName: "stage"))
  var from: String?
  @Flag(
    help: "Report what a run would do; work on a copy beside the catalog, which stays as it is.")
  var dryRun = false
  @Option(help: ArgumentHelp("Synthetic objects to measure completeness by.", valueName: "n"))
  var inject: Int?
  @Option(help: ArgumentHelp("Write the report as a page with plots, too.", valueName: "file"))
  var html: String?
  @Option(
    help: ArgumentHelp("Write figures for Prometheus' textfile collector.", valueName: "file"))
  var metrics: String?
  @Option(help: ArgumentHelp("Options as JSON; every key is optional.", valueName: "file"))
  var config: String?
  @Flag(help: "Print the options in effect and what is wrong with them; run nothing.")
  var checkConfig = false
  @OptionGroup var jobs: JobsOption
  @OptionGroup var report: ReportOption
  @OptionGroup var log: LogOptions

  func validate() throws {
    if let night, NightChoice(night) == nil {
      throw ValidationError("--night \(night): expected \(NightlyConfig.nightForms)")
    }
    if let from, NightlyOptions.Stage(rawValue: from) == nil {
      let names = NightlyOptions.Stage.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--from \(from): expected one of \(names)")
    }
    if let windowDays, !(1...400).contains(windowDays) {
      throw ValidationError("--window-days \(windowDays): expected 1 to 400")
    }
    if let inject, !(0...100_000).contains(inject) {
      throw ValidationError("--inject \(inject): expected 0 to 100000")
    }
    guard config == nil else { return }
    if catalog == nil { throw ValidationError("Missing expected argument '--catalog <file>'") }
    if night == nil, !checkConfig {
      throw ValidationError("Missing expected argument '--night <date>'")
    }
  }

  /// The configuration with what the command line says in its place.
  func settings() throws -> NightlyConfig {
    var settings = try config.map { try NightlyConfig(path: $0) } ?? NightlyConfig()
    if let catalog { settings.catalog = catalog }
    if let night { settings.night = night }
    if let windowDays { settings.windowDays = windowDays }
    if let inject { settings.inject = inject }
    if let html { settings.html = html }
    if let metrics { settings.metrics = metrics }
    if let count = jobs.jobs { settings.jobs = count }
    return settings
  }

  func run() async throws {
    let settings = try settings()
    if checkConfig { return try ConfigCheck(settings, path: config).report(json: report.json) }
    guard settings.problems.isEmpty, let path = settings.catalog, let night = settings.night else {
      var problems = settings.problems
      if settings.catalog == nil {
        problems.append("catalog: missing; give it here or as --catalog")
      }
      if settings.night == nil { problems.append("night: missing; give it here or as --night") }
      throw CommandError.badConfig(path: config ?? "", problems: problems)
    }
    let startedAt = Date.now
    var run = NightlyExecution(
      settings: settings, force: force, from: from, dryRun: dryRun, json: report.json, log: log)
    var code: Int32 = 0
    do {
      try await run.run(path, night)
    } catch {
      code = ExitStatus.code(for: error).rawValue
      try writeMetrics(settings, run, code, path, startedAt)
      throw error
    }
    try writeMetrics(settings, run, code, path, startedAt)
  }

  /// Also of a run that failed: then without the night's figures.
  private func writeMetrics(
    _ settings: NightlyConfig, _ run: NightlyExecution, _ code: Int32, _ path: String,
    _ startedAt: Date
  ) throws {
    guard let file = settings.metrics, !dryRun else { return }
    try NightlyMetrics(
      run.reports.last, exitCode: code, seconds: Date.now.timeIntervalSince(startedAt),
      catalog: path, now: .now
    ).write(to: file)
  }
}
