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
  private(set) var isOverTime = false
  private(set) var isOverMemory = false
  private(set) var isTooNested = false

  /// Steps of SQLite's machine from one look to the next: a microsecond, in which not many values can
  /// be made.
  static let steps: Int32 = 100

  /// SELECTs in a filter, those that names stand for counted each time: a view of a view of a view
  /// grows without end before SQLite takes the first step.
  private static let mostSelects = 64

  /// - Parameter baseline: memory that SQLite has in use without the filter.
  func start(_ limits: FilterLimits, baseline: Int64) {
    let time = UInt64(limits.milliseconds * 1e6)
    end = Self.threadTime() + time
    wallEnd = Self.time(CLOCK_MONOTONIC) + time
    selects = 0
    isTooNested = false
    mostMemory = baseline + Int64(limits.bytes)
    isOverTime = false
    isOverMemory = false
  }

  /// Whether to go on.
  func allows() -> Bool {
    if sqlite3_memory_used() > mostMemory { isOverMemory = true }
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

  /// Processor time of this thread [ns].
  static func threadTime() -> UInt64 { time(CLOCK_THREAD_CPUTIME_ID) }

  private static func time(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
