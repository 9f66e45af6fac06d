import Foundation
import GRDBSQLite

/// What one filter may use on one visit.
public struct FilterLimits: Sendable, Hashable {
  /// Processor time of one filter [ms]; of the processor, so that a busy machine stops nobody.
  public var milliseconds = 100.0
  /// Memory that SQLite may take for it.
  public var bytes = 64 << 20
  /// Alerts that a user gets of a visit, over all filters.
  public var alertsPerUser = 20

  public init() {}
}

/// Watches one statement at a time, asked by SQLite every few hundred steps.
final class FilterBudget {
  private var end: UInt64 = 0
  private var mostMemory: Int64 = .max
  private var wallEnd: UInt64 = 0
  private var selects = 0
  /// Processor time that the statement may take [ms].
  private(set) var milliseconds = 0.0
  private var looks = 0
  /// Of ``ScratchStore`` [bytes].
  private var scratchBytes: Int64 = 0
  /// The visit's tables that the statement reads.
  private(set) var tables: Set<String> = []
  private(set) var isOverTime = false
  private(set) var isOverMemory = false
  private(set) var isTooNested = false

  /// Steps of SQLite's machine from one look to the next: some microseconds, in which not many values
  /// can be made. What takes longer in one step looks by itself.
  static let steps: Int32 = 200
  /// Looks at the clock for one at SQLite's memory, which all threads share a lock for.
  private static let looksPerMemory = 4

  /// SELECTs in a filter, those that names stand for counted each time: a view of a view of a view
  /// grows without end before SQLite takes the first step.
  private static let mostSelects = 64

  /// - Parameters:
  ///   - milliseconds: processor time that it may take.
  ///   - bytes: memory that it may take.
  ///   - baseline: memory that SQLite has in use without the filter.
  func start(milliseconds: Double, bytes: Int, baseline: Int64) {
    self.milliseconds = milliseconds
    let time = UInt64(milliseconds * 1e6)
    end = Self.threadTime() + time
    wallEnd = Self.time(CLOCK_MONOTONIC) + time
    selects = 0
    looks = 0
    isTooNested = false
    tables = []
    mostMemory = baseline + Int64(bytes)
    isOverTime = false
    isOverMemory = false
  }

  /// Whether to go on.
  func allows() -> Bool {
    looks &+= 1
    if looks % Self.looksPerMemory == 0, sqlite3_memory_used() + scratchBytes > mostMemory {
      isOverMemory = true
    }
    // As long as the clock on the wall has not gone on so far, the processor's can't have; that one
    // takes a call of the system.
    if Self.time(CLOCK_MONOTONIC) > wallEnd, Self.threadTime() > end { isOverTime = true }
    return !isOverTime && !isOverMemory
  }

  /// Whether a statement that is being compiled may have another SELECT.
  func allowsSelect() -> Bool {
    selects += 1
    if selects > Self.mostSelects { isTooNested = true }
    return !isTooNested && allows()
  }

  /// Whether a statement that is being compiled may read a table.
  func reads(table name: String) -> Bool {
    guard VisitTable.names.contains(name), allows() else { return false }
    tables.insert(name)
    return true
  }

  /// Whether there may be so much more in memory files.
  func takes(_ bytes: Int) -> Bool {
    if sqlite3_memory_used() + scratchBytes + Int64(bytes) > mostMemory { isOverMemory = true }
    guard !isOverMemory else { return false }
    scratchBytes += Int64(bytes)
    return true
  }

  func givesBack(_ bytes: Int) { scratchBytes -= Int64(bytes) }

  /// Processor time of this thread [ns].
  static func threadTime() -> UInt64 { time(CLOCK_THREAD_CPUTIME_ID) }

  private static func time(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
