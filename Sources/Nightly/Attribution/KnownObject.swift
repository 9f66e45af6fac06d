import Astro
import Catalog
import Dynamics

/// An orbit in force, as attribution uses it.
struct KnownObject: Sendable {
  let id: Int64
  /// With an assumed covariance where it came with none.
  let orbit: CatalogOrbit
  /// Our own fit of nothing but our detections, to be made again with new ones.
  let isOwn: Bool
  /// The orbit known elsewhere, with a covariance, that detections improve; nil where there is none.
  let priorSolutionId: Int64?
  /// Of our detections, how many the orbit in force has in it, where it is one that we improved.
  let improvedBy: Int
  /// Detections up to here may be in that orbit already [MJD TAI]; nil: none are.
  let heldUntilMjdTai: Double?

  init(_ solution: OrbitSolution) {
    var orbit = solution.orbit
    if orbit.covariance == nil { orbit.covariance = AssumedUncertainty.covariance(of: orbit) }
    self.orbit = orbit
    id = orbit.ssObjectId ?? 0
    isOwn = solution.isOwn
    let isPrior = !solution.isOurs && solution.orbit.covariance != nil
    priorSolutionId = solution.priorSolutionId ?? (isPrior ? solution.solutionId : nil)
    heldUntilMjdTai = orbit.quality.observedUntilMjdTai
    improvedBy = solution.priorSolutionId == nil ? 0 : (solution.degreesOfFreedom ?? 0) / 2
  }

  /// The orbit at an epoch near the nights that are searched, so that the long way there is gone
  /// once and not every night. Nil when it can't be followed there.
  ///
  /// Always made from the orbit in force itself: the same numbers whichever night asks first.
  func moved(
    to epoch: Epoch<TDB>, _ propagator: Propagator, _ workspace: Propagator.Workspace
  ) -> CatalogOrbit? {
    let span = abs(epoch.days(since: orbit.orbit.epoch))
    guard span > Self.nearDays else { return orbit }
    let motion = propagator.propagate(
      orbit, to: [epoch], options: .init(origin: .sun, transitions: true), workspace: workspace)
    guard let state = motion.states[0], let transition = motion.transitions[0],
      let covariance = orbit.covariance?.propagated(by: transition)
    else { return nil }
    var moved = orbit
    moved.orbit = Orbit(epoch: epoch, state: state, origin: .sun)
    moved.covariance = covariance
    return moved
  }

  /// Orbits so near are left where they are [d].
  private static let nearDays = 20.0
}
