import Astro
import Dynamics
import OrbitFit

/// Finds what moves like one object among the detections of some weeks.
///
/// Deterministic: the same detections give the same linkages, whatever their order and the number
/// of jobs.
///
/// - Parameters:
///   - input: detections that belong to no known object; see ``LinkingInput`` for the columns.
///   - options: what is looked for; the defaults suit surveys and mixed observations.
///   - jobs: pieces of work at once.
/// - Throws: ``LinkingError`` for columns or options that make no sense; `CancellationError`.
public func link(
  _ input: LinkingInput, options: LinkingOptions = LinkingOptions(), jobs: Int
) async throws -> LinkingResult {
  try options.validate()
  let detections = try SortedDetections(input)
  var linker = Linker(detections: detections, options: options, jobs: jobs)
  return try await linker.run()
}

/// One run, stage by stage.
struct Linker {
  let detections: SortedDetections
  let options: LinkingOptions
  let jobs: Int
  private var counts = LinkingCounts()
  private var timings: [StageTiming] = []

  init(detections: SortedDetections, options: LinkingOptions, jobs: Int) {
    self.detections = detections
    self.options = options
    self.jobs = jobs
  }

  mutating func run() async throws -> LinkingResult {
    let clock = ContinuousClock()
    var last = clock.now
    func took(_ stage: String) -> StageTiming {
      let now = clock.now
      defer { last = now }
      let d = (now - last).components
      return StageTiming(stage: stage, seconds: Double(d.seconds) + Double(d.attoseconds) * 1e-18)
    }
    counts.detections = detections.count
    let table = try await TrackletBuilder(detections: detections, options: options)
      .build(jobs: jobs)
    counts.tracklets = table.tracklets.count
    counts.longTracklets = table.tracklets.count { $0.memberCount > 2 }
    timings.append(took("tracklets"))

    let candidates = try await findCandidates(table)
    timings.append(took("clusters"))

    let work = ArcWork(
      detections: detections, table: table, options: options, jobs: jobs)
    let arcs = try await work.fit(candidates)
    counts.fits = candidates.count
    timings.append(took("fits"))

    var assignment = Assignment(detections)
    try await assignment.assign(arcs) { try await work.refit($0) }
    timings.append(took("assignment"))

    (counts.attached, counts.merged) = try await work.extendAndMerge(&assignment)
    timings.append(took("extension"))

    let linkages = try await work.linkages(assignment.standing)
    counts.linkages = linkages.count
    timings.append(took("results"))
    return LinkingResult(linkages: linkages, counts: counts, timings: timings)
  }

  /// Windows of the input's span, each with its own reference epoch and hypotheses.
  private mutating func findCandidates(_ table: TrackletTable) async throws -> [Candidate] {
    var all: [Candidate] = []
    let windows = Window.windows(table, options)
    counts.windows = windows.count
    for window in windows {
      let finder = ClusterFinder(
        table, options, range: window.tracklets, referenceDays: window.centre,
        halfSpanDays: window.halfSpanDays)
      let tolerance =
        options.clusterToleranceRad.map { ToleranceCurve(constant: $0) }
        ?? ToleranceCurve(measuring: finder)
      let grid = HypothesisGrid.make(
        options, tolerance: tolerance, halfSpanDays: window.halfSpanDays)
      counts.hypotheses += grid.count
      // In batches, so that what one found is not looked at again by the next. The cut does not
      // depend on the number of jobs, and so the result does not.
      var known = KnownClusters()
      let batch = max(64, grid.count / 100)
      for start in stride(from: 0, to: grid.count, by: batch) {
        let part = grid[start..<min(grid.count, start + batch)]
        let snapshot = known
        let outputs = try await parallelMap(
          count: part.count, chunk: max(1, batch / 32), jobs: jobs
        ) { range in
          finder.candidates(
            part[part.startIndex + range.lowerBound..<part.startIndex + range.upperBound],
            known: snapshot)
        }
        for output in outputs {
          counts.states += output.states
          counts.clusters += output.clusters
          for candidate in output.candidates { known.add(candidate) }
          all.append(contentsOf: output.candidates)
        }
      }
    }
    let thinned = CandidateSet.thinned(all, trackletCount: table.tracklets.count)
    counts.candidates = thinned.count
    return thinned
  }
}
