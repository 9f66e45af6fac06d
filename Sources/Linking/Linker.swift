import Astro
public import Dynamics
import Foundation
import OrbitFit

/// Finds what moves like one object among the detections of some weeks.
///
/// Deterministic: the same detections give the same linkages, whatever their order and the number
/// of jobs.
///
/// - Parameters:
///   - input: detections that belong to no known object; see ``LinkingInput`` for the columns.
///   - options: what is looked for; the defaults suit surveys and mixed observations.
///   - solarSystem: for the motion of what is near the Earth, and the final fits, under all forces;
///     nil: all motion is about the Sun alone.
///   - jobs: pieces of work at once.
/// - Throws: ``LinkingError`` for columns or options that make no sense; `CancellationError`.
public func link(
  _ input: LinkingInput, options: LinkingOptions = LinkingOptions(),
  solarSystem: SolarSystem? = nil, jobs: Int
) async throws -> LinkingResult {
  try options.validate()
  let detections = try SortedDetections(input)
  var linker = Linker(
    options: options, solarSystem: solarSystem, pieces: Pieces(jobs: jobs)
  ) { detections }
  return try await linker.run()
}

/// A run that is spread over processes, see ``Pieces``. No trace is kept.
///
/// - Parameter input: called where the detections are needed: not for pieces that only look at
///   tracklets.
package func link(
  pieces: Pieces, options: LinkingOptions, solarSystem: SolarSystem?,
  input: @escaping () throws -> LinkingInput
) async throws -> LinkingResult {
  try options.validate()
  var linker = Linker(options: options, solarSystem: solarSystem, pieces: pieces) {
    try SortedDetections(try input())
  }
  return try await linker.run()
}

/// One run, stage by stage.
struct Linker {
  let options: LinkingOptions
  let solarSystem: SolarSystem?
  let pieces: Pieces
  private let read: () throws -> SortedDetections
  private var counts = LinkingCounts()
  private var timer = StageTimer()
  private var trace: LinkingTrace?

  init(
    options: LinkingOptions, solarSystem: SolarSystem?, pieces: Pieces,
    detections read: @escaping () throws -> SortedDetections
  ) {
    self.read = read
    self.options = options
    self.solarSystem = solarSystem
    self.pieces = pieces
    trace = options.keepsTrace ? LinkingTrace() : nil
  }

  mutating func run() async throws -> LinkingResult {
    let table = try await pieces.kept("tracklets") {
      try await TrackletBuilder(detections: try read(), options: options).build(jobs: pieces.jobs)
    }
    timer.end("tracklets")

    let found = try await pieces.kept("candidates") {
      var output = try await PairLinker(table, options).candidates(pieces)
      output.candidates = CandidateSet.thinned(
        output.candidates, trackletCount: table.tracklets.count)
      return output
    }
    timer.end("pairs")
    let detections = try read()
    count(table, detections)
    count(found, table, detections)

    let work = ArcWork(
      detections: detections, table: table, options: options, solarSystem: solarSystem,
      pieces: pieces)
    counts.fits = found.candidates.count
    var standing = try await assigned(found.candidates, work)
    standing = try await extended(standing, work)
    standing = try await withSlowMovers(standing, table, work)
    counts.attached = standing.attached
    counts.merged = standing.merged
    counts.nightPairs = standing.nightPairs

    let arcs = standing.arcs.filter { !$0.members.isEmpty }
    let linkages = try await work.linkages(arcs)
    counts.linkages = linkages.count
    let owner = try owners(linkages, detections)
    timer.end("results")
    var result = LinkingResult(linkages: linkages, counts: counts, timings: timer.timings)
    result.alternatives = Alternatives.find(
      standing.displaced, owner: owner, original: detections.original)
    result.trace = trace
    return result
  }

  private mutating func count(_ table: TrackletTable, _ detections: SortedDetections) {
    counts.detections = detections.inputCount
    counts.duplicates = detections.inputCount - detections.count
    counts.fixedSources = table.isFixed.count { $0 }
    counts.partnersLeftOut = table.partnersLeftOut
    counts.tracklets = table.tracklets.count
    counts.longTracklets = table.tracklets.count { $0.memberCount > 2 }
    for k in table.tracklets.indices {
      trace?.add(.tracklet, Array(table.members(of: k)), detections)
    }
  }

  private mutating func count(
    _ found: PairOutput, _ table: TrackletTable, _ detections: SortedDetections
  ) {
    counts.partners = found.looked
    counts.solvedPairs = found.solved
    counts.pairsLeftOut = found.leftOut
    counts.pairs = found.pairs
    counts.grownPairs = found.grown
    counts.candidates = found.candidates.count
    for (a, b) in found.traced { trace?.add(.pair, table.detections(of: [a, b]), detections) }
    for candidate in found.candidates {
      trace?.add(.candidate, table.detections(of: candidate.tracklets), detections)
    }
  }

  private mutating func assigned(
    _ candidates: [Candidate], _ work: ArcWork
  ) async throws -> StandingArcs {
    let detections = work.detections
    var fitted: [Arc] = []
    let standing = try await pieces.kept("assignment") {
      fitted = try await work.fit(candidates) + work.fitKnown()
      timer.end("fits")
      var assignment = Assignment(detections)
      try await assignment.assign(fitted) { try await work.refit($0) }
      return StandingArcs(assignment)
    }
    for arc in fitted { trace?.add(.fit, arc.members, detections) }
    timer.end("assignment")
    return standing
  }

  private mutating func extended(
    _ before: StandingArcs, _ work: ArcWork
  ) async throws -> StandingArcs {
    let standing = try await pieces.kept("extension") {
      var assignment = before.assignment(of: work.detections)
      let (attached, merged) = try await work.extendAndMerge(&assignment, from: 0)
      return StandingArcs(assignment, attached: attached, merged: merged)
    }
    timer.end("extension")
    return standing
  }

  private mutating func withSlowMovers(
    _ before: StandingArcs, _ table: TrackletTable, _ work: ArcWork
  ) async throws -> StandingArcs {
    let standing = try await pieces.kept("slow movers") {
      var assignment = before.assignment(of: work.detections)
      let detections = work.detections
      let slow = SlowMovers(detections, options) { index in
        assignment.owner[index] < 0 && detections.label[index] == nil && !table.isFixed[index]
      }
      let output = try await pieces.kept("distant") { try await slow.search(pieces) }
      let arcs = try await work.fit(output.found)
      var after = before
      after.nightPairs = output.tracklets
      guard !arcs.isEmpty else { return after }
      let first = assignment.arcs.count
      try await assignment.assign(arcs) { try await work.refit($0) }
      let (attached, merged) = try await work.extendAndMerge(&assignment, from: first)
      return StandingArcs(
        assignment, attached: before.attached + attached, merged: before.merged + merged,
        nightPairs: output.tracklets)
    }
    timer.end("slow movers")
    return standing
  }

  /// By detection (sorted order) the linkage that has it, −1 for none: every run makes sure that no
  /// detection is in two.
  private func owners(
    _ linkages: [Linkage], _ detections: SortedDetections
  ) throws(LinkingError) -> [Int32] {
    var byOriginal = [Int32](repeating: -1, count: detections.inputCount)
    for (index, linkage) in linkages.enumerated() {
      for m in linkage.members {
        guard byOriginal[m] < 0 else { throw .sharedDetection(index: m) }
        byOriginal[m] = Int32(index)
      }
    }
    return detections.original.map { byOriginal[$0] }
  }
}
