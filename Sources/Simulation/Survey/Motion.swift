import Astro
import Dynamics

/// Where an object is: barycentric states at many moments.
struct Motion: Sendable {
  private let system: SolarSystem

  init(system: SolarSystem) { self.system = system }

  /// Barycentric ICRF states [au, au/d], parallel to `epochs`.
  func states(
    of orbit: Orbit, at epochs: [Epoch<TDB>]
  ) throws(DynamicsError) -> [StateVector] {
    var start = orbit.state
    if orbit.origin == .solarSystemBarycenter {
      start = start - (try system.ephemeris.state(of: .sun, at: orbit.epoch))
    }
    var states: [StateVector] = []
    states.reserveCapacity(epochs.count)
    for epoch in epochs {
      let state = TwoBody.propagate(
        start, days: epoch.days(since: orbit.epoch), gm: GravitationalParameter.sun)
      states.append(state + (try system.ephemeris.state(of: .sun, at: epoch)))
    }
    return states
  }

  /// The heliocentric orbit of the same object at another epoch.
  func heliocentric(_ orbit: Orbit, at epoch: Epoch<TDB>) throws(DynamicsError) -> Orbit {
    let state = try states(of: orbit, at: [epoch])[0]
    let sun = try system.ephemeris.state(of: .sun, at: epoch)
    return Orbit(epoch: epoch, state: state - sun, origin: .sun)
  }
}
