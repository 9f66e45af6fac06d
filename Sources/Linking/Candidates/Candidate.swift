import Dynamics

/// Tracklets that one orbit seems to hold together, before it has been fitted in full.
struct Candidate: Sendable {
  /// Ascending.
  var tracklets: [Int32]
  /// Heliocentric, ICRF, at the reference epoch [au, au/d].
  var state: StateVector
  /// TDB [d] since the input's reference epoch.
  var epochDays: Double
  /// χ² per degree of freedom of the angular states.
  var reducedChiSquare: Double
  var nights: Int
  var detections: Int

  /// FNV-1a over the members: the key by which equal sets are found.
  static func key(_ tracklets: [Int32]) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for t in tracklets {
      hash = (hash ^ UInt64(UInt32(bitPattern: t))) &* 0x100_0000_01b3
      hash ^= hash >> 29
    }
    return hash
  }
}

/// Counting nights without a calendar: a night ends where nothing is seen for a quarter of a day,
/// whatever the observatories.
enum NightCount {
  static let gapDays = 0.25

  /// - Parameter times: ascending [d].
  static func nights(_ times: some Sequence<Double>) -> Int {
    var nights = 0
    var last = -Double.infinity
    for t in times {
      if t - last > gapDays { nights += 1 }
      last = t
    }
    return nights
  }
}

extension Array {
  /// First index for which the predicate holds, in an array where it holds from there on.
  func partitioningIndex(_ holds: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
