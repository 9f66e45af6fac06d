import Astro
import Astrometry
import Dynamics

/// Motion under all forces, for one fitter at a time.
struct PerturbedMotion {
  let propagator: Propagator
  let workspace: Propagator.Workspace
  /// Of the integrator [au]: a tenth of a milliarcsecond after decades, with steps half as long
  /// again as for an ephemeris.
  var tolerance = 1e-6
  /// The same where radar measures: metres after decades.
  static let radarTolerance = 1e-9

  init(_ solarSystem: SolarSystem) {
    propagator = Propagator(solarSystem)
    // A near-Earth asteroid's thirty years are some thousand steps, and every iteration takes
    // nearly the same ones.
    workspace = propagator.makeWorkspace(steps: 1024)
  }
}

extension ArcFitter {
  /// Fills ``objects`` and ``transitions`` by one integration to all observations. False where a
  /// used one is not reached (an impact, the end of the ephemerides).
  ///
  /// Transition matrices cost more than the motion itself and change little from one iteration to
  /// the next: they are made anew only when steps no longer keep what they promise.
  mutating func movePerturbed(_ motion: PerturbedMotion, _ state: StateVector) -> Bool {
    let result = motion.propagator.propagate(
      Orbit(epoch: epoch, state: state, origin: .sun), to: epochs,
      options: Propagator.Options(
        origin: .solarSystemBarycenter, transitions: !transitionsAreFresh,
        tolerance: motion.tolerance),
      workspace: motion.workspace)
    for k in 0..<sights.count {
      guard let object = result.states[k] else {
        if used[k] { return false }
        // Somewhere behind the observer: placeRows() sees that it cannot be computed.
        objects[k] = StateVector(
          position: sights[k].observation.observer.position - sights[k].direction,
          velocity: .zero)
        transitions[k] = .identity
        continue
      }
      objects[k] = object
      if !transitionsAreFresh, let transition = result.transitions[k] {
        transitions[k] = transition
      }
    }
    transitionsAreFresh = true
    return true
  }

  /// The heliocentric state at the arc's epoch of an orbit at any other, under all forces.
  func carried(_ orbit: Orbit, by motion: PerturbedMotion) -> StateVector? {
    motion.propagator.propagate(
      orbit, to: [epoch], options: Propagator.Options(tolerance: motion.tolerance),
      workspace: motion.workspace
    ).states[0]
  }
}
