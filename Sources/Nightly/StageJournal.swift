import Catalog
import Foundation

/// Keeps a run's journal: which stages are done, how long they took, and the report as it grows.
///
/// A stage's record goes into the transaction of the stage's own changes: what the journal says is
/// done is done, what it does not say has left no trace.
struct StageJournal {
  let runId: Int
  private let night: Int
  private let inputDigest: String
  private let progress: @Sendable (String) -> Void
  private var done: Set<String>
  private var startedAt = Date.now
  var report: NightlyReport

  /// - Parameters:
  ///   - run: the one to go on with.
  ///   - report: the one to begin with when nothing is done yet.
  init(
    run: JournaledRun, night: Int, inputDigest: String, report: NightlyReport,
    progress: @escaping @Sendable (String) -> Void
  ) {
    runId = run.runId
    self.night = night
    self.inputDigest = inputDigest
    self.progress = progress
    done = Set(run.stages.map(\.stage))
    self.report = run.stages.last.flatMap(NightlyReport.init) ?? report
  }

  /// Begins a stage; false when it was done before.
  mutating func begin(_ stage: String) -> Bool {
    guard !done.contains(stage) else { return false }
    progress(stage)
    startedAt = Date.now
    return true
  }

  /// The record of a stage whose work is done but for the writing.
  mutating func end(_ stage: String) throws -> StageRecord {
    let seconds = Date.now.timeIntervalSince(startedAt)
    done.insert(stage)
    // The nights of one kind of stage count together.
    let kind = String(stage.prefix { $0 != " " })
    if let index = report.stages.firstIndex(where: { $0.stage == kind }) {
      report.stages[index].seconds += seconds
    } else {
      report.stages.append(.init(stage: kind, seconds: seconds))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return StageRecord(
      stage: stage, night: night, inputDigest: inputDigest, startedAt: startedAt,
      seconds: seconds, figures: String(decoding: try encoder.encode(report), as: UTF8.self))
  }
}

extension NightlyReport {
  /// Nil for a report that another version wrote in another form: as if the stage had not been.
  init?(_ record: StageRecord) {
    guard
      let report = try? JSONDecoder().decode(
        NightlyReport.self, from: Data(record.figures.utf8))
    else { return nil }
    self = report
  }
}
