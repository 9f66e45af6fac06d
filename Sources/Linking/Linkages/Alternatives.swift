/// The alternatives to the linkages that were made, from the arcs that gave way.
enum Alternatives {
  /// - Parameters:
  ///   - displaced: arcs before they lost detections.
  ///   - owner: by detection (sorted order) the linkage, −1 for none.
  ///   - original: by detection its index in the caller's order.
  static func find(
    _ displaced: [Arc], owner: [Int32], original: [Int]
  ) -> [Alternative] {
    var found: [Alternative] = []
    for arc in displaced {
      var shares: [Int32: Int] = [:]
      for m in arc.members where owner[Int(m)] >= 0 { shares[owner[Int(m)], default: 0] += 1 }
      guard
        let most = shares.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }),
        most.value < arc.members.count
      else { continue }
      found.append(
        Alternative(
          linkage: Int(most.key), members: arc.members.map(Int.init), score: arc.score))
    }
    found.sort { a, b in
      if a.linkage != b.linkage { return a.linkage < b.linkage }
      if a.score != b.score { return a.score > b.score }
      return a.members.lexicographicallyPrecedes(b.members)
    }
    var kept: [Alternative] = []
    var count = 0
    for alternative in found {
      if let last = kept.last {
        if last == alternative { continue }
        count = last.linkage == alternative.linkage ? count + 1 : 0
      }
      if count < LinkingResult.mostAlternatives { kept.append(alternative) }
    }
    for k in kept.indices { kept[k].members = kept[k].members.map { original[$0] } }
    return kept
  }
}
