/// Candidates of all pairs, thinned before any is fitted.
enum CandidateSet {
  /// Equal sets of tracklets once, each with its best start; sets that are part of another good one
  /// dropped.
  ///
  /// - Returns: the most nights first, then most detections, then least χ²; a fixed order whatever
  ///   the order of the input.
  static func thinned(_ all: [Candidate], trackletCount: Int) -> [Candidate] {
    var best: [UInt64: Int] = [:]
    for (index, candidate) in all.enumerated() {
      let key = Candidate.key(candidate.tracklets)
      if let old = best[key], !precedes(candidate, all[old]) { continue }
      best[key] = index
    }
    let order = best.values.map { all[$0] }.sorted(by: precedes)
    return withoutSubsets(order, trackletCount: trackletCount)
  }

  static func precedes(_ a: Candidate, _ b: Candidate) -> Bool {
    if a.nights != b.nights { return a.nights > b.nights }
    if a.detections != b.detections { return a.detections > b.detections }
    if a.reducedChiSquare != b.reducedChiSquare { return a.reducedChiSquare < b.reducedChiSquare }
    if a.epochDays != b.epochDays { return a.epochDays < b.epochDays }
    return a.tracklets.lexicographicallyPrecedes(b.tracklets)
  }

  /// A part of a set whose states agree within their errors has nothing to add.
  private static func withoutSubsets(_ order: [Candidate], trackletCount: Int) -> [Candidate] {
    var kept: [Candidate] = []
    // By tracklet: the kept candidates that hold it.
    var holders = [[Int32]](repeating: [], count: trackletCount)
    for candidate in order {
      let rarest = candidate.tracklets.min { a, b in
        holders[Int(a)].count < holders[Int(b)].count
      }
      guard let rarest else { continue }
      let isPart = holders[Int(rarest)].contains { holder in
        let other = kept[Int(holder)]
        return other.reducedChiSquare < 3 && isSubset(candidate.tracklets, other.tracklets)
      }
      if isPart { continue }
      for t in candidate.tracklets { holders[Int(t)].append(Int32(kept.count)) }
      kept.append(candidate)
    }
    return kept
  }

  /// Both ascending.
  private static func isSubset(_ part: [Int32], _ whole: [Int32]) -> Bool {
    var k = 0
    for value in part {
      while k < whole.count && whole[k] < value { k += 1 }
      if k == whole.count || whole[k] != value { return false }
      k += 1
    }
    return true
  }
}
