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
  ///
  /// - Parameter known: what earlier hypotheses found.
  func candidates(_ hypotheses: ArraySlice<Hypothesis>, known: KnownClusters) -> Output {
    var output = Output()
    var cells = StateCells()
    var tried: Set<UInt64> = []
    var found = Found(known: known)
    for hypothesis in hypotheses {
      fill(&cells, hypothesis)
      output.states += cells.count
      guard cells.count >= options.minimumNights else { continue }
      tried.removeAll(keepingCapacity: true)
      search(&cells, hypothesis, &tried, &found, &output)
    }
    return output
  }

  /// The states of all tracklets of the window that have one.
  func fill(_ cells: inout StateCells, _ hypothesis: Hypothesis) {
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
      let base = hypothesis.toleranceRad * ClusterTolerance.scale(state.range)
      let spread = 2.5 * state.sigmaVelocity * abs(referenceDays - tracklet.time)
      guard spread < ClusterFinder.largestErrorScale * base else { continue }
      toleranceSum += base + spread
      cells.add(Int32(index), state, tolerance: base + spread)
    }
    guard cells.count > 0 else { return }
    cells.build(cellSize: 2 * toleranceSum / Double(cells.count))
  }

  /// Neighbours of an entry within its tolerance, the mean over every n-th entry.
  func meanNeighbours(_ cells: StateCells, every step: Int) -> Double {
    var hits: [Int32] = []
    var entries = 0
    for entry in stride(from: 0, to: cells.count, by: step) {
      let tolerance = cells.tolerance[entry]
      cells.collect(
        around: entry, position: tolerance, velocity: tolerance / (0.5 * halfSpanDays),
        into: &hits)
      entries += 1
    }
    return entries == 0 ? 0 : Double(hits.count - entries) / Double(entries)
  }

  private func search(
    _ cells: inout StateCells, _ hypothesis: Hypothesis, _ tried: inout Set<UInt64>,
    _ found: inout Found, _ output: inout Output
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
      // Half days: the longest window has 124 of them.
      var nightBits: UInt128 = 0
      for hit in hits {
        let time = table.tracklets[Int(cells.tracklet[Int(hit)])].time
        nightBits |= 1 << UInt128(min(127, max(0, (time - windowStart) * 2)))
      }
      guard nightBits.nonzeroBitCount >= options.minimumNights,
        !found.covers(hits.map { cells.tracklet[Int($0)] })
      else { continue }
      guard let group = agreeing(with: entry, hits, &cells, hypothesis),
        !found.covers(group.members)
      else { continue }
      let key = Candidate.key(group.members.sorted())
      guard tried.insert(key).inserted, !found.refused.contains(key) else { continue }
      output.clusters += 1
      let candidate: Candidate
      switch refiner.refine(group.members, hypothesis, near: group.motion) {
      case .good(let good): candidate = good
      case .refused:
        found.refused.insert(key)
        continue
      case .lost: continue
      }
      found.add(candidate, to: &output)
    }
  }

  /// What this piece of work and those before it found.
  private struct Found {
    let known: KnownClusters
    var own = KnownClusters()
    /// Keys of sets that do not agree.
    var refused: Set<UInt64> = []
    private var place: [UInt64: Int] = [:]

    init(known: KnownClusters) { self.known = known }

    func covers(_ tracklets: [Int32]) -> Bool {
      known.covers(tracklets) || own.covers(tracklets)
    }

    mutating func add(_ candidate: Candidate, to output: inout Output) {
      own.add(candidate)
      let key = Candidate.key(candidate.tracklets)
      if let old = place[key] {
        if candidate.reducedChiSquare < output.candidates[old].reducedChiSquare {
          output.candidates[old] = candidate
        }
      } else {
        place[key] = output.candidates.count
        output.candidates.append(candidate)
      }
    }
  }

  /// The seed and those neighbours that a motion within reach of the hypothesis joins to it (eight
  /// numbers, six unknowns), thinned to those that agree all together; and that motion.
  private func agreeing(
    with entry: Int, _ hits: [Int32], _ cells: inout StateCells, _ hypothesis: Hypothesis
  ) -> (members: [Int32], motion: RadialMotion)? {
    let motion = hypothesis.motion
    func change(_ index: Int32, _ base: TrackletState) -> ClusterRefiner.Change? {
      refiner.change(index, base, hypothesis, motion)
    }
    guard let ownChange = cells.change(entry, change) else { return nil }
    let axes = TangentPlane(at: cells.states[entry].state.position.unit)
    let floor = hypothesis.nonlinearAU
    let own = refiner.row(
      cells.tracklet[entry], cells.states[entry], ownChange, axes, floor: floor)
    var model = ClusterModel(
      distanceSigma: hypothesis.distanceReach, speedSigma: hypothesis.speedReach)
    var members = [cells.tracklet[entry]]
    var rows = [own]
    for hit in nearest(hits, to: entry, cells) where Int(hit) != entry {
      guard let otherChange = cells.change(Int(hit), change) else { continue }
      let other = cells.tracklet[Int(hit)]
      let row = refiner.row(other, cells.states[Int(hit)], otherChange, axes, floor: floor)
      guard model.solve(own, row) != nil, model.chiSquare < ClusterFinder.pairLimit
      else { continue }
      members.append(other)
      rows.append(row)
    }
    // What agrees with the seed one by one need not agree with each other.
    while refiner.enough(members) {
      guard let solution = model.solve(rows) else { return nil }
      if model.worstChiSquare < ClusterFinder.pairLimit {
        let corrected = RadialMotion(
          distance: motion.distance + solution[4], speed: motion.speed + solution[5])
        return (members, corrected)
      }
      members.remove(at: model.worst)
      rows.remove(at: model.worst)
    }
    return nil
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
