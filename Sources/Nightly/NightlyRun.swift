public import Catalog
public import Dynamics
import Foundation
import Linking

/// One nightly run over one catalog.
public struct NightlyRun: Sendable {
  let catalog: Catalog
  let solarSystem: SolarSystem
  let options: NightlyOptions
  /// Called at the beginning of each stage, with its name.
  let progress: @Sendable (String) -> Void

  public init(
    catalog: Catalog, solarSystem: SolarSystem, options: NightlyOptions,
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.catalog = catalog
    self.solarSystem = solarSystem
    self.options = options
    self.progress = progress
  }

  /// Runs all stages. The same input gives the same catalog, whatever the number of jobs; input
  /// that was seen before is not worked on again unless ``NightlyOptions/force`` says so.
  ///
  /// - Throws: ``NightlyError`` when there is nothing to work on, ``CatalogError``, and whatever
  ///   makes linking impossible; the catalog is then as it was.
  public func run() async throws -> NightlyReport {
    var clock = StageClock(night: options.night, progress: progress)
    clock.begin("read")
    let window = try catalog.detections(nights: options.window)
    if window.isEmpty {
      throw NightlyError.noDetections(
        first: options.window.lowerBound, last: options.window.upperBound,
        have: try catalog.nights())
    }
    let input = InputDigest(window, options: options)
    clock.inputDigest = input.whole
    if !options.force, let done = try earlierReport(input.whole) { return done }

    var report = NightlyReport(
      firstNight: options.window.lowerBound, lastNight: options.window.upperBound)
    report.detections = window.count
    report.optionsDigest = input.options
    report.nightDigests = Dictionary(
      uniqueKeysWithValues: input.nights.map { ("\($0.key)", $0.value) })
    let newNights = options.force ? nil : input.newNights(since: try lastReport())
    report.newNights = newNights?.sorted()

    clock.begin("prepare")
    var table = ObservationTable()
    report.quarantined += try await prepare(window, into: &table)

    clock.begin("link")
    let found = try await link(table, newNights: newNights)
    report.tracklets = found.counts.tracklets
    report.linkages = found.linkages.count

    clock.begin("fit")
    let outcomes = try await resolve(found.linkages, &table, &report)

    clock.begin("write")
    let updates = try await updates(outcomes, table, &report)
    let stages = clock.finish()
    report.stages = stages.map { .init(stage: $0.stage, seconds: $0.seconds) }
    try catalog.apply(updates, stages: try records(stages, report))
    return report
  }

  // MARK: - The journal

  /// The stage that stands for the whole run in the journal: it holds the report.
  private static let lastStage = "write"

  private func earlierReport(_ digest: String) throws -> NightlyReport? {
    guard
      let record = try catalog.stage(Self.lastStage, night: options.night, inputDigest: digest)
    else { return nil }
    guard var report = Self.report(in: record) else { return nil }
    report.alreadyDone = true
    return report
  }

  /// Of the run before this one, whatever its night.
  private func lastReport() throws -> NightlyReport? {
    try catalog.lastStage(Self.lastStage).flatMap(Self.report)
  }

  /// Nil for a report that another version wrote in another form: as if the run had not been.
  private static func report(in record: StageRecord) -> NightlyReport? {
    try? JSONDecoder().decode(NightlyReport.self, from: Data(record.figures.utf8))
  }

  private func records(
    _ stages: [StageRecord], _ report: NightlyReport
  ) throws -> [StageRecord] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = String(decoding: try encoder.encode(report), as: UTF8.self)
    return stages.map { stage in
      var stage = stage
      if stage.stage == Self.lastStage { stage.figures = text }
      return stage
    }
  }
}

/// Times the stages of a run.
private struct StageClock {
  let night: Int
  let progress: @Sendable (String) -> Void
  var inputDigest = ""
  private var done: [StageRecord] = []
  private var current: (stage: String, startedAt: Date)?

  init(night: Int, progress: @escaping @Sendable (String) -> Void) {
    self.night = night
    self.progress = progress
  }

  mutating func begin(_ stage: String) {
    end()
    progress(stage)
    current = (stage, Date.now)
  }

  /// The stages, all with the digest of the input. The last one's time ends here, before the
  /// transaction that it stands in.
  mutating func finish() -> [StageRecord] {
    end()
    return done.map { stage in
      var stage = stage
      stage.inputDigest = inputDigest
      return stage
    }
  }

  private mutating func end() {
    guard let current else { return }
    done.append(
      StageRecord(
        stage: current.stage, night: night, inputDigest: inputDigest,
        startedAt: current.startedAt, seconds: Date.now.timeIntervalSince(current.startedAt),
        figures: "{}"))
    self.current = nil
  }
}
