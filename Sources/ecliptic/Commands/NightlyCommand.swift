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
      evening): gives detections to the known objects that they are, links the others, fits their \
      orbits, makes new SSObjects, searches these in the other nights of the catalog and makes the \
      next night's table of predictions for tag and predict. Each stage is committed when it is done: a run that was killed goes on where it was. A run whose input \
      was seen before changes nothing and reports what was found then.

      --night FIRST..LAST catches up: one run for each of the nights that the catalog has, in order.

      EXAMPLE
        ecliptic nightly --catalog survey.db --night 2026-11-22 --window-days 15
        ecliptic nightly --catalog survey.db --night 2026-11-01..2026-11-22
      """)

  @OptionGroup var catalog: CatalogOption
  @Option(help: ArgumentHelp("The last night of the window, or FIRST..LAST.", valueName: "date"))
  var night: String
  @Option(help: ArgumentHelp("Nights in the window.", valueName: "n"))
  var windowDays = 15
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
  @OptionGroup var jobs: JobsOption
  @OptionGroup var report: ReportOption
  @OptionGroup var log: LogOptions

  func validate() throws {
    guard let nights else {
      throw ValidationError(
        "--night \(night): expected a date such as 2026-11-22, or two with .. between them")
    }
    if nights.count > 4000 { throw ValidationError("--night \(night): more than 4000 nights") }
    if let from, NightlyOptions.Stage(rawValue: from) == nil {
      let names = NightlyOptions.Stage.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--from \(from): expected one of \(names)")
    }
    if !(1...400).contains(windowDays) {
      throw ValidationError("--window-days \(windowDays): expected 1 to 400")
    }
  }

  private var nights: ClosedRange<Int>? {
    guard let dots = night.firstRange(of: "..") else {
      return Night(date: night).map { $0.mjd...$0.mjd }
    }
    guard let first = Night(date: String(night[..<dots.lowerBound])),
      let last = Night(date: String(night[dots.upperBound...])), first <= last
    else { return nil }
    return first.mjd...last.mjd
  }

  func run() async throws {
    let solarSystem = try SolarSystem.load()
    guard dryRun else {
      // What tag --ingest could not put in while another run held the catalog.
      _ = try DetectionFeed(catalog: catalog.catalog, solarSystem: solarSystem).finish()
      return try await run(
        try Catalog(path: catalog.catalog, access: .readWriteExisting), solarSystem)
    }
    let copy = catalog.catalog + ".\(getpid()).dry-run"
    defer {
      for suffix in ["", "-wal", "-shm", ".lock"] {
        try? FileManager.default.removeItem(atPath: copy + suffix)
      }
    }
    try Catalog(path: catalog.catalog, access: .readOnly).backup(to: copy)
    try await run(try Catalog(path: copy, access: .readWriteExisting), solarSystem)
  }

  private func run(_ catalog: Catalog, _ solarSystem: SolarSystem) async throws {
    let logger = log.logger("nightly")
    let progress = Progress(quiet: log.quiet)
    let wanted = nights ?? 0...0
    // A single night that is not there is an error; in a row of nights it is a cloudy one.
    let list =
      wanted.count == 1
      ? Array(wanted) : try catalog.nightList().filter { wanted.contains($0) }
    if list.isEmpty {
      throw NightlyError.noDetections(
        first: wanted.lowerBound, last: wanted.upperBound, have: try catalog.nights())
    }
    var results: [NightlyReport] = []
    for mjd in list {
      var options = NightlyOptions(
        night: mjd, windowDays: windowDays, jobs: jobs.count, force: force,
        from: from.flatMap { NightlyOptions.Stage(rawValue: $0) })
      // The next night of the last one alone: the others are over.
      if dryRun || mjd != list.last { options.tables = nil }
      let run = NightlyRun(
        catalog: catalog, solarSystem: solarSystem, options: options,
        progress: { stage in
          logger.info("night \(Night(mjd: mjd)): \(stage)")
          progress.show("nightly \(Night(mjd: mjd)): \(stage)")
        })
      results.append(try await run.run())
    }
    progress.clear()
    try catalog.close()
    try print(results)
  }

  private func print(_ results: [NightlyReport]) throws {
    if report.json {
      if results.count == 1 {
        try Reporting.printJSON(results[0])
      } else {
        try Reporting.printJSON(results)
      }
    } else {
      try Reporting.printText(
        results.map { NightlyText.text(of: $0) }.joined(separator: "\n"))
    }
    let quarantined = results.flatMap(\.quarantined)
    for reason in quarantined.prefix(20) { Reporting.printError("not used: \(reason)") }
    if results.contains(where: { !$0.alarms.isEmpty }) { throw ExitStatus.abnormal }
    try Reporting.exitIfQuarantined(quarantined.count)
  }
}
