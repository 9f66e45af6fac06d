import Astro
import Dynamics
import Foundation
import TestSupport
import Testing

/// There and back again.
@Suite struct ReversalTests {
  /// A main-belt orbit over all of the ephemerides, 59 years there and 59 back: what is left is
  /// rounding, which grows along the orbit with the 3/2 power of the time (Brouwer 1937): 1e-16 a
  /// step in 700 steps is 1e-12 of the orbit at most.
  @Test func mainBelt() throws {
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let propagator = Propagator(solarSystem)
    let start = solarSystem.ephemeris.start.adding(days: 1)
    let end = solarSystem.ephemeris.end.adding(days: -1)
    let elements = KeplerianElements(
      epoch: start, perihelionAU: 2.1, eccentricity: 0.12, inclinationRad: 0.1, nodeRad: 1,
      argPeriRad: 2, perihelionTime: start.adding(days: 100))
    let orbit = elements.orbit()
    let there = try present(propagator.propagate(orbit, to: [end]).states[0])
    let back = try present(
      propagator.propagate(Orbit(epoch: end, state: there, origin: .sun), to: [start]).states[0])
    #expect(end.days(since: start) > 58 * 365.25)
    let difference = (back.position - orbit.state.position).norm / orbit.state.position.norm
    #expect(difference < 1e-12, "\(difference)")
  }
}
