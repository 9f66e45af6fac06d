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

  /// How a tracklet's state changes with the hypothesis.
  struct Change {
    let byDistance: StateVector
    let bySpeed: StateVector
  }

  /// Differences of the state over steps far below the grid's and far above rounding; nil when the
  /// tracklet has no state there.
  func change(
    _ tracklet: Int32, _ base: TrackletState, _ hypothesis: Hypothesis, _ motion: RadialMotion
  ) -> Change? {
    let t = table.tracklets[Int(tracklet)]
    let dr = 0.02 * hypothesis.distanceReach
    let ds = 0.02 * hypothesis.speedReach
    let moved = RadialMotion(distance: motion.distance + dr, speed: motion.speed)
    let faster = RadialMotion(distance: motion.distance, speed: motion.speed + ds)
    guard
      let byDistance = TrackletState(t, moved, referenceDays: referenceDays, root: hypothesis.root),
      let bySpeed = TrackletState(t, faster, referenceDays: referenceDays, root: hypothesis.root)
    else { return nil }
    let a = byDistance.state - base.state
    let b = bySpeed.state - base.state
    return Change(
      byDistance: StateVector(position: a.position / dr, velocity: a.velocity / dr),
      bySpeed: StateVector(position: b.position / ds, velocity: b.velocity / ds))
  }

  /// One tracklet's part of the linear model.
  ///
  /// - Parameter floor: what the model leaves out at the tracklet's own time [au].
  func row(
    _ tracklet: Int32, _ base: TrackletState, _ change: Change, _ axes: TangentPlane,
    floor: Double
  ) -> ClusterModel.Row {
    let t = table.tracklets[Int(tracklet)]
    var row = ClusterModel.Row()
    row.value = ClusterRefiner.across(base.state, axes)
    row.byDistance = ClusterRefiner.across(change.byDistance, axes)
    row.bySpeed = ClusterRefiner.across(change.bySpeed, axes)
    row.days = referenceDays - t.time + base.range / Constants.lightSpeedAUPerDay
    let stretch = base.range / base.obliquity
    // The Earth's pull, left out of the two-body motion, over the span; and what is not linear.
    let pull = 8.9e-10 / (base.range * base.range) * row.days * row.days
    let position = stretch * t.sigmaDirection
    let slack = floor + 2e-6 * base.range + pull
    row.sigmaPosition = (position * position + slack * slack).squareRoot()
    let velocity = base.sigmaVelocity
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

  enum Outcome {
    case good(Candidate)
    /// The motion settled and these tracklets do not agree: no other start will change that.
    case refused
    /// The motion ran away; from a nearer hypothesis it might settle.
    case lost
  }

  /// - Parameters:
  ///   - start: tracklets, the first one taken as the origin of the linear model.
  ///   - near: where to begin, within the hypothesis' reach or not far from it.
  func refine(_ start: [Int32], _ hypothesis: Hypothesis, near: RadialMotion) -> Outcome {
    var members = start
    var motion = near
    var changes: [Change] = []
    var needsChanges = true
    for round in 0..<ClusterRefiner.rounds {
      var bases: [TrackletState] = []
      for member in members {
        guard
          let base = TrackletState(
            table.tracklets[Int(member)], motion, referenceDays: referenceDays,
            root: hypothesis.root)
        else { return .lost }
        bases.append(base)
      }
      if needsChanges {
        changes.removeAll()
        for (member, base) in zip(members, bases) {
          guard let change = change(member, base, hypothesis, motion) else { return .lost }
          changes.append(change)
        }
      }
      let axes = TangentPlane(at: bases[0].state.position.unit)
      var rows = members.indices.map { row(members[$0], bases[$0], changes[$0], axes, floor: 0) }
      var model = ClusterModel(
        distanceSigma: 3 * hypothesis.distanceReach, speedSigma: 3 * hypothesis.speedReach)
      model.speedAtRest = -motion.speed
      model.speedAtRestSigma =
        ClusterRefiner.usualSpeed * (2 * GravitationalParameter.sun / motion.distance).squareRoot()
      while true {
        guard let solution = model.solve(rows) else { return .lost }
        // While the motion moves far the model is not linear enough to judge a member.
        if round > 0, model.worstChiSquare > ClusterRefiner.memberLimit {
          let worst = model.worst
          members.remove(at: worst)
          rows.remove(at: worst)
          changes.remove(at: worst)
          guard enough(members) else { return .refused }
          continue
        }
        let step = max(
          abs(solution[4]) / hypothesis.distanceReach, abs(solution[5]) / hypothesis.speedReach)
        let shortened = step > 2 ? 2 / step : 1
        motion = RadialMotion(
          distance: motion.distance + solution[4] * shortened,
          speed: motion.speed + solution[5] * shortened)
        guard motion.distance > 0.1 else { return .lost }
        if step < 0.02 || round == ClusterRefiner.rounds - 1 {
          return candidate(members, solution, motion, axes, model.chiSquare)
        }
        needsChanges = step > 0.3
        break
      }
    }
    return .lost
  }

  private static let rounds = 6
  /// Radial speed over that of escape: one standard deviation of what is known beforehand.
  private static let usualSpeed = 0.35

  private func candidate(
    _ members: [Int32], _ solution: [6 of Double], _ motion: RadialMotion, _ axes: TangentPlane,
    _ chiSquare: Double
  ) -> Outcome {
    let reduced = chiSquare / Double(max(1, 4 * members.count - 6))
    guard reduced < ClusterRefiner.acceptLimit else { return .refused }
    let tangential = axes.east * solution[0] + axes.north * solution[1]
    let radial2 = motion.distance * motion.distance - tangential.squaredNorm
    guard radial2 > 0 else { return .lost }
    let position = tangential + axes.centre * radial2.squareRoot()
    let across = axes.east * solution[2] + axes.north * solution[3]
    // The component along the axis follows from the radial speed.
    let along =
      (motion.distance * motion.speed - position.dot(across)) / position.dot(axes.centre)
    let sorted = members.sorted()
    return .good(
      Candidate(
        tracklets: sorted,
        state: StateVector(position: position, velocity: across + axes.centre * along),
        epochDays: referenceDays, reducedChiSquare: reduced, nights: nights(sorted),
        detections: detections(sorted).count))
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
