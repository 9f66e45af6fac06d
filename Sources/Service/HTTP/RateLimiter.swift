import Synchronization

/// So many requests a second for each client, with a burst: a bucket of tokens each. Buckets that are full again are forgotten.
final class RateLimiter: Sendable {
  private struct Bucket {
    var tokens: Double
    var at: ContinuousClock.Instant
  }

  let perSecond: Double
  private let buckets = Mutex<[String: Bucket]>([:])
  /// So many clients are remembered at most.
  private static let most = 65_536

  private let burst: Double

  /// - Parameter burst: requests that a client may make at once; nil: two seconds' worth.
  init(perSecond: Double, burst: Double? = nil) {
    self.perSecond = perSecond
    self.burst = burst ?? max(1, 2 * perSecond)
  }

  /// - Returns: nil when the request may go on, else the seconds after which one may.
  func take(_ client: String, now: ContinuousClock.Instant = .now) -> Double? {
    buckets.withLock { buckets in
      if buckets.count >= Self.most, buckets[client] == nil { forget(&buckets, now) }
      var bucket = buckets[client] ?? Bucket(tokens: burst, at: now)
      bucket.tokens = min(burst, bucket.tokens + seconds(from: bucket.at, to: now) * perSecond)
      bucket.at = now
      defer { buckets[client] = bucket }
      guard bucket.tokens >= 1 else { return (1 - bucket.tokens) / perSecond }
      bucket.tokens -= 1
      return nil
    }
  }

  private func forget(_ buckets: inout [String: Bucket], _ now: ContinuousClock.Instant) {
    buckets = buckets.filter { _, bucket in
      bucket.tokens + seconds(from: bucket.at, to: now) * perSecond < burst
    }
    // Many clients at once that all are in debt: those are forgiven rather than memory spent.
    if buckets.count >= Self.most { buckets.removeAll() }
  }

  private func seconds(
    from start: ContinuousClock.Instant, to end: ContinuousClock.Instant
  ) -> Double {
    (end - start) / .seconds(1)
  }
}
