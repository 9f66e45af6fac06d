import Astro
import Dynamics

/// What is beyond Uranus and was seen once a night: no night shows its motion, but a fortnight does.
///
/// Detections that no linkage has are paired over nights (``NightPairs``); these tracklets go the way
/// of all others. Six nights are asked for, since a single detection is a night's weaker witness.
struct SlowMovers: Sendable {
  private let detections: SortedDetections
  private let options: LinkingOptions
  private let free: [Int32]

  /// Detections of one object and what it starts from.
  struct Found: Sendable {
    let members: [Int32]
    let start: Orbit
  }

  struct Output: Sendable {
    var found: [Found] = []
    var tracklets = 0
  }

  /// - Parameter isFree: whether a detection may be taken.
  init(_ detections: SortedDetections, _ options: LinkingOptions, where isFree: (Int) -> Bool) {
    self.detections = detections
    var distant = options
    distant.minimumDistanceAU = max(options.minimumDistanceAU, NightPairs.nearest)
    distant.minimumDetections = max(options.minimumDetections, SingleNights.fewest)
    self.options = distant
    free =
      distant.minimumDistanceAU < options.maximumDistanceAU
      ? (0..<detections.count).filter(isFree).map(Int32.init) : []
  }

  func search(_ pieces: Pieces) async throws -> Output {
    guard free.count >= options.minimumDetections else { return Output() }
    let table = try await NightPairs(detections, free).table(pieces)
    var pairs = PairOutput()
    var found = FoundCandidates(table, options)
    try await PairRound(
      table, table.tracklets.indices.map(Int32.init), options, name: "pairs of distant"
    ).run(&pairs, &found, pieces)
    let thinned = CandidateSet.thinned(pairs.candidates, trackletCount: table.tracklets.count)
    var output = Output(tracklets: table.tracklets.count)
    for candidate in thinned {
      let members = table.detections(of: candidate.tracklets)
      guard isNew(members) else { continue }
      output.found.append(
        Found(
          members: members,
          start: Orbit(
            epoch: detections.reference.adding(days: candidate.epochDays), state: candidate.state,
            origin: .sun)))
    }
    return output
  }

  private func isNew(_ members: [Int32]) -> Bool {
    guard let nights = options.newNights else { return true }
    return members.contains { nights.contains(detections.night[Int($0)]) }
  }
}

/// When nights of a single detection each are enough.
enum SingleNights {
  /// Nights: twelve numbers for the six of an orbit.
  static let fewest = 6
  /// χ² per degree of freedom.
  static let largestChiSquare = 2.5

  /// - Parameters:
  ///   - nights: nights with a detection.
  ///   - state: heliocentric.
  static func suffice(_ nights: Int, _ state: StateVector) -> Bool {
    nights >= fewest && state.position.norm > NightPairs.nearest
  }
}
