/// Which exposures of a stream are complete, or waited for long enough.
///
/// Nothing in a stream says that an exposure's last alert has come. It is taken to be complete
/// when every partition went on to later exposures or ended, and a moment passed for stragglers;
/// or when nothing came for it for a time; or, whatever comes, at a latency or at a size. What
/// comes later is matched by itself. Times are in seconds of any steady clock.
package struct VisitBuffer {
  package struct Limits: Sendable {
    /// Without a new alert an exposure is complete after this time.
    package var quiet: Double
    /// From its first alert on an exposure is not waited for longer.
    package var latency: Double
    /// All exposures together hold no more bytes than this.
    package var bytes: Int

    package init(quiet: Double, latency: Double, bytes: Int) {
      self.quiet = quiet
      self.latency = latency
      self.bytes = bytes
    }
  }

  private struct Visit {
    var first: Double
    var last: Double
    var bytes = 0
  }

  private let limits: Limits
  private var visits: [Exposure: Visit] = [:]
  /// The latest exposure that each partition came to.
  private var newest: [Int32: Exposure] = [:]
  package private(set) var bytes = 0

  package init(_ limits: Limits) { self.limits = limits }

  package mutating func add(_ exposure: Exposure, partition: Int32, bytes count: Int, now: Double) {
    visits[exposure, default: Visit(first: now, last: now)].last = now
    visits[exposure]?.bytes += count
    bytes += count
    if newest[partition].map({ $0.midpoint < exposure.midpoint }) ?? true {
      newest[partition] = exposure
    }
  }

  /// Forgets a message that will not be matched here.
  package mutating func remove(_ exposure: Exposure, bytes count: Int) {
    guard visits[exposure] != nil else { return }
    visits[exposure]?.bytes -= count
    bytes -= count
    if visits[exposure]?.bytes == 0 { visits[exposure] = nil }
  }

  package mutating func forget(partition: Int32) { newest[partition] = nil }

  /// Takes out the exposures that are complete, oldest first.
  ///
  /// - Parameters:
  ///   - partitions: that are read.
  ///   - ended: those of them that have nothing more.
  package mutating func takeDue(now: Double, partitions: Set<Int32>, ended: Set<Int32>)
    -> [Exposure]
  {
    let running = partitions.subtracting(ended)
    var due: [Exposure] = []
    let ordered = visits.sorted {
      ($0.key.midpoint, $0.key.observatory) < ($1.key.midpoint, $1.key.observatory)
    }
    var left = bytes
    for (exposure, visit) in ordered {
      let isPassed = running.allSatisfy { partition in
        newest[partition].map { $0.midpoint > exposure.midpoint } ?? false
      }
      let silence = now - visit.last
      let isComplete =
        running.isEmpty || isPassed && silence >= limits.quiet / 4 || silence >= limits.quiet
        || now - visit.first >= limits.latency
      // Over the limit as much goes as leaves half of it, so that it is not hit by every message.
      let isTooMuch = bytes > limits.bytes && left > limits.bytes / 2
      guard isComplete || isTooMuch else { continue }
      due.append(exposure)
      left -= visit.bytes
      visits[exposure] = nil
    }
    bytes = left
    return due
  }
}
