/// Clusters that have been refined and found good: neighbouring hypotheses bring the same tracklets
/// together over and over, and what is a part of one of these need not be looked at again.
struct KnownClusters: Sendable {
  private var sets: [[Int32]] = []
  /// By tracklet: the sets that hold it.
  private var holders: [Int32: [Int32]] = [:]

  /// χ² per degree of freedom up to which a cluster counts as one object.
  static let goodChiSquare = 3.0

  mutating func add(_ candidate: Candidate) {
    guard candidate.reducedChiSquare < KnownClusters.goodChiSquare,
      !covers(candidate.tracklets)
    else { return }
    for t in candidate.tracklets { holders[t, default: []].append(Int32(sets.count)) }
    sets.append(candidate.tracklets)
  }

  /// Whether all of these tracklets (any order) are in one known cluster.
  func covers(_ tracklets: [Int32]) -> Bool {
    guard let first = tracklets.first, let candidates = holders[first] else { return false }
    return candidates.contains { index in
      let set = sets[Int(index)]
      return tracklets.allSatisfy { KnownClusters.contains(set, $0) }
    }
  }

  /// Binary search in an ascending set.
  private static func contains(_ set: [Int32], _ value: Int32) -> Bool {
    var low = 0
    var high = set.count
    while low < high {
      let middle = (low + high) / 2
      if set[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low < set.count && set[low] == value
  }
}
