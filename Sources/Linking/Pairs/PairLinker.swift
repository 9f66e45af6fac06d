import Astro

/// Finds candidates among all tracklets: pairs of different nights, grown by further nights.
///
/// Slow tracklets first, among themselves: most objects are, and what each of them may be paired with
/// is near. What many nights hold together then has its detections for itself: the tracklets that
/// chance makes of it with others are most of the fast ones, and fast ones cost most.
struct PairLinker: Sendable {
  let table: TrackletTable
  let options: LinkingOptions

  init(_ table: TrackletTable, _ options: LinkingOptions) {
    self.table = table
    self.options = options
  }

  func candidates(_ pieces: Pieces) async throws -> PairOutput {
    var total = PairOutput()
    var found = FoundCandidates(table, options)
    let all = table.tracklets.indices.map(Int32.init)
    let slow = all.filter { !table.tracklets[Int($0)].isFast }
    try await PairRound(table, slow, options, name: "slow pairs").run(&total, &found, pieces)
    let rest = all.filter { !found.claimsAny(of: Int($0), table) }
    if rest.contains(where: { table.tracklets[Int($0)].isFast }) {
      try await PairRound(table, rest, options, name: "all pairs").run(&total, &found, pieces)
    }
    // What only new nights complete may show in a pair of old ones alone: all pairs are sought, and
    // what holds nothing new is left out here.
    if let nights = options.newNights {
      total.candidates.removeAll { candidate in
        !candidate.tracklets.contains { nights.contains(Int(table.tracklets[Int($0)].night)) }
      }
    }
    return total
  }
}

/// What came of the pairs, with counts.
struct PairOutput: Sendable {
  var candidates: [Candidate] = []
  var looked = 0
  var solved = 0
  /// Partners that were not solved because there were too many.
  var leftOut = 0
  var pairs = 0
  var grown = 0
  /// All pairs, where a trace is kept.
  var traced: [(Int32, Int32)] = []

  /// Adds all but the candidates.
  mutating func count(_ other: PairOutput) {
    looked += other.looked
    solved += other.solved
    leftOut += other.leftOut
    pairs += other.pairs
    grown += other.grown
    traced.append(contentsOf: other.traced)
  }
}
