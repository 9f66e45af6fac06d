public import Catalog
public import Dynamics
import Foundation
import Linking

/// One nightly run over one catalog.
public struct NightlyRun: Sendable {
  let catalog: Catalog
  let solarSystem: SolarSystem
  let options: NightlyOptions
  let ranks: DistanceRanks
  /// Called at the beginning of each stage, with its name.
  let progress: @Sendable (String) -> Void

  public init(
    catalog: Catalog, solarSystem: SolarSystem, options: NightlyOptions,
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.catalog = catalog
    self.solarSystem = solarSystem
    self.options = options
    ranks = DistanceRanks(catalog)
    self.progress = progress
  }

  /// Runs all stages. The same input gives the same catalog, whatever the number of jobs, and
  /// however often the run was killed and begun again; input that was seen before is not worked on
  /// again unless ``NightlyOptions/force`` says so.
  ///
  /// Each stage commits with its record in the journal, and reads what the ones before it left in
  /// the catalog: a run that finds its journal goes on where that ends.
  ///
  /// - Throws: ``NightlyError`` when there is nothing to work on, ``CatalogError``, and whatever
  ///   makes linking impossible; the catalog is then as the last complete stage left it.
  public func run() async throws -> NightlyReport {
    progress("reading")
    let window = try catalog.detections(nights: options.window, includingSetAside: true)
    if window.isEmpty {
      throw NightlyError.noDetections(
        first: options.window.lowerBound, last: options.window.upperBound,
        have: try catalog.nights())
    }
    let imports = try catalog.importDigest()
    let older = try catalog.nightRevisions().filter { $0.night < options.window.lowerBound }
    let input = InputDigest(
      window, judgements: try catalog.visitJudgements(nights: options.window), options: options,
      imports: imports, older: older)
    var earlier = try catalog.run(night: options.night, inputDigest: input.whole)
    if let from = options.from, let done = earlier { earlier = try restarted(done, from: from) }
    if !options.force, var done = earlier?.stage(Catalog.lastStage).flatMap(NightlyReport.init) {
      done.alreadyDone = true
      if options.injected > 0 { done.injection = try await inject(newNights: done.newNights) }
      return done
    }
    var journal = StageJournal(
      run: try resumable(earlier), night: options.night, inputDigest: input.whole,
      report: try emptyReport(
        input, detections: window.count, imports: imports, older: older),
      progress: progress)

    try await review(&journal)
    var known: KnownOrbits?
    try await checkVisits(input, &known, &journal)
    try await attribute(input, &known, &journal)
    known = nil
    try await identify("identification", &journal)
    try await link(&journal)
    try await precover(&journal)
    try await identify("reidentification", &journal)
    try await writeQuantities(&journal)
    try await makeTables(&journal)
    if journal.begin(Catalog.lastStage) {
      let counts = Dictionary(grouping: window, by: \.night).mapValues(\.count)
      journal.report.alarms += try nightAlarms(
        counts, journal.report, since: try catalog.lastStage(Catalog.lastStage)?.startedAt)
      journal.report.injection = try await inject(newNights: journal.report.newNights)
      journal.report.pictures = try pictures(journal.report)
      let record = try journal.end(Catalog.lastStage)
      try catalog.record(record, runId: journal.runId)
    }
    return journal.report
  }

  /// A run of which a stage and those after it are struck from the journal.
  private func restarted(
    _ run: JournaledRun, from stage: NightlyOptions.Stage
  ) throws -> JournaledRun? {
    let names = run.stages.map(\.stage).filter { name in
      stage.kinds.contains(String(name.prefix { $0 != " " }))
    }
    try catalog.forget(stages: names, ofRun: run.runId)
    return try catalog.run(night: options.night, inputDigest: run.stages[0].inputDigest)
  }

  /// The run that was left unfinished, or a new one.
  private func resumable(_ earlier: JournaledRun?) throws -> JournaledRun {
    if let earlier, earlier.stage(Catalog.lastStage) == nil,
      earlier.stages.last.flatMap(NightlyReport.init) != nil
    {
      return earlier
    }
    return try catalog.beginRun()
  }

  private func emptyReport(
    _ input: InputDigest, detections: Int, imports: String,
    older: [(night: Int, revision: Int)]
  ) throws -> NightlyReport {
    let last = try catalog.lastStage(Catalog.lastStage).flatMap(NightlyReport.init)
    var report = NightlyReport(
      firstNight: options.window.lowerBound, lastNight: options.window.upperBound)
    report.detections = detections
    report.optionsDigest = input.options
    report.importDigest = imports
    report.nightDigests = Dictionary(
      uniqueKeysWithValues: input.nights.map { ("\($0.key)", $0.value) })
    report.newNights = options.force ? nil : input.newNights(since: last)?.sorted()
    report.newImports = last?.importDigest != imports
    report.firstRevision = try catalog.newestRevision() + 1
    report.reviewedFrom = last?.firstRevision
    if let last {
      report.lateNights = older.filter { $0.revision >= last.firstRevision }.map(\.night)
    }
    return report
  }
}
