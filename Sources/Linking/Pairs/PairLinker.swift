import Astro

/// Finds candidates among all tracklets: pairs of different nights, grown by further nights.
struct PairLinker: Sendable {
  let table: TrackletTable
  let slices: [TrackletSlice]
  let options: LinkingOptions
  private let search: PartnerSearch
  private let grower: PairGrower
  /// By tracklet, whether a linkage that holds it is worth looking for; empty: all are.
  private let isNew: [Bool]

  init(_ table: TrackletTable, _ options: LinkingOptions) {
    let slices = TrackletSlice.slices(table.tracklets)
    self.table = table
    self.slices = slices
    self.options = options
    isNew =
      options.newNights.map { nights in
        table.tracklets.map { nights.contains(Int($0.night)) }
      } ?? []
    let search = PartnerSearch(tracklets: table.tracklets, slices: slices, options: options)
    self.search = search
    grower = PairGrower(table: table, slices: slices, options: options, search: search)
  }

  /// Pairs of one tracklet that are grown at most, so that no crowd of detections costs more than
  /// its number.
  private static let mostPairs = 48
  /// Candidates of one tracklet at most, for the same reason.
  private static let mostCandidates = 24
  /// A candidate all of whose detections are in so many others already adds nothing: where every
  /// detection has a dozen twins there are millions.
  private static let mostUses: UInt8 = 16
  /// Tracklets after which it is seen what has been found.
  private static let batch = 4096

  struct Output: Sendable {
    var candidates: [Candidate] = []
    var looked = 0
    var solved = 0
    var pairs = 0
    var grown = 0
    /// All pairs, where a trace is kept.
    var traced: [(Int32, Int32)] = []
  }

  /// Slice by slice and batch by batch, so that what one found is not looked at again by the next.
  /// The cut does not depend on the number of jobs, and so the result does not.
  func candidates(jobs: Int) async throws -> Output {
    var total = Output()
    var known = KnownSets(trackletCount: table.tracklets.count)
    var uses = [UInt8](repeating: 0, count: Int(table.members.max() ?? -1) + 1)
    for slice in slices {
      for start in stride(
        from: slice.range.lowerBound, to: slice.range.upperBound, by: PairLinker.batch)
      {
        let end = min(start + PairLinker.batch, slice.range.upperBound)
        let outputs = try await parallelMap(count: end - start, chunk: 64, jobs: jobs) {
          [known, uses] range in
          work(start + range.lowerBound..<start + range.upperBound, known, uses)
        }
        for output in outputs {
          total.looked += output.looked
          total.solved += output.solved
          total.pairs += output.pairs
          total.grown += output.grown
          total.traced.append(contentsOf: output.traced)
          for candidate in output.candidates where use(candidate, &uses) {
            known.add(candidate)
            total.candidates.append(candidate)
          }
        }
      }
    }
    // What only new nights complete may show in a pair of old ones alone: all pairs are sought, and
    // what holds nothing new is left out here.
    if !isNew.isEmpty {
      total.candidates.removeAll { !$0.tracklets.contains { isNew[Int($0)] } }
    }
    return total
  }

  /// Counts the candidate's detections; false when all of them are in enough others.
  private func use(_ candidate: Candidate, _ uses: inout [UInt8]) -> Bool {
    guard !candidate.tracklets.allSatisfy({ isUsedUp(Int($0), uses) }) else { return false }
    for t in candidate.tracklets {
      for m in table.members(of: Int(t)) where uses[Int(m)] < UInt8.max { uses[Int(m)] += 1 }
    }
    return true
  }

  private func isUsedUp(_ tracklet: Int, _ uses: [UInt8]) -> Bool {
    table.members(of: tracklet).allSatisfy { uses[Int($0)] >= PairLinker.mostUses }
  }

  private func work(_ range: Range<Int>, _ known: KnownSets, _ uses: [UInt8]) -> Output {
    var output = Output()
    var searching = PartnerSearch.Work()
    var growing = PairGrower.Work()
    for index in range {
      if isUsedUp(index, uses) { continue }
      let own = Int32(index)
      search.search(index, &searching, known: known)
      output.pairs += searching.pairs.count
      searching.keepBest(PairLinker.mostPairs)
      if options.keepsTrace { output.traced += searching.pairs.map { (own, $0.partner) } }
      // Longest arc first: what lies between its ends is predicted best.
      var done: [[Int32]] = []
      let before = output.candidates.count
      for pair in searching.pairs.reversed() {
        if done.contains(where: { $0.contains(pair.partner) }) { continue }
        if output.candidates.count - before >= PairLinker.mostCandidates { break }
        for candidate in grower.grow(index, pair, &growing) {
          output.candidates.append(candidate)
          if candidate.reducedChiSquare < KnownSets.goodChiSquare {
            done.append(candidate.tracklets)
          }
        }
      }
    }
    output.looked = searching.looked
    output.solved = searching.solved
    output.grown = growing.grown
    return output
  }
}
