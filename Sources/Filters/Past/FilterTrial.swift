import Alerts
public import Astrometry
import Foundation

/// What a filter would have given its user in past nights.
public struct FilterTrial: Sendable {
  /// What came of it.
  public struct Result: Sendable {
    /// What it did with each visit, the newest first, capped as if it were the user's only one.
    public var visits: [(visit: String, night: Night, alerts: Int, outcome: FilterOutcome)] = []
    /// Visits that were not tried: there was no more time.
    public var leftOut = 0
    /// Files that could not be read, and why.
    public var unreadable: [String] = []

    public var matched: Int { visits.reduce(0) { $0 + $1.outcome.matched } }
    public var kept: Int { visits.reduce(0) { $0 + $1.outcome.lines.count } }
    public var cut: Int { visits.reduce(0) { $0 + $1.outcome.cut } }
    public var milliseconds: Double { visits.reduce(0) { $0 + $1.outcome.milliseconds } }
    public var longestMilliseconds: Double { visits.map(\.outcome.milliseconds).max() ?? 0 }
    public var failure: FilterError? { visits.lazy.compactMap(\.outcome.failure).first }

    /// What would become of the filter: it is suspended after so many overruns in a row.
    public var wouldBeSuspended: Bool {
      var row = 0
      for visit in visits.reversed() {
        row = visit.outcome.failure?.isOverrun == true ? row + 1 : 0
        if row >= FilterLedger.patience { return true }
      }
      return false
    }

    public init() {}
  }

  public var archive: VisitArchive
  public var limits = FilterLimits()
  /// Nights looked at, the newest ones with visits.
  public var nights = 1
  /// Visits tried at most.
  public var mostVisits = Int.max
  /// Wall time after which no other visit is begun [s].
  public var seconds = Double.infinity

  public init(_ archive: VisitArchive) { self.archive = archive }

  /// Tries a filter.
  ///
  /// - Throws: when the task is cancelled.
  public func run(_ filter: UserFilter) async throws -> Result {
    let start = ContinuousClock.now
    let stored = archive.nights().prefix(nights).flatMap { archive.visits(of: $0) }
    let runner = FilterRunner([filter], limits: limits)
    var result = Result()
    for (number, visit) in stored.enumerated() {
      guard number < mostVisits, (ContinuousClock.now - start) / .seconds(1) < seconds else {
        result.leftOut = stored.count - number
        break
      }
      let tables: [VisitTable]
      do throws(AlertsError) {
        tables = try archive.tables(of: visit)
      } catch {
        result.unreadable.append("\(error)")
        continue
      }
      guard var outcome = try await runner.run(on: tables, jobs: 1).first else { continue }
      outcome.cut = outcome.matched - outcome.lines.count
      result.visits.append((visit.name, visit.night, tables[0].rowCount, outcome))
    }
    return result
  }
}
