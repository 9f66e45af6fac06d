import Astro
import Dynamics
import Foundation
import TestSupport
import Testing

/// Relativity against what is known of it, and the constants that stand twice.
@Suite struct RelativityTests {
  let solarSystem: SolarSystem
  let propagator: Propagator

  init() throws {
    solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    propagator = Propagator(solarSystem)
  }

  private func orbit(perihelionAU q: Double, eccentricity e: Double) -> Orbit {
    KeplerianElements(
      epoch: Epoch(mjd: 60_000), perihelionAU: q, eccentricity: e, inclinationRad: 0.1,
      nodeRad: 1, argPeriRad: 2, perihelionTime: Epoch(mjd: 59_990)
    ).orbit()
  }

  /// The perihelion of a Mercury-like orbit turns by 6 π GM / (c² a (1 - e²)) a revolution,
  /// 42.98″ a century (Einstein 1915), more than without relativity.
  @Test(arguments: [Relativity.sun, .all])
  func perihelion(sources: Relativity) throws {
    let start = orbit(perihelionAU: 0.3074, eccentricity: 0.2056)
    let days = 20 * 87.969
    func longitude(_ relativity: Relativity) throws -> Double {
      let result = propagator.propagate(
        start, to: [start.epoch.adding(days: days)], options: .init(relativity: relativity))
      let end = try present(result.states[0])
      // The eccentricity vector points to the perihelion.
      let gm = solarSystem.gravity.gm[0]
      let e =
        end.velocity.cross(end.position.cross(end.velocity)) / gm
        - end.position / end.position.norm
      let normal = end.position.cross(end.velocity)
      let first = start.state.position
      let p = first / first.norm
      let q = normal.cross(p) / normal.cross(p).norm
      return atan2(e.dot(q), e.dot(p))
    }
    let turned = try longitude(sources) - longitude(.none)
    let expected = 42.98 * Angle.arcsecond * days / 36_525
    // The osculating perihelion also swings within a revolution, by GM/(c² a) or so: 2 % of this.
    #expect(abs(turned / expected - 1) < 0.05, "\(turned / expected)")
  }

  /// The planets as sources matter little, and most beside Jupiter.
  @Test func planetsAsSources() throws {
    let start = orbit(perihelionAU: 2.2, eccentricity: 0.15)
    let target = [start.epoch.adding(days: 365)]
    func end(_ relativity: Relativity) throws -> StateVector {
      try present(
        propagator.propagate(start, to: target, options: .init(relativity: relativity)).states[0])
    }
    let (none, sun, all) = (try end(.none), try end(.sun), try end(.all))
    // GM / (c² r) is 4e-9 of the Sun's pull, some hundred metres to kilometres in a year;
    // Jupiter has a thousandth of the Sun's mass.
    #expect(metres(none, sun) > 100)
    #expect(metres(all, sun) > 0.001 && metres(all, sun) < metres(none, sun) / 20)
  }

  @Test func constantsAgree() {
    #expect(abs(GravitationalParameter.sun / solarSystem.gravity.gm[0] - 1) < 1e-15)
  }
}
