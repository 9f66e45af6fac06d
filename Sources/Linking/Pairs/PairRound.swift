import Astro

/// Candidates among some of the tracklets.
struct PairRound: Sendable {
  private let table: TrackletTable
  private let slices: [TrackletSlice]
  private let options: LinkingOptions
  private let search: PartnerSearch
  private let grower: PairGrower
  private let name: String

  /// Pairs of one tracklet that are grown at most, so that no crowd of detections costs more than
  /// its number.
  private static let mostPairs = 48
  /// Candidates of one tracklet at most, for the same reason.
  private static let mostCandidates = 24
  /// Partners of one tracklet that are solved at most; and where this many have been solved for each
  /// on the average, few of them: only in crowds, whose pairs would go with the square of their number.
  private static let mostSolved = 2048
  private static let fewSolved = 16
  private static let meanSolved = 32
  /// Partners of a piece of work that are solved before each tracklet gets few only.
  private static let mostSolvedOfPiece = 8192
  /// After how many parts of the tracklets it is seen what has been found. More save little: two
  /// orbits in three are solved all the same. Few are few times to wait for one another.
  private static let batches = 4
  private static let leastBatch = 4096

  /// What a tracklet costs in a survey of some 600 detections a square degree [CPU s].
  private static let secondsEach = 1.2e-5

  /// - Parameters:
  ///   - members: indices into the table, ascending.
  ///   - name: of the stage, unique in a run.
  init(
    _ table: TrackletTable, _ members: [Int32], _ options: LinkingOptions, name: String
  ) {
    self.name = name
    let slices = TrackletSlice.slices(members, of: table.tracklets)
    self.table = table
    self.slices = slices
    self.options = options
    let search = PartnerSearch(tracklets: table.tracklets, slices: slices, options: options)
    self.search = search
    grower = PairGrower(table: table, slices: slices, options: options, search: search)
  }

  /// Batch by batch in the order of time, so that what one found is not looked at again by the next.
  /// Neighbours on the sky, which look at the same others, come together. The cut does not depend on
  /// the number of jobs, and so the result does not.
  func run(
    _ total: inout PairOutput, _ found: inout FoundCandidates, _ pieces: Pieces
  ) async throws {
    let order = slices.flatMap(\.motions.order)
    let size = max(PairRound.leastBatch, (order.count + PairRound.batches - 1) / PairRound.batches)
    let before = total.solved
    for start in stride(from: 0, to: order.count, by: size) {
      let part = order[start..<min(start + size, order.count)]
      let isCrowd =
        total.solved - before > PairRound.meanSolved * (start + PairRound.leastBatch)
      let mostSolved = isCrowd ? PairRound.fewSolved : PairRound.mostSolved
      let stage = PieceStage(
        name: "\(name) \(start / size + 1)", count: part.count, chunk: 64,
        secondsEach: PairRound.secondsEach)
      let outputs = try await pieces.map(stage) { [found] range in
        work(part[start + range.lowerBound..<start + range.upperBound], found, mostSolved)
      }
      for output in outputs {
        total.count(output)
        for candidate in output.candidates where found.take(candidate, table) {
          total.candidates.append(candidate)
        }
      }
    }
  }

  private func work(
    _ part: ArraySlice<Int32>, _ found: FoundCandidates, _ mostSolved: Int
  ) -> PairOutput {
    var output = PairOutput()
    var searching = PartnerSearch.Work()
    var growing = PairGrower.Work()
    for own in part {
      let index = Int(own)
      if found.hasEnough(of: index, table) { continue }
      searching.mostSolved = max(
        PairRound.fewSolved,
        min(mostSolved, PairRound.mostSolvedOfPiece - searching.solved))
      search.search(index, &searching, known: found.known)
      output.pairs += searching.pairs.count
      searching.keepBest(PairRound.mostPairs)
      if options.keepsTrace { output.traced += searching.pairs.map { (own, $0.partner) } }
      // Longest arc first: what lies between its ends is predicted best.
      var done: [[Int32]] = []
      let before = output.candidates.count
      for pair in searching.pairs.reversed() {
        if done.contains(where: { $0.contains(pair.partner) }) { continue }
        if output.candidates.count - before >= PairRound.mostCandidates { break }
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
    output.leftOut = searching.leftOut
    output.grown = growing.grown
    return output
  }
}
