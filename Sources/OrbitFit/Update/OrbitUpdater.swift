import Astro
public import Astrometry
public import Dynamics

/// Improves orbits that are known with their covariance by observations that these don't have in
/// them yet: least squares with the orbit known before as an observation of all six unknowns
/// (Bierman 1977, Factorization Methods for Discrete Sequential Estimation, ch. V; Milani & Gronchi
/// 2010, Theory of Orbit Determination, 6.1).
///
/// An orbit of a hundred years is not made anew from four detections: these move it by as much as
/// its covariance allows. Square roots of information are kept throughout, no normal matrix is
/// formed.
public struct OrbitUpdater: Sendable {
  private let propagator: Propagator
  /// χ² of two degrees of freedom, the fit's own uncertainty taken into account, above which an
  /// observation is left out, and below which it comes back.
  private let rejectAbove: Double
  private let recoverBelow: Double

  /// What came of it.
  public struct Result: Sendable {
    /// At the epoch of the middle observation, heliocentric, with its residuals; the prior's
    /// part is not in its χ². ``FitResult/degreesOfFreedom`` is twice the new observations used:
    /// the unknowns are the prior's.
    public var fit: FitResult
    /// How far the orbit went from what was known before, as χ² of six degrees of freedom.
    public var shift: Double
  }

  /// - Parameter rejectAbove: 25 leaves out 4 in a million good observations.
  public init(_ solarSystem: SolarSystem, rejectAbove: Double = 25) {
    propagator = Propagator(solarSystem)
    self.rejectAbove = rejectAbove
    recoverBelow = 0.8 * rejectAbove
  }

  private static let mostIterations = 10
  /// Steps of so little of a standard deviation change nothing any more (χ²).
  private static let leastStep = 1e-8

  /// - Parameters:
  ///   - prior: heliocentric or barycentric, with its covariance and its own forces.
  ///   - observations: in the order of time, usable ones.
  ///   - held: by observation, whether the prior may have it in it already: then it is compared with
  ///     the orbit and not added to it again, which would make the covariance too small. Empty: it
  ///     has none.
  /// - Returns: nil when the orbit has no covariance, can't be followed to the observations, or
  ///   none is new to it. A result that did not converge says so.
  /// - Complexity: three to five integrations of the observed arc with partials, and one from the
  ///   prior's epoch.
  public func update(
    _ prior: CatalogOrbit, with observations: [AstrometricObservation], held: [Bool] = []
  ) -> Result? {
    let sights = observations.map { SightLine($0) }
    let isNew = held.isEmpty ? sights.map { _ in true } : held.map { !$0 }
    guard isNew.count == sights.count, isNew.contains(true), sights.allSatisfy(\.isUsable),
      let start = moved(prior, to: observations[observations.count / 2].epoch)
    else { return nil }
    var work = UpdateWork(
      start: start.orbit, information: start.covariance, sights: sights, isNew: isNew,
      workspace: propagator.makeWorkspace())
    guard settle(&work) else { return nil }
    // The worst is left out first: it may be the reason why others look bad.
    while let worst = work.worst(above: rejectAbove) {
      work.used[worst] = false
      guard settle(&work) else { return nil }
    }
    if work.recover(below: recoverBelow), !settle(&work) { return nil }
    return work.result
  }

  private func moved(
    _ prior: CatalogOrbit, to epoch: Epoch<TDB>
  ) -> (orbit: CatalogOrbit, covariance: OrbitCovariance)? {
    guard let covariance = prior.covariance else { return nil }
    let motion = propagator.propagate(
      prior, to: [epoch], options: .init(origin: .sun, transitions: true))
    guard let state = motion.states[0], let transition = motion.transitions[0],
      let there = covariance.propagated(by: transition)
    else { return nil }
    var orbit = prior
    orbit.orbit = Orbit(epoch: epoch, state: state, origin: .sun)
    orbit.covariance = there
    return (orbit, there)
  }

  /// Corrects the orbit until steps are nothing; false when it can't be followed.
  private func settle(_ work: inout UpdateWork) -> Bool {
    work.converged = false
    for _ in 0..<Self.mostIterations {
      guard work.linearise(propagator) else { return false }
      let step = work.step()
      guard step.isFinite else { return false }
      work.iterations += 1
      if step < Self.leastStep {
        work.converged = true
        return true
      }
    }
    return work.linearise(propagator)
  }
}
