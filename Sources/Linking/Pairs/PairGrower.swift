import Astro
import Dynamics

/// Looks along a pair's orbit for tracklets of other nights.
///
/// The pair fixes the orbit but for its two ranges; everything it predicts is taken as linear in
/// them, in units of their standard deviations. A further tracklet is four numbers that must agree
/// with the prediction; each that does narrows it for the rest.
struct PairGrower: Sendable {
  let table: TrackletTable
  let slices: [TrackletSlice]
  let options: LinkingOptions
  let search: PartnerSearch

  /// Largest χ² of a tracklet that joins (four numbers).
  static let joinLimit = 32.0
  /// A prediction that leaves the place open by more is none [rad].
  private static let largestSigma = 2.0 * Angle.degree
  /// Tracklets looked at, the best first.
  private static let mostHits = 48
  private static let earth = 8.9e-10
  /// Chance tracklets that may lie where only the Earth's pull leaves the place open.
  private static let mostChance = 0.1

  /// Scratch of one piece of work.
  struct Work {
    var ranges: [Range<Int>] = []
    var hits: [Hit] = []
    var grown = 0
  }

  /// A tracklet near the prediction: offsets of place and rate, and their change with both ranges,
  /// in standard deviations.
  struct Hit {
    let tracklet: Int32
    let time: Double
    var offset: SIMD4<Double>
    var byFirst: SIMD4<Double>
    var bySecond: SIMD4<Double>
    var chiSquare = 0.0
  }

  /// The ranges' corrections in standard deviations, and the information on them.
  private struct Knowledge {
    var n11 = 1.0
    var n12 = 0.0
    var n22 = 1.0
    var b1 = 0.0
    var b2 = 0.0
    var squares = 0.0

    /// χ² left over when the corrections are chosen best.
    var chiSquare: Double {
      let determinant = n11 * n22 - n12 * n12
      return squares - (n22 * b1 * b1 - 2 * n12 * b1 * b2 + n11 * b2 * b2) / determinant
    }

    var solution: (x: Double, y: Double) {
      let determinant = n11 * n22 - n12 * n12
      return ((n22 * b1 - n12 * b2) / determinant, (n11 * b2 - n12 * b1) / determinant)
    }

    @inline(__always)
    func with(_ hit: Hit) -> Knowledge {
      var k = self
      k.n11 += (hit.byFirst * hit.byFirst).sum()
      k.n12 += (hit.byFirst * hit.bySecond).sum()
      k.n22 += (hit.bySecond * hit.bySecond).sum()
      k.b1 += (hit.byFirst * hit.offset).sum()
      k.b2 += (hit.bySecond * hit.offset).sum()
      k.squares += (hit.offset * hit.offset).sum()
      return k
    }
  }

  /// Candidates that hold both tracklets of the pair; most often none or one.
  func grow(_ index: Int, _ pair: PartnerSearch.Pair, _ work: inout Work) -> [Candidate] {
    let (a, b) = (table.tracklets[index], table.tracklets[Int(pair.partner)])
    guard let ends = pair.orbit.ends(a, b) else { return [] }
    work.grown += 1
    gather(a, b, pair.orbit, ends, &work)
    guard !work.hits.isEmpty else { return [] }
    work.hits.sort {
      $0.chiSquare != $1.chiSquare
        ? $0.chiSquare < $1.chiSquare : $0.tracklet < $1.tracklet
    }
    if work.hits.count > PairGrower.mostHits {
      work.hits.removeSubrange(PairGrower.mostHits...)
    }
    var candidates: [Candidate] = []
    var used = [Bool](repeating: false, count: work.hits.count)
    for seed in work.hits.indices where !used[seed] {
      let (chosen, knowledge) = together(with: seed, work.hits)
      var members = chosen.map { work.hits[$0].tracklet }
      members.append(Int32(index))
      members.append(pair.partner)
      members.sort()
      guard enough(members) else { continue }
      for k in chosen { used[k] = true }
      let (x, y) = knowledge.solution
      let state = start(members) ?? pair.orbit.ends(a, b, x: x, y: y) ?? ends
      let chiSquare = pair.orbit.chiSquare + knowledge.chiSquare
      candidates.append(
        Candidate(
          tracklets: members, state: state.start, epochDays: state.startDays,
          reducedChiSquare: chiSquare / Double(4 * members.count - 6), nights: nights(members),
          detections: detections(members).count))
    }
    return candidates
  }

  /// The orbit of the first and the last tracklet, which have most to say about the ranges.
  private func start(_ members: [Int32]) -> PairEnds? {
    let (a, b) = (
      table.tracklets[Int(members[0])], table.tracklets[Int(members[members.count - 1])]
    )
    return search.best(a, b, RangeStarts(a))?.ends(a, b)
  }

  /// The seed and those that agree with it and each other, the best fitting first.
  private func together(with seed: Int, _ hits: [Hit]) -> ([Int], Knowledge) {
    var knowledge = Knowledge().with(hits[seed])
    var chosen = [seed]
    while true {
      var best = (index: -1, gain: PairGrower.joinLimit)
      let before = knowledge.chiSquare
      for k in hits.indices where !chosen.contains(k) {
        let gain = knowledge.with(hits[k]).chiSquare - before
        guard gain < best.gain else { continue }
        // One object is at one place at a time.
        guard !chosen.contains(where: { abs(hits[$0].time - hits[k].time) < 3e-4 }) else {
          continue
        }
        best = (k, gain)
      }
      guard best.index >= 0 else { return (chosen, knowledge) }
      chosen.append(best.index)
      knowledge = knowledge.with(hits[best.index])
    }
  }

  private func gather(
    _ a: Tracklet, _ b: Tracklet, _ orbit: TrackletPair, _ ends: PairEnds, _ work: inout Work
  ) {
    work.hits.removeAll(keepingCapacity: true)
    // Differences over steps that keep the ranges positive and the arc nearly linear.
    let x = min(1, 0.2 * min(orbit.ranges.0 / orbit.first, orbit.ranges.1 / abs(orbit.cross)))
    let y = min(1, 0.2 * orbit.ranges.1 / orbit.second)
    guard let endsX = orbit.ends(a, b, x: x), let endsY = orbit.ends(a, b, y: y) else { return }
    // Beyond the step the arc is not linear.
    let bend = 0.15 * max(orbit.first / orbit.ranges.0, orbit.second / orbit.ranges.1)
    let low = b.time - options.windowDays
    let high = a.time + options.windowDays
    let pairSpan = b.time - a.time
    var k = slices.partitioningIndex { $0.time + $0.halfDays >= low }
    while k < slices.count, slices[k].time - slices[k].halfDays <= high {
      let slice = slices[k]
      k += 1
      var days = slice.time - orbit.ranges.0 / Constants.lightSpeedAUPerDay
      var base = ends.at(days: days)
      let late =
        days - slice.time
        + (base.position - slice.observer).norm / Constants.lightSpeedAUPerDay
      days -= late
      base = StateVector(position: base.position - late * base.velocity, velocity: base.velocity)
      let offset = base.position - slice.observer
      let range = offset.norm
      let direction = offset * (1 / range)
      let motion = base.velocity.norm + 0.02
      let rough = motion * slice.halfDays / range + 1e-4 / range
      guard slice.isNear(direction, PairGrower.largestSigma * 3 + rough) else { continue }
      let stateX = (endsX.at(days: days) - base) * (1 / x)
      let stateY = (endsY.at(days: days) - base) * (1 / y)
      let dx = stateX.position - direction * direction.dot(stateX.position)
      let dy = stateY.position - direction * direction.dot(stateY.position)
      let sigma = (dx.squaredNorm + dy.squaredNorm).squareRoot() / range
      guard sigma < PairGrower.largestSigma else { continue }
      // Errors of the pair's own directions, carried beyond it.
      let beyond = max(0, max(a.time - slice.time, slice.time - b.time)) / pairSpan
      let pairSigma = max(a.sigmaDirection, b.sigmaDirection) * (1 + beyond)
      let slack =
        bend * sigma + 5e-7
        + PairGrower.earth / (range * range * range) * pairSpan * pairSpan * (1 + beyond)
      guard sigma + slack < PairGrower.largestSigma else { continue }
      let reach = 4.5 * (sigma + pairSigma + slack) + rough
      guard slice.isNear(direction, reach) else { continue }
      // Near the Earth its pull leaves so much open that in a dense sky something always fits.
      let blur = 4.5 * slack
      guard slack < sigma + pairSigma || .pi * blur * blur * slice.density < PairGrower.mostChance
      else { continue }
      work.ranges.removeAll(keepingCapacity: true)
      slice.collectRanges(within: reach, of: direction, into: &work.ranges)
      let test = PlaceTest(
        slice, base, direction: direction, byFirst: dx * (1 / range), bySecond: dy * (1 / range),
        sigma: pairSigma + slack)
      for part in work.ranges {
        for group in part.lowerBound / 8...(part.upperBound - 1) / 8 {
          let found = test.mayBelong(slice.motions.eight(group))
          guard any(found) else { continue }
          let mask = found .& SliceMotions.members(of: part, group)
          for lane in 0..<8 where mask[lane] {
            let index = slice.motions.order[group * 8 + lane]
            let t = table.tracklets[Int(index)]
            guard abs(t.time - a.time) > 3e-4, abs(t.time - b.time) > 3e-4 else { continue }
            if let hit = compare(
              index, t, base, stateX, stateY, days: t.time - slice.time, sigma: pairSigma,
              slack: slack, pairSpan: pairSpan)
            {
              work.hits.append(hit)
            }
          }
        }
      }
    }
  }

  /// - Parameter days: from the time that the states belong to.
  @inline(__always)
  private func compare(
    _ index: Int32, _ t: Tracklet, _ base: StateVector, _ byX: StateVector, _ byY: StateVector,
    days: Double, sigma: Double, slack: Double, pairSpan: Double
  ) -> Hit? {
    let r2 = base.position.squaredNorm
    let pull = base.position * (-GravitationalParameter.sun / (r2 * r2.squareRoot()))
    let position = base.position + days * (base.velocity + (0.5 * days) * pull)
    let velocity = base.velocity + days * pull
    let offset = position - t.observer
    let range = offset.norm
    let inverse = 1 / range
    let u = offset * inverse
    let relative = velocity - t.observerVelocity
    let rangeRate = u.dot(relative)
    let rate = (relative - rangeRate * u) * inverse
    let plane = TangentPlane(at: u)
    let place = t.direction - u
    let turn = t.rate - rate
    let variance = t.sigmaDirection * t.sigmaDirection + sigma * sigma + slack * slack
    let rateSlack = sigma / pairSpan
    let rateVariance =
      t.sigmaRate * t.sigmaRate + rateSlack * rateSlack + slack * slack * 0.1
      + 1e-5 * rate.squaredNorm * place.squaredNorm
    let w = 1 / variance.squareRoot()
    let v = 1 / rateVariance.squareRoot()
    let weights = SIMD4(w, w, v, v)
    let measured =
      SIMD4(
        place.dot(plane.east), place.dot(plane.north), turn.dot(plane.east),
        turn.dot(plane.north)) * weights
    // Offsets that no change of the ranges explains need no partials.
    func partials(_ change: StateVector) -> SIMD4<Double> {
      let moved = change.position + days * change.velocity
      let stretch = u.dot(moved) * inverse
      let swing = (moved - u * u.dot(moved)) * inverse
      let turning =
        (change.velocity - swing * rangeRate) * inverse - rate * stretch
      return SIMD4(
        swing.dot(plane.east), swing.dot(plane.north), turning.dot(plane.east),
        turning.dot(plane.north)) * weights
    }
    var hit = Hit(
      tracklet: index, time: t.time, offset: measured, byFirst: partials(byX),
      bySecond: partials(byY))
    hit.chiSquare = Knowledge().with(hit).chiSquare
    return hit.chiSquare < PairGrower.joinLimit ? hit : nil
  }

  private func enough(_ members: [Int32]) -> Bool {
    nights(members) >= options.minimumNights
      && detections(members).count >= options.minimumDetections
  }

  private func nights(_ members: [Int32]) -> Int {
    NightCount.nights(members.map { table.tracklets[Int($0)].time }.sorted())
  }

  private func detections(_ members: [Int32]) -> [Int32] { table.detections(of: members) }
}

extension TrackletTable {
  /// The distinct detections of some tracklets, ascending.
  func detections(of tracklets: [Int32]) -> [Int32] {
    var all: [Int32] = []
    for t in tracklets { all.append(contentsOf: members(of: Int(t))) }
    all.sort()
    var distinct: [Int32] = []
    for d in all where distinct.last != d { distinct.append(d) }
    return distinct
  }
}
