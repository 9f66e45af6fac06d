import Astro
import Dynamics

/// Where objects are: perturbed barycentric states at many moments. One for each thread.
struct Motion {
  private let propagator: Propagator
  private let workspace: Propagator.Workspace

  init(system: SolarSystem) {
    propagator = Propagator(system)
    workspace = propagator.makeWorkspace()
  }

  /// ICRF states [au, au/d], parallel to `epochs`.
  ///
  /// - Throws: ``SimulationError/motionEnded(reason:)`` when the object does not reach all of them.
  func states(
    of object: CatalogOrbit, at epochs: [Epoch<TDB>], origin: Origin = .solarSystemBarycenter
  ) throws(SimulationError) -> [StateVector] {
    let motion = propagator.propagate(
      object, to: epochs, options: .init(origin: origin), workspace: workspace)
    let states = motion.states.compactMap { $0 }
    guard states.count == epochs.count else {
      throw .motionEnded(reason: Self.reason(motion.verdict))
    }
    return states
  }

  private static func reason(_ verdict: Propagation.Verdict) -> String {
    switch verdict {
    case .complete: "some of its states are missing"
    case .impact(let approach):
      "it strikes the \(approach.body.name) on MJD \(approach.time.mjd) (TDB)"
    case .outsideEphemeris(let epoch): "the ephemerides do not hold MJD \(epoch.mjd) (TDB)"
    case .stalled(let epoch): "its motion cannot be followed beyond MJD \(epoch.mjd) (TDB)"
    case .notFinite: "its orbit is not finite"
    }
  }
}
