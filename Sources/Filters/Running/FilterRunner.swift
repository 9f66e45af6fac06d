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

  /// The same without some filters.
  func without(_ filters: [UserFilter]) -> FilterRunner {
    guard !filters.isEmpty else { return self }
    let ids = Set(filters.map(\.id))
    return FilterRunner(self.filters.filter { !ids.contains($0.id) }, limits: limits)
  }

  /// Compiles a text without running it.
  ///
  /// - Returns: the names of its columns, SQLite's plan of it, and the visit's tables that it reads.
  /// - Throws: ``FilterError`` for what is wrong with it.
  public static func check(
    _ text: String, limits: FilterLimits = FilterLimits()
  ) throws(FilterError) -> (columns: [String], plan: [String], tables: Set<String>) {
    let sandbox = try FilterSandbox(Self.emptyTables, limits: limits)
    let statement = FilterText(text)
    let (columns, tables) = try sandbox.check(statement)
    return (columns, try sandbox.explain(statement), tables)
  }

  private static var emptyTables: [VisitTable] {
    [
      VisitTable(name: "alerts", columns: AlertColumns.all, key: "diaSourceId", parts: []),
      CandidateTable.make([]), MissingTable.make([]),
    ]
  }

  /// Runs every filter.
  ///
  /// - Parameters:
  ///   - tables: `alerts`, and `candidates` and `missing` where there are any.
  ///   - promised: what filters were promised of the visit before, of ``FilterLedger/promised(visit:)``:
  ///     that is kept, wherever it stands in a filter's order.
  ///   - jobs: cores.
  /// - Returns: an outcome for each filter, in their order; before any cap but that of one filter.
  /// - Throws: when the task is cancelled.
  public func run(
    on tables: [VisitTable], promised: [String: Set<Int64>] = [:], jobs: Int
  ) async throws -> [FilterOutcome] {
    let tables =
      tables
      + Self.emptyTables.filter { empty in
        !tables.contains { $0.name == empty.name }
      }
    let visit = Visit(
      tables: tables, promised: promised,
      shares: OwnerShares(filters.map(\.owner), limits, alerts: tables[0].rowCount),
      baseline: sqlite3_memory_used())
    let parts = try await parallelMap(
      count: filters.count, chunk: max(1, filters.count / (jobs * 8)), jobs: jobs
    ) { range in
      run(range, on: visit)
    }
    var outcomes = parts.flatMap { $0 }
    // What other threads had of SQLite's memory was counted too: whoever seemed to take too much has
    // another try alone, with the time that the first has left.
    for index in outcomes.indices {
      guard case .tooLarge = outcomes[index].failure else { continue }
      var alone = visit
      alone.baseline = sqlite3_memory_used()
      alone.spent = outcomes[index].milliseconds
      outcomes[index] = run(index..<index + 1, on: alone)[0]
    }
    return outcomes
  }

  /// What filters run on.
  private struct Visit {
    var tables: [VisitTable]
    var promised: [String: Set<Int64>]
    var shares: OwnerShares
    /// What SQLite has in use without any filter [bytes].
    var baseline: Int64
    /// Time that the filter took in a first try [ms].
    var spent = 0.0
  }

  private func run(_ range: Range<Int>, on visit: Visit) -> [FilterOutcome] {
    var sandbox: FilterSandbox?
    return range.map { index in
      var outcome = FilterOutcome(filter: filters[index])
      do throws(FilterError) {
        let room: FilterSandbox
        if let sandbox {
          room = sandbox
        } else {
          room = try FilterSandbox(visit.tables, limits: limits)
          sandbox = room
        }
        try run(index, in: room, on: visit, &outcome)
      } catch {
        outcome.failure = error
      }
      return outcome
    }
  }

  private func run(
    _ index: Int, in room: FilterSandbox, on visit: Visit, _ outcome: inout FilterOutcome
  ) throws(FilterError) {
    let share = visit.shares.milliseconds(of: index)
    // A second try may take what the first has left, and always a tenth.
    let time = max(limits.milliseconds / 10, min(share, limits.milliseconds) - visit.spent)
    defer {
      outcome.milliseconds = visit.spent + room.lastMilliseconds
      visit.shares.took(room.lastMilliseconds, index)
    }
    let allowance = FilterSandbox.Allowance(
      milliseconds: time, lines: limits.alertsPerUser,
      promised: visit.promised[filters[index].id] ?? [], baseline: visit.baseline)
    do throws(FilterError) {
      let answer = try room.run(texts[index], allowance)
      outcome.columns = answer.columns
      outcome.lines = Array(zip(answer.rows, answer.values))
      outcome.isOfMissing = answer.isOfMissing
      outcome.matched = answer.matched
    } catch {
      guard case .tooSlow = error else { throw error }
      guard share < limits.milliseconds else { throw .tooSlow(limitMs: limits.milliseconds) }
      throw .noTimeLeft(limitMs: share)
    }
  }
}
