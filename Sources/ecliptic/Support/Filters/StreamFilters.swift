import Alerts
import Filters
import Foundation
import Logging

/// The catalog's filters beside a stream: those that are there now, read again every few seconds.
actor StreamFilters {
  private let catalog: String
  private let topics: FilterTopics
  private let limits: FilterLimits
  private let keepsExisting: Bool
  private let jobs: Int
  private let ledger: FilterLedger
  private let logger: Logger
  private var filters: [UserFilter]
  private var lastLook = ContinuousClock.now
  private let keep: (@Sendable (FilterVisit) async throws -> Void)?
  /// The visits of the batch before, while they are kept: beside the stream, not before its alerts.
  private var keeping: Task<Void, Never>?

  private static let interval = Duration.seconds(10)

  init(
    catalog: String, prefix: String, keepsExisting: Bool, jobs: Int, logger: Logger,
    keep: (@Sendable (FilterVisit) async throws -> Void)?
  ) throws {
    self.keep = keep
    self.catalog = catalog
    topics = FilterTopics(prefix: prefix)
    limits = FilterLimits()
    self.keepsExisting = keepsExisting
    self.jobs = jobs
    self.logger = logger
    ledger = try FilterLedger(path: FilterLedger.path(ofCatalog: catalog))
    filters = try FilterSelection.active(catalog: catalog)
  }

  /// What the filters choose of exposures.
  func choices(_ parts: [AlertTagger.FilePart]) async throws -> [StreamChoice] {
    if lastLook.duration(to: .now) > Self.interval {
      lastLook = .now
      // A catalog that can't be read for a moment stops no stream: the filters stay as they were.
      do {
        filters = try FilterSelection.active(catalog: catalog)
      } catch {
        logger.warning("filters: \(error)")
      }
    }
    guard !filters.isEmpty else { return [] }
    var stage = FilterStage(
      FilterRunner(filters, limits: limits), ledger: ledger, folder: nil,
      keepsExisting: keepsExisting, jobs: jobs)
    let done = try await stage.run(parts)
    for (visit, outcomes) in done {
      for outcome in outcomes {
        if let failure = outcome.failure {
          logger.warning("filter \(outcome.filter.id): \(visit.name): \(failure)")
        }
      }
    }
    for line in stage.report.suspended { logger.warning("suspended: \(line)") }
    if !stage.report.suspended.isEmpty { filters = try FilterSelection.active(catalog: catalog) }
    logger.info("\(FilterReporting.line(stage.report))")
    await begin(keeping: done.map(\.visit))
    return done.flatMap { topics.choices($0.visit, $0.outcomes) }
  }

  private func begin(keeping visits: [FilterVisit]) async {
    guard let keep else { return }
    // One batch at a time is held in memory.
    await keeping?.value
    keeping = Task { [logger] in
      for visit in visits {
        do {
          try await keep(visit)
        } catch {
          logger.warning("not kept to try filters on: \(visit.name): \(error)")
        }
      }
    }
  }

  /// Waits for what is being kept.
  func finish() async { await keeping?.value }
}
