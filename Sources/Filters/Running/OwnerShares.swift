import Synchronization

/// What owners' filters have taken of a visit, so that one with hundreds of slow ones does not take the
/// time of all others.
///
/// A filter's first milliseconds are free, as most need no more; what it takes beyond is the owner's, who
/// has as much as five of the slowest filters may take. After that each filter has its free time alone.
final class OwnerShares: Sendable {
  private let limits: FilterLimits
  private let free: Double
  /// Of each filter.
  private let ownerNumber: [Int]
  private let used: Mutex<[Double]>

  /// - Parameters:
  ///   - owners: of each filter.
  ///   - alerts: in the visit; more of them take more time.
  init(_ owners: [String], _ limits: FilterLimits, alerts: Int) {
    self.limits = limits
    free = limits.milliseconds / 10 * max(1, Double(alerts) / 10_000)
    var numbers: [String: Int] = [:]
    ownerNumber = owners.map { owner in
      let number = numbers[owner] ?? numbers.count
      numbers[owner] = number
      return number
    }
    used = Mutex(Array(repeating: 0, count: numbers.count))
  }

  /// What a filter may take now [ms].
  func milliseconds(of filter: Int) -> Double {
    let used = used.withLock { $0[ownerNumber[filter]] }
    return min(limits.milliseconds, free + max(0, 5 * limits.milliseconds - used))
  }

  func took(_ milliseconds: Double, _ filter: Int) {
    used.withLock { $0[ownerNumber[filter]] += max(0, milliseconds - free) }
  }
}
