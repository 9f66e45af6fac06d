import Foundation

/// Wall and processor time since it was made.
struct Stopwatch {
  private let wallStart = Self.seconds(CLOCK_MONOTONIC)
  private let cpuStart = Self.seconds(CLOCK_PROCESS_CPUTIME_ID)

  var wall: Double { Self.seconds(CLOCK_MONOTONIC) - wallStart }
  var cpu: Double { Self.seconds(CLOCK_PROCESS_CPUTIME_ID) - cpuStart }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
