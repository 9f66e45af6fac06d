import Glibc

/// Processor time that a thread spends in the database, what feeds it apart: on a busy machine the
/// clock on the wall says nothing of how fast rows go in.
struct WriterClock {
  private let start = WriterClock.now
  private var elsewhere = 0.0

  /// Runs what is not the database's.
  mutating func outside<Value>(_ body: () throws -> Value) rethrows -> Value {
    let before = Self.now
    defer { elsewhere += Self.now - before }
    return try body()
  }

  /// [s]
  var seconds: Double { Self.now - start - elsewhere }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }
}
