import Astro
import Dynamics

/// Fits r, ṙ and a common state to tracklets that a hypothesis brought together, leaves out those
/// that do not belong, and says whether what is left deserves a full fit.
struct ClusterRefiner: Sendable {
  let table: TrackletTable
  let options: LinkingOptions
  /// Reference epoch, on the scale of ``Tracklet/time`` [d].
  let referenceDays: Double

  /// Largest χ² of one tracklet (4 numbers) that stays in a cluster.
  private static let memberLimit = 60.0
  /// Largest χ² per degree of freedom that is fitted in full.
  private static let acceptLimit = 8.0

  /// One tracklet's row under a motion; nil when it has no state there.
  func row(
    _ tracklet: Int32, _ hypothesis: Hypothesis, _ motion: RadialMotion, _ axes: TangentPlane,
    floor: Double
  ) -> ClusterModel.Row? {
    let t = table.tracklets[Int(tracklet)]
    // Steps far below the reach, far above rounding.
    let dr = 0.02 * hypothesis.distanceReach
    let ds = 0.02 * hypothesis.speedReach
    let moved = RadialMotion(distance: motion.distance + dr, speed: motion.speed)
    let faster = RadialMotion(distance: motion.distance, speed: motion.speed + ds)
    guard
      let base = TrackletState(t, motion, referenceDays: referenceDays, root: hypothesis.root),
      let byDistance = TrackletState(t, moved, referenceDays: referenceDays, root: hypothesis.root),
      let bySpeed = TrackletState(t, faster, referenceDays: referenceDays, root: hypothesis.root)
    else { return nil }
    var row = ClusterModel.Row()
    row.value = ClusterRefiner.across(base.state, axes)
    let a = ClusterRefiner.across(byDistance.state, axes)
    let b = ClusterRefiner.across(bySpeed.state, axes)
    for k in 0..<4 {
      row.byDistance[k] = (a[k] - row.value[k]) / dr
      row.bySpeed[k] = (b[k] - row.value[k]) / ds
    }
    row.days = referenceDays - t.time
    let stretch = base.range / base.obliquity
    // The Earth's pull, left out of the two-body motion, over the span; and what is not linear.
    let pull = 8.9e-10 / (base.range * base.range) * row.days * row.days
    let position = stretch * t.sigmaDirection
    let slack = floor + 2e-6 * base.range + pull
    row.sigmaPosition = (position * position + slack * slack).squareRoot()
    let velocity = stretch * t.sigmaRate
    let velocitySlack = slack / 4
    row.sigmaVelocity = (velocity * velocity + velocitySlack * velocitySlack).squareRoot()
    return row
  }

  static func across(_ state: StateVector, _ axes: TangentPlane) -> [4 of Double] {
    [
      state.position.dot(axes.east), state.position.dot(axes.north),
      state.velocity.dot(axes.east), state.velocity.dot(axes.north),
    ]
  }

  /// - Parameters:
  ///   - start: tracklets, the first one taken as the origin of the linear model.
  /// - Returns: nil when fewer than the asked nights and detections stay together.
  func refine(_ start: [Int32], _ hypothesis: Hypothesis) -> Candidate? {
    var members = start
    var motion = hypothesis.motion
    var solved = false
    var round = 0
    while round < 6 {
      guard enough(members) else { return nil }
      guard
        let origin = TrackletState(
          table.tracklets[Int(members[0])], motion, referenceDays: referenceDays,
          root: hypothesis.root)
      else { return nil }
      let axes = TangentPlane(at: origin.state.position.unit)
      var rows: [ClusterModel.Row] = []
      var kept: [Int32] = []
      for member in members {
        if let row = row(member, hypothesis, motion, axes, floor: 0) {
          rows.append(row)
          kept.append(member)
        }
      }
      members = kept
      guard enough(members) else { return nil }
      var model = ClusterModel(
        distanceSigma: 3 * hypothesis.distanceReach, speedSigma: 3 * hypothesis.speedReach)
      guard let solution = model.solve(rows) else { return nil }
      // The first steps are far from linear: drop nobody before the motion has settled.
      if round >= 2, model.worstChiSquare > ClusterRefiner.memberLimit {
        members.remove(at: model.worst)
        continue
      }
      let settled =
        abs(solution[4]) < 0.01 * hypothesis.distanceReach
        && abs(solution[5]) < 0.01 * hypothesis.speedReach
      let limitedR = min(
        max(solution[4], -2 * hypothesis.distanceReach), 2 * hypothesis.distanceReach)
      let limitedS = min(max(solution[5], -2 * hypothesis.speedReach), 2 * hypothesis.speedReach)
      motion = RadialMotion(distance: motion.distance + limitedR, speed: motion.speed + limitedS)
      guard motion.distance > 0.1 else { return nil }
      solved = settled && round >= 2
      round += 1
      if solved || round == 6 {
        return candidate(members, solution, motion, axes, model.chiSquare)
      }
    }
    return nil
  }

  private func candidate(
    _ members: [Int32], _ solution: [6 of Double], _ motion: RadialMotion, _ axes: TangentPlane,
    _ chiSquare: Double
  ) -> Candidate? {
    let reduced = chiSquare / Double(max(1, 4 * members.count - 6))
    guard reduced < ClusterRefiner.acceptLimit else { return nil }
    let tangential = axes.east * solution[0] + axes.north * solution[1]
    let radial2 = motion.distance * motion.distance - tangential.squaredNorm
    guard radial2 > 0 else { return nil }
    let position = tangential + axes.centre * radial2.squareRoot()
    let across = axes.east * solution[2] + axes.north * solution[3]
    // The component along the axis follows from the radial speed.
    let along =
      (motion.distance * motion.speed - position.dot(across)) / position.dot(axes.centre)
    let sorted = members.sorted()
    return Candidate(
      tracklets: sorted,
      state: StateVector(position: position, velocity: across + axes.centre * along),
      epochDays: referenceDays, reducedChiSquare: reduced, nights: nights(sorted),
      detections: detections(sorted).count)
  }

  func enough(_ members: [Int32]) -> Bool {
    guard members.count > 1 else { return false }
    return nights(members) >= options.minimumNights
      && detections(members).count >= options.minimumDetections
  }

  func nights(_ members: [Int32]) -> Int {
    NightCount.nights(members.map { table.tracklets[Int($0)].time }.sorted())
  }

  /// The distinct detections of some tracklets, ascending.
  func detections(_ tracklets: [Int32]) -> [Int32] {
    var all: [Int32] = []
    for t in tracklets { all.append(contentsOf: table.members(of: Int(t))) }
    all.sort()
    var distinct: [Int32] = []
    for d in all where distinct.last != d { distinct.append(d) }
    return distinct
  }
}
