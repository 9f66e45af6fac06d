import Dynamics

/// Where orbits near the Earth go, for one piece of work.
struct ArcForces {
  private let propagator: Propagator
  private let workspace: Propagator.Workspace

  init(_ solarSystem: SolarSystem) {
    propagator = Propagator(solarSystem)
    workspace = propagator.makeWorkspace()
  }

  /// Heliocentric state and transition at the middle of each block, nil where it cannot be reached.
  func track(
    of orbit: Orbit, _ sky: SkyIndex
  ) -> [(state: StateVector, transition: StateTransitionMatrix)?] {
    let result = propagator.propagate(
      orbit, to: sky.blockEpochs,
      options: Propagator.Options(origin: .sun, transitions: true, tolerance: 1e-6),
      workspace: workspace)
    return sky.blockEpochs.indices.map { k in
      guard let state = result.states[k], let transition = result.transitions[k] else {
        return nil
      }
      return (state, transition)
    }
  }
}
