import Astro
import Dynamics
import Foundation
import TestSupport
import Testing

/// What the integrator must keep where the forces are off, or do not change with time.
@Suite struct EnergyTests {
  private func orbit(eccentricity: Double) -> Orbit {
    KeplerianElements(
      epoch: Epoch(mjd: 40_001), perihelionAU: 2.4 * (1 - eccentricity),
      eccentricity: eccentricity, inclinationRad: 0.3, nodeRad: 1, argPeriRad: 2,
      perihelionTime: Epoch(mjd: 40_200)
    ).orbit()
  }

  /// A hundred years, at uneven times.
  private let days = (1...25).map { 1461 * Double($0) - 7.3 * Double($0 % 3) }

  /// The Sun alone, at rest, as a point: energy and angular momentum stay to 1e-13 over a hundred
  /// years. The universal variables' own rounding is some 1e-15 of the place.
  @Test(arguments: [0.01, 0.3, 0.7, 0.95])
  func sunAlone(eccentricity: Double) throws {
    let system = try MadeUpSystem(paths: [.sun: .init()]).load()
    let start = orbit(eccentricity: eccentricity)
    let result = Propagator(system).propagate(
      start, to: days.map { start.epoch.adding(days: $0) }, options: .init(relativity: .none))
    let gm = system.gravity.gm[0]
    func energy(_ s: StateVector) -> Double {
      s.velocity.squaredNorm / 2 - gm / s.position.norm
    }
    let momentum = start.state.position.cross(start.state.velocity)
    // At perihelion the energy is the difference of terms that are larger than it.
    let size = abs(energy(start.state)) * (1 + eccentricity) / (1 - eccentricity)
    for state in result.states {
      let end = try present(state)
      let now = end.position.cross(end.velocity)
      #expect(abs(energy(end) - energy(start.state)) < 1e-13 * size, "\(energy(end))")
      #expect((now - momentum).norm < 1e-13 * momentum.norm, "\(now)")
      #expect((end.position - start.state.position).norm > 1e-3)
    }
  }

  /// With a Jupiter at rest beyond the orbit the motion is no conic, all steps are
  /// integrated, and the energy in the field of both is kept.
  @Test func massesAtRest() throws {
    var made = MadeUpSystem(masses: ["GMS", "GM5"])
    let place = Vector3(5.2, 0, 0.4)
    made.paths = [.sun: .init(), .jupiter: .init(center: place)]
    let system = try made.load()
    let start = orbit(eccentricity: 0.1)
    let result = Propagator(system).propagate(
      start, to: days.map { start.epoch.adding(days: $0) },
      options: .init(tolerance: 1e-12, relativity: .none))
    func energy(_ s: StateVector) -> Double {
      let jupiter = system.gravity.gm(of: .jupiter) / (s.position - place).norm
      return s.velocity.squaredNorm / 2 - system.gravity.gm[0] / s.position.norm - jupiter
    }
    #expect(result.stepCount > 200)
    for state in result.states {
      let change = energy(try present(state)) / energy(start.state) - 1
      #expect(abs(change) < 2e-13, "\(change)")
    }
    // Far from a conic of the Sun's: the heliocentric energy alone swings by Jupiter's share.
    let alone = result.states.compactMap { $0 }.map {
      $0.velocity.squaredNorm / 2 - system.gravity.gm[0] / $0.position.norm
    }
    #expect((alone.max() ?? 0) - (alone.min() ?? 0) > 1e-4 * abs(energy(start.state)))
  }
}
