import Foundation

/// What each stage took.
struct StageTimer: Sendable {
  private(set) var timings: [StageTiming] = []
  private var last = ContinuousClock.now
  private var lastTicks = clock()

  /// A stage ends, the next begins.
  mutating func end(_ stage: String) {
    let now = ContinuousClock.now
    let ticks = clock()
    let d = (now - last).components
    timings.append(
      StageTiming(
        stage: stage, seconds: Double(d.seconds) + Double(d.attoseconds) * 1e-18,
        cpuSeconds: Double(ticks - lastTicks) * 1e-6))
    (last, lastTicks) = (now, ticks)
  }
}
