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

  /// A hundred years there and back, which the ephemerides do not span: all masses on circles, the
  /// Sun in motion, all forces at work.
  @Test func century() throws {
    try century(MadeUpSystem.circling().load(), from: Epoch(mjd: 40_010))
  }

  /// The same among the real masses, where ECLIPTIC_EPHEMERIDES names JPL's full kernels.
  @Test(.enabled(if: ReversalTests.longKernels != nil, "needs kernels of 1950 to 2051"))
  func centuryOfKernels() throws {
    try century(try #require(ReversalTests.longKernels), from: Epoch(mjd: 33_300))
  }

  private static let longKernels: SolarSystem? = {
    guard ProcessInfo.processInfo.environment[SolarSystem.folderVariable] != nil,
      let system = try? SolarSystem.load(), system.ephemeris.covers(Epoch(mjd: 33_300)),
      system.ephemeris.covers(Epoch(mjd: 70_000))
    else { return nil }
    return system
  }()

  /// Rounding of 2e-16 a step in the energy goes into the place with the 3/2 power of the time: over
  /// 2,000 steps and 170 to 230 radians, there and back, that is 1e-12 to 3e-12 of the orbit.
  private func century(_ solarSystem: SolarSystem, from start: Epoch<TDB>) throws {
    let propagator = Propagator(solarSystem)
    let end = start.adding(days: 36_525)
    let options = Propagator.Options(tolerance: 1e-10)
    for perihelion in [1.9, 2.1, 2.3, 2.5] {
      let elements = KeplerianElements(
        epoch: start, perihelionAU: perihelion, eccentricity: 0.12, inclinationRad: 0.1,
        nodeRad: 1, argPeriRad: 2, perihelionTime: start.adding(days: 100))
      let orbit = elements.orbit()
      let there = try present(propagator.propagate(orbit, to: [end], options: options).states[0])
      let returned = Orbit(epoch: end, state: there, origin: .sun)
      let back = try present(
        propagator.propagate(returned, to: [start], options: options).states[0])
      let difference = (back.position - orbit.state.position).norm / orbit.state.position.norm
      #expect(difference < 1e-11, "\(difference)")
      // The masses did pull: without them the body would be elsewhere.
      let alone = TwoBody.propagate(orbit.state, days: 36_525)
      #expect((alone.position - there.position).norm > 0.001)
    }
  }
}
