/// Sets of tracklets that have been found to agree: what is a part of one need not be looked at
/// again.
struct KnownSets: Sendable {
  /// Members of all sets, each set ascending; where each set begins.
  private var members: [Int32] = []
  private var start: [Int32] = [0]
  /// By tracklet: its newest entry in the lists, −1 for none; by entry: set and next entry.
  private var newest: [Int32]
  private var entrySet: [Int32] = []
  private var entryNext: [Int32] = []

  /// χ² per degree of freedom up to which a set counts as one object.
  static let goodChiSquare = 3.0

  init(trackletCount: Int) { newest = [Int32](repeating: -1, count: trackletCount) }

  /// Keeps a candidate's set if its members agree well.
  mutating func add(_ candidate: Candidate) {
    guard candidate.reducedChiSquare < KnownSets.goodChiSquare else { return }
    let set = Int32(start.count - 1)
    members.append(contentsOf: candidate.tracklets)
    start.append(Int32(members.count))
    for t in candidate.tracklets {
      entrySet.append(set)
      entryNext.append(newest[Int(t)])
      newest[Int(t)] = Int32(entrySet.count - 1)
    }
  }

  /// Whether two tracklets are in one set.
  @inline(__always)
  func joins(_ a: Int32, _ b: Int32) -> Bool {
    var entry = newest[Int(a)]
    while entry >= 0 {
      let set = Int(entrySet[Int(entry)])
      for k in Int(start[set])..<Int(start[set + 1]) where members[k] == b { return true }
      entry = entryNext[Int(entry)]
    }
    return false
  }
}
