/// What the candidates found so far make needless to look for.
struct FoundCandidates: Sendable {
  private(set) var known: KnownSets
  /// By detection: candidates that have it, and whether one of them is sure.
  private var uses: [UInt8]
  private var isClaimed: [Bool]
  /// Nights from which on a candidate that agrees well is sure.
  private let sureNights: Int
  private static let sureChiSquare = 2.0
  /// A candidate all of whose detections are in so many others already adds nothing: where every
  /// detection has a dozen twins there are millions.
  private static let mostUses: UInt8 = 16

  init(_ table: TrackletTable, _ options: LinkingOptions) {
    known = KnownSets(trackletCount: table.tracklets.count)
    let count = Int(table.members.max() ?? -1) + 1
    uses = [UInt8](repeating: 0, count: count)
    isClaimed = [Bool](repeating: false, count: count)
    sureNights = max(4, options.minimumNights + 1)
  }

  /// Counts the candidate's detections; false when all of them are in enough others.
  mutating func take(_ candidate: Candidate, _ table: TrackletTable) -> Bool {
    guard !candidate.tracklets.allSatisfy({ isUsedUp(Int($0), table) }) else { return false }
    let isSure =
      candidate.nights >= sureNights
      && candidate.reducedChiSquare < FoundCandidates.sureChiSquare
    for t in candidate.tracklets {
      for m in table.members(of: Int(t)) {
        if uses[Int(m)] < UInt8.max { uses[Int(m)] += 1 }
        if isSure { isClaimed[Int(m)] = true }
      }
    }
    known.add(candidate)
    return true
  }

  /// All detections of a tracklet are in enough candidates or in sure ones.
  func hasEnough(of tracklet: Int, _ table: TrackletTable) -> Bool {
    table.members(of: tracklet).allSatisfy {
      isClaimed[Int($0)] || uses[Int($0)] >= FoundCandidates.mostUses
    }
  }

  func claimsAny(of tracklet: Int, _ table: TrackletTable) -> Bool {
    table.members(of: tracklet).contains { isClaimed[Int($0)] }
  }

  private func isUsedUp(_ tracklet: Int, _ table: TrackletTable) -> Bool {
    table.members(of: tracklet).allSatisfy { uses[Int($0)] >= FoundCandidates.mostUses }
  }
}
