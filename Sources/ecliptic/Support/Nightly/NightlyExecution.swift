import ArgumentParser
import Astrometry
import Catalog
import Dynamics
import Foundation
import Logging
import Nightly

/// The runs of one `nightly` command, and what it writes about them.
struct NightlyExecution {
  let settings: NightlyConfig
  let force: Bool
  let from: String?
  let dryRun: Bool
  let json: Bool
  let log: LogOptions
  /// What was done, as far as it came.
  private(set) var reports: [NightlyReport] = []

  init(
    settings: NightlyConfig, force: Bool, from: String?, dryRun: Bool, json: Bool, log: LogOptions
  ) {
    self.settings = settings
    self.force = force
    self.from = from
    self.dryRun = dryRun
    self.json = json
    self.log = log
  }

  mutating func run(_ path: String, _ night: String) async throws {
    let path = Catalog.file(at: path)
    // A night that is built on damaged pages spreads the damage, and nobody watches.
    try Catalog.checkPages(of: path)
    let solarSystem = try SolarSystem.load()
    guard dryRun else {
      // What tag --ingest could not put in while another run held the catalog.
      _ = try DetectionFeed(catalog: path, solarSystem: solarSystem).finish()
      return try await run(
        try Catalog(path: path, access: .readWriteExisting), night, solarSystem)
    }
    let copy = path + ".\(getpid()).dry-run"
    let whole = try Catalog(path: path, access: .readOnly)
    let made = try whole.scratchCopy(at: copy)
    try whole.close()
    defer {
      for name in made + ["-wal", "-shm", ".lock"].map({ copy + $0 }) {
        try? FileManager.default.removeItem(atPath: name)
      }
    }
    do {
      try await run(try Catalog(path: copy, access: .readWriteExisting), night, solarSystem)
    } catch let error as CatalogError {
      throw error.aboutSource(path, of: copy)
    }
  }

  private mutating func run(
    _ catalog: Catalog, _ night: String, _ solarSystem: SolarSystem
  ) async throws {
    let logger = log.logger("nightly")
    let progress = Progress(quiet: log.quiet)
    let list = try nights(night, catalog)
    for mjd in list {
      let run = NightlyRun(
        catalog: catalog, solarSystem: solarSystem, options: options(mjd, isLast: mjd == list.last),
        progress: { stage in
          logger.info("night \(Night(mjd: mjd)): \(stage)")
          progress.show("nightly \(Night(mjd: mjd)): \(stage)")
        })
      reports.append(try await run.run())
    }
    progress.clear()
    let past = try catalog.pastNights(before: reports.last?.lastNight ?? 0, count: 29)
    try catalog.close()
    try write(past)
  }

  private func nights(_ text: String, _ catalog: Catalog) throws -> [Int] {
    let have = try catalog.nights()
    let wanted = NightChoice(text)?.nights(newest: have?.upperBound, now: .now) ?? 0...0
    // A single night that is not there is an error; in a row of nights it is a cloudy one.
    let list =
      wanted.count == 1
      ? Array(wanted) : try catalog.nightList().filter { wanted.contains($0) }
    if list.isEmpty {
      throw NightlyError.noDetections(
        first: wanted.lowerBound, last: wanted.upperBound, have: have)
    }
    return list
  }

  private func options(_ mjd: Int, isLast: Bool) -> NightlyOptions {
    var options = NightlyOptions(
      night: mjd, windowDays: settings.windowDays ?? NightlyConfig.usualWindowDays,
      linking: settings.linking,
      jobs: settings.jobs ?? ProcessInfo.processInfo.activeProcessorCount, force: force,
      from: from.flatMap { NightlyOptions.Stage(rawValue: $0) })
    options.alarms = settings.alarms
    // The next night of the last one alone: the others are over.
    options.tables = dryRun || !isLast ? nil : settings.tables
    options.injected = isLast ? settings.inject ?? 0 : 0
    return options
  }

  // MARK: - Reports

  private func write(_ past: [PastNight]) throws {
    let text = reports.map { NightlyText.text(of: $0) }.joined(separator: "\n")
    if json, reports.count == 1 {
      try Reporting.printJSON(reports[0].forMachines)
    } else if json {
      try Reporting.printJSON(reports.map(\.forMachines))
    } else {
      try Reporting.printText(text)
    }
    if let last = reports.last, !dryRun || settings.html != nil {
      try writeFiles(last, text, past)
    }
    let quarantined = reports.flatMap(\.quarantined)
    for reason in quarantined.prefix(20) { Reporting.printError("not used: \(reason)") }
    if settings.alarmExitCode, reports.contains(where: { !$0.alarms.isEmpty }) {
      throw ExitStatus.abnormal
    }
    try Reporting.exitIfQuarantined(quarantined.count)
  }

  private func writeFiles(_ last: NightlyReport, _ text: String, _ past: [PastNight]) throws {
    if let file = settings.text { try OutputFile.write(to: file) { try $0.write(text) } }
    if let file = settings.json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      let data = try encoder.encode(last.forMachines)
      try OutputFile.write(to: file) { try $0.write(bytes: data) }
    }
    if let file = settings.html {
      let name = URL(filePath: settings.catalog ?? "").lastPathComponent
      let page = ReportPage(last, past: past, catalog: name).html
      try OutputFile.write(to: file) { try $0.write(page) }
    }
  }
}

extension NightlyReport {
  /// Without the thousands of places that only a picture needs.
  var forMachines: NightlyReport {
    var report = self
    report.pictures?.points = []
    report.pictures?.fields = []
    return report
  }
}
