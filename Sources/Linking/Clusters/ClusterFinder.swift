import Astro
import Dynamics

/// Finds candidates among the tracklets of one window of time.
struct ClusterFinder: Sendable {
  let table: TrackletTable
  let options: LinkingOptions
  /// Tracklets of the window, and its reference epoch.
  let range: Range<Int>
  let referenceDays: Double
  let halfSpanDays: Double
  let refiner: ClusterRefiner

  /// Largest neighbourhood that is looked at; beyond it the nearest ones.
  private static let largestNeighbourhood = 48
  /// A tracklet whose error at the reference epoch is more than this many tolerances says nothing.
  private static let largestErrorScale = 4.0

  struct Output: Sendable {
    var candidates: [Candidate] = []
    var states = 0
    var clusters = 0
  }

  init(
    _ table: TrackletTable, _ options: LinkingOptions, range: Range<Int>, referenceDays: Double,
    halfSpanDays: Double
  ) {
    self.table = table
    self.options = options
    self.range = range
    self.referenceDays = referenceDays
    self.halfSpanDays = halfSpanDays
    refiner = ClusterRefiner(table: table, options: options, referenceDays: referenceDays)
  }

  /// Candidates of some hypotheses; equal sets of tracklets once each.
  func candidates(_ hypotheses: ArraySlice<Hypothesis>) -> Output {
    var output = Output()
    var cells = StateCells()
    var tried: Set<UInt64> = []
    var found: [UInt64: Int] = [:]
    for hypothesis in hypotheses {
      fill(&cells, hypothesis)
      output.states += cells.count
      guard cells.count >= options.minimumNights else { continue }
      tried.removeAll(keepingCapacity: true)
      search(cells, hypothesis, &tried, &found, &output)
    }
    return output
  }

  private func fill(_ cells: inout StateCells, _ hypothesis: Hypothesis) {
    cells.removeAll()
    let motion = hypothesis.motion
    var toleranceSum = 0.0
    let tracklets = table.tracklets.span
    for index in range {
      let tracklet = tracklets[index]
      guard
        let state = TrackletState(
          tracklet, motion, referenceDays: referenceDays, root: hypothesis.root)
      else { continue }
      let base = options.clusterToleranceRad * ClusterTolerance.scale(state.range)
      let spread =
        2.5 * state.range * tracklet.sigmaRate * abs(referenceDays - tracklet.time)
        / state.obliquity
      guard spread < ClusterFinder.largestErrorScale * base else { continue }
      toleranceSum += base + spread
      cells.add(Int32(index), state, tolerance: base + spread)
    }
    guard cells.count > 0 else { return }
    cells.build(cellSize: 2 * toleranceSum / Double(cells.count))
  }

  private func search(
    _ cells: StateCells, _ hypothesis: Hypothesis, _ tried: inout Set<UInt64>,
    _ found: inout [UInt64: Int], _ output: inout Output
  ) {
    var hits: [Int32] = []
    let windowStart = referenceDays - halfSpanDays - 1
    for entry in 0..<cells.count {
      let seed = table.tracklets[Int(cells.tracklet[entry])]
      if let nights = options.newNights, !nights.contains(Int(seed.night)) { continue }
      hits.removeAll(keepingCapacity: true)
      let tolerance = cells.tolerance[entry]
      cells.collect(
        around: entry, position: tolerance, velocity: tolerance / (0.5 * halfSpanDays),
        into: &hits)
      guard hits.count >= options.minimumNights else { continue }
      var nightBits: UInt64 = 0
      for hit in hits {
        let time = table.tracklets[Int(cells.tracklet[Int(hit)])].time
        nightBits |= 1 << UInt64(min(63, max(0, (time - windowStart) * 2)))
      }
      guard nightBits.nonzeroBitCount >= options.minimumNights else { continue }
      let members = agreeing(with: entry, hits, cells, hypothesis)
      guard refiner.enough(members) else { continue }
      let key = Candidate.key(members.sorted())
      guard tried.insert(key).inserted else { continue }
      output.clusters += 1
      guard let candidate = refiner.refine(members, hypothesis) else { continue }
      let own = Candidate.key(candidate.tracklets)
      if let place = found[own] {
        if candidate.reducedChiSquare < output.candidates[place].reducedChiSquare {
          output.candidates[place] = candidate
        }
      } else {
        found[own] = output.candidates.count
        output.candidates.append(candidate)
      }
    }
  }

  /// The seed and those neighbours that a motion within reach of the hypothesis joins to it: eight
  /// numbers, six unknowns.
  private func agreeing(
    with entry: Int, _ hits: [Int32], _ cells: StateCells, _ hypothesis: Hypothesis
  ) -> [Int32] {
    let seed = cells.states[entry].state
    let axes = TangentPlane(at: seed.position.unit)
    let motion = hypothesis.motion
    // What is not linear within the reach of the grid.
    let floor = 0.04 * cells.tolerance[entry]
    guard let own = refiner.row(cells.tracklet[entry], hypothesis, motion, axes, floor: floor)
    else { return [] }
    var model = ClusterModel(
      distanceSigma: hypothesis.distanceReach, speedSigma: hypothesis.speedReach)
    var members = [cells.tracklet[entry]]
    for hit in nearest(hits, to: entry, cells) where Int(hit) != entry {
      let other = cells.tracklet[Int(hit)]
      guard let row = refiner.row(other, hypothesis, motion, axes, floor: floor),
        model.solve([own, row]) != nil, model.chiSquare < ClusterFinder.pairLimit
      else { continue }
      members.append(other)
    }
    return members
  }

  /// Largest χ² of a pair: two degrees of freedom and two priors.
  private static let pairLimit = 20.0

  private func nearest(_ hits: [Int32], to entry: Int, _ cells: StateCells) -> [Int32] {
    guard hits.count > ClusterFinder.largestNeighbourhood else { return hits.sorted() }
    let centre = cells.states[entry].state
    let weight = (0.5 * halfSpanDays) * (0.5 * halfSpanDays)
    let ranked = hits.map { hit in
      let d = cells.states[Int(hit)].state - centre
      return (d.position.squaredNorm + weight * d.velocity.squaredNorm, hit)
    }.sorted { $0 < $1 }
    return ranked.prefix(ClusterFinder.largestNeighbourhood).map(\.1).sorted()
  }
}
