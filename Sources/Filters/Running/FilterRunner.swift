import Astro
import GRDBSQLite

/// Runs all users' filters over a visit, on all cores, each in the same small room.
public struct FilterRunner: Sendable {
  public let filters: [UserFilter]
  public let limits: FilterLimits
  private let texts: [FilterText]

  public init(_ filters: [UserFilter], limits: FilterLimits = FilterLimits()) {
    self.filters = filters
    self.limits = limits
    texts = filters.map { FilterText($0.text) }
  }

  /// Compiles a text without running it.
  ///
  /// - Returns: the names of its columns, and SQLite's plan of it.
  /// - Throws: ``FilterError`` for what is wrong with it.
  public static func check(
    _ text: String, limits: FilterLimits = FilterLimits()
  ) throws(FilterError) -> (columns: [String], plan: [String]) {
    let sandbox = try FilterSandbox(Self.emptyTables, limits: limits)
    let statement = FilterText(text)
    return (try sandbox.check(statement), try sandbox.explain(statement))
  }

  private static var emptyTables: [VisitTable] {
    [
      VisitTable(name: "alerts", columns: AlertColumns.all, key: "diaSourceId", parts: []),
      MissingTable.make([]),
    ]
  }

  /// Runs every filter.
  ///
  /// - Parameters:
  ///   - tables: `alerts`, and `missing` where there is one.
  ///   - jobs: cores.
  /// - Returns: an outcome for each filter, in their order; before any cap but that of one filter.
  /// - Throws: when the task is cancelled.
  public func run(on tables: [VisitTable], jobs: Int) async throws -> [FilterOutcome] {
    let tables =
      tables
      + Self.emptyTables.filter { empty in
        !tables.contains { $0.name == empty.name }
      }
    // What a filter takes is what SQLite takes beyond this; what the other threads' filters take
    // counts too, so whoever seems to take too much has another try alone.
    let baseline = sqlite3_memory_used()
    let parts = try await parallelMap(
      count: filters.count, chunk: max(1, filters.count / (jobs * 8)), jobs: jobs
    ) { range in
      run(range, on: tables, baseline: baseline)
    }
    var outcomes = parts.flatMap { $0 }
    for index in outcomes.indices {
      guard case .tooLarge = outcomes[index].failure else { continue }
      outcomes[index] = run(index..<index + 1, on: tables, baseline: sqlite3_memory_used())[0]
    }
    return outcomes
  }

  private func run(
    _ range: Range<Int>, on tables: [VisitTable], baseline: Int64
  ) -> [FilterOutcome] {
    var sandbox: FilterSandbox?
    return range.map { index in
      var outcome = FilterOutcome(filter: filters[index])
      do throws(FilterError) {
        let room: FilterSandbox
        if let sandbox {
          room = sandbox
        } else {
          room = try FilterSandbox(tables, limits: limits)
          sandbox = room
        }
        let answer = try room.run(
          texts[index], keeping: limits.alertsPerUser, baseline: baseline)
        outcome.columns = answer.columns
        outcome.lines = Array(zip(answer.rows, answer.values))
        outcome.isOfMissing = answer.isOfMissing
        outcome.matched = answer.matched
        outcome.milliseconds = answer.milliseconds
      } catch {
        outcome.failure = error
      }
      return outcome
    }
  }
}
