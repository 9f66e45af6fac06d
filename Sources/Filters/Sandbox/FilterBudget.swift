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
  private(set) var isOverTime = false
  private(set) var isOverMemory = false

  /// Steps of SQLite's machine from one look to the next: some microseconds, in which not many
  /// values can be made.
  static let steps: Int32 = 500

  /// - Parameter baseline: memory that SQLite has in use without the filter.
  func start(_ limits: FilterLimits, baseline: Int64) {
    end = Self.threadTime() + UInt64(limits.milliseconds * 1e6)
    mostMemory = baseline + Int64(limits.bytes)
    isOverTime = false
    isOverMemory = false
  }

  /// Whether to go on.
  func allows() -> Bool {
    if sqlite3_memory_used() > mostMemory { isOverMemory = true }
    if Self.threadTime() > end { isOverTime = true }
    return !isOverTime && !isOverMemory
  }

  /// Processor time of this thread [ns].
  static func threadTime() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
