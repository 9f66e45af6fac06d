package import Alerts
import Foundation

/// Filters beside a tagger: takes the parts of files as they are tagged, and runs the filters on every
/// exposure that is complete.
package struct FilterStage: Sendable {
  /// What was done with the visits so far.
  package struct Report: Sendable, Encodable {
    package var visits = 0
    package var filters = 0
    package var matched = 0
    package var delivered = 0
    /// Matched, and left out for the owner's cap.
    package var cut = 0
    /// Runs that ended with a failure.
    package var failed = 0
    /// Wall time of reading, running and delivering [s].
    package var seconds = 0.0
    package var suspended: [String] = []
    /// Why visits could not be kept to try filters on; nothing else was lost.
    package var notKept: [String] = []
  }

  /// Without those that were suspended since it began.
  private var runner: FilterRunner
  private let ledger: FilterLedger?
  private let folder: FilterFolder?
  private let keepsExisting: Bool
  /// Keeps a visit to try filters on later.
  private let keep: (@Sendable (FilterVisit) async throws -> Void)?
  private let jobs: Int
  private var parts: [AlertTagger.FilePart] = []
  package private(set) var report = Report()

  /// - Parameters:
  ///   - ledger: nil: a trial that leaves nothing behind; the cap holds for each filter.
  ///   - folder: where what was chosen goes.
  ///   - keep: called with each visit when it is done; what it throws is told, and stops nothing.
  package init(
    _ runner: FilterRunner, ledger: FilterLedger?, folder: FilterFolder?,
    keepsExisting: Bool = false, jobs: Int,
    keep: (@Sendable (FilterVisit) async throws -> Void)? = nil
  ) {
    self.runner = runner
    self.ledger = ledger
    self.folder = folder
    self.keepsExisting = keepsExisting
    self.jobs = jobs
    self.keep = keep
    report.filters = runner.filters.count
  }

  /// Takes a part; runs when its batch is complete.
  ///
  /// - Returns: what each filter did with each exposure; empty until a batch is complete.
  /// - Throws: ``AlertsError``, ``FilterError/engine(reason:)``.
  package mutating func add(
    _ part: AlertTagger.FilePart
  ) async throws -> [(visit: String, outcomes: [FilterOutcome])] {
    parts.append(part)
    guard part.isLastOfBatch else { return [] }
    let batch = parts
    parts = []
    return try await run(batch).map { ($0.visit.name, $0.outcomes) }
  }

  /// Runs on parts that together are complete exposures.
  ///
  /// - Returns: the exposures, and what each filter did with them, the owners' caps applied.
  /// - Throws: as ``add(_:)``.
  package mutating func run(
    _ batch: [AlertTagger.FilePart]
  ) async throws -> [(visit: FilterVisit, outcomes: [FilterOutcome])] {
    let start = ContinuousClock.now
    var done: [(visit: FilterVisit, outcomes: [FilterOutcome])] = []
    for visit in try await VisitReader.visits(of: batch, jobs: jobs) {
      let promised = try ledger?.promised(visit: visit.name) ?? [:]
      var outcomes = try await runner.run(on: visit.tables, promised: promised, jobs: jobs)
      if let ledger {
        let suspended = try ledger.settle(
          &outcomes, visit: visit.name, part: visit.part, cap: runner.limits.alertsPerUser)
        report.suspended += suspended.map { "\($0.filter.id): \($0.reason)" }
        runner = runner.without(suspended.map(\.filter))
      } else {
        for index in outcomes.indices {
          outcomes[index].cut = outcomes[index].matched - outcomes[index].lines.count
        }
      }
      if let folder { try deliver(outcomes, visit, batch, folder) }
      count(outcomes)
      do {
        try await keep?(visit)
      } catch {
        report.notKept.append("\(visit.name): \(error)")
      }
      done.append((visit, outcomes))
    }
    report.seconds += (ContinuousClock.now - start) / .seconds(1)
    return done
  }

  private func deliver(
    _ outcomes: [FilterOutcome], _ visit: FilterVisit, _ batch: [AlertTagger.FilePart],
    _ folder: FilterFolder
  ) throws(AlertsError) {
    // An alert that many filters chose is made once.
    let rows = Set(outcomes.filter { !$0.isOfMissing }.flatMap { $0.lines.map(\.row) }).sorted()
    var records: [Int: AlertRecord] = [:]
    let byPart = Dictionary(grouping: rows) { visit.places[$0].part }
    for (part, members) in byPart {
      let alerts = members.map { batch[part].result.alerts[visit.places[$0].alert] }
      let made = try AlertTagger.records(
        batch[part].file, of: alerts, keepsExisting: keepsExisting)
      for (row, record) in zip(members, made) { records[row] = record }
    }
    for outcome in outcomes {
      try folder.write(outcome, of: visit) { records[$0] }
    }
  }

  private mutating func count(_ outcomes: [FilterOutcome]) {
    report.visits += 1
    for outcome in outcomes {
      report.matched += outcome.matched
      report.delivered += outcome.lines.count
      report.cut += outcome.cut
      if outcome.failure != nil { report.failed += 1 }
    }
  }
}
