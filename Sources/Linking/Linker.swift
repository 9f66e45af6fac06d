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
    detections: detections, options: options, solarSystem: solarSystem, jobs: jobs)
  return try await linker.run()
}

/// One run, stage by stage.
struct Linker {
  let detections: SortedDetections
  let options: LinkingOptions
  let solarSystem: SolarSystem?
  let jobs: Int
  private var counts = LinkingCounts()
  private var timings: [StageTiming] = []

  init(
    detections: SortedDetections, options: LinkingOptions, solarSystem: SolarSystem?, jobs: Int
  ) {
    self.detections = detections
    self.options = options
    self.solarSystem = solarSystem
    self.jobs = jobs
  }

  mutating func run() async throws -> LinkingResult {
    let clock = ContinuousClock()
    var last = clock.now
    var lastTicks = Foundation.clock()
    func took(_ stage: String) -> StageTiming {
      let now = clock.now
      let ticks = Foundation.clock()
      defer { (last, lastTicks) = (now, ticks) }
      let d = (now - last).components
      return StageTiming(
        stage: stage, seconds: Double(d.seconds) + Double(d.attoseconds) * 1e-18,
        cpuSeconds: Double(ticks - lastTicks) * 1e-6)
    }
    counts.detections = detections.inputCount
    counts.duplicates = detections.inputCount - detections.count
    let table = try await TrackletBuilder(detections: detections, options: options)
      .build(jobs: jobs)
    counts.fixedSources = table.isFixed.count { $0 }
    counts.partnersLeftOut = table.partnersLeftOut
    counts.tracklets = table.tracklets.count
    counts.longTracklets = table.tracklets.count { $0.memberCount > 2 }
    timings.append(took("tracklets"))

    var trace = options.keepsTrace ? LinkingTrace() : nil
    for k in table.tracklets.indices {
      trace?.add(.tracklet, Array(table.members(of: k)), detections)
    }

    let output = try await PairLinker(table, options).candidates(jobs: jobs)
    for (a, b) in output.traced { trace?.add(.pair, table.detections(of: [a, b]), detections) }
    let candidates = CandidateSet.thinned(
      output.candidates, trackletCount: table.tracklets.count)
    counts.partners = output.looked
    counts.solvedPairs = output.solved
    counts.pairsLeftOut = output.leftOut
    counts.pairs = output.pairs
    counts.grownPairs = output.grown
    counts.candidates = candidates.count
    for candidate in candidates {
      trace?.add(.candidate, table.detections(of: candidate.tracklets), detections)
    }
    timings.append(took("pairs"))

    let work = ArcWork(
      detections: detections, table: table, options: options, solarSystem: solarSystem,
      jobs: jobs)
    let arcs = try await work.fit(candidates) + work.fitKnown()
    counts.fits = candidates.count
    for arc in arcs { trace?.add(.fit, arc.members, detections) }
    timings.append(took("fits"))

    var assignment = Assignment(detections)
    try await assignment.assign(arcs) { try await work.refit($0) }
    timings.append(took("assignment"))

    try await extend(&assignment, from: 0, work)
    timings.append(took("extension"))
    try await addSlowMovers(&assignment, table, work)
    timings.append(took("slow movers"))

    let linkages = try await work.linkages(assignment.standing)
    counts.linkages = linkages.count
    let owner = try owners(linkages)
    timings.append(took("results"))
    var result = LinkingResult(linkages: linkages, counts: counts, timings: timings)
    result.alternatives = Alternatives.find(
      assignment.displaced, owner: owner, original: detections.original)
    result.trace = trace
    return result
  }

  private mutating func extend(
    _ assignment: inout Assignment, from first: Int, _ work: ArcWork
  ) async throws {
    let (attached, merged) = try await work.extendAndMerge(&assignment, from: first)
    counts.attached += attached
    counts.merged += merged
  }

  private mutating func addSlowMovers(
    _ assignment: inout Assignment, _ table: TrackletTable, _ work: ArcWork
  ) async throws {
    let slow = SlowMovers(detections, options) { index in
      assignment.owner[index] < 0 && detections.label[index] == nil && !table.isFixed[index]
    }
    let output = try await slow.search(jobs: jobs)
    counts.nightPairs = output.tracklets
    let arcs = try await work.fit(output.found)
    guard !arcs.isEmpty else { return }
    let first = assignment.arcs.count
    try await assignment.assign(arcs) { try await work.refit($0) }
    try await extend(&assignment, from: first, work)
  }

  /// By detection (sorted order) the linkage that has it, −1 for none: every run makes sure that no
  /// detection is in two.
  private func owners(_ linkages: [Linkage]) throws(LinkingError) -> [Int32] {
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
