import Foundation
import GRDBSQLite

/// Ends the statement that a connection runs when its time is over.
final class QueryDeadline: @unchecked Sendable {
  /// Nanoseconds of the monotonic clock; read by the connection's own thread alone.
  private let end: UnsafeMutablePointer<UInt64>

  /// - Parameter connection: is closed before this object goes.
  init(of connection: OpaquePointer) {
    end = .allocate(capacity: 1)
    end.initialize(to: .max)
    // Every 2,000 steps of SQLite's machine: some 20 µs.
    sqlite3_progress_handler(
      connection, 2_000,
      { context in
        let end = context?.assumingMemoryBound(to: UInt64.self).pointee ?? 0
        return QueryDeadline.now > end ? 1 : 0
      }, end)
  }

  deinit { end.deallocate() }

  func start(seconds: Double) { end.pointee = Self.now + UInt64(seconds * 1e9) }

  func stop() { end.pointee = .max }

  private static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
