import Astro
import Dynamics
import Foundation
import TestSupport
import Testing

@Suite struct BatchTests {
  /// Whatever the number of jobs and whatever was propagated before: the same bits.
  @Test func independentOfJobsAndOrder() async throws {
    let propagator = Propagator(try SolarSystem.load(folder: TestPaths.ephemerides))
    let orbits = randomConics(60, seed: 11).filter { $0.perihelionAU > 0.5 }.enumerated().map {
      CatalogOrbit(designation: "o\($0)", orbit: $1.orbit())
    }
    let epochs = [30.0, -60].map { Epoch<TDB>(mjd: 60_000 + $0) }
    let one = try await propagator.propagate(orbits, to: epochs, jobs: 1)
    let three = try await propagator.propagate(orbits, to: epochs, jobs: 3)
    let alone = orbits.reversed().map { propagator.propagate($0, to: epochs).states }
    #expect(one.map(\.states) == three.map(\.states))
    #expect(one.map(\.states) == Array(alone.reversed()))
    #expect(one.allSatisfy { $0.verdict == .complete })
    let none = try await propagator.propagate([], to: epochs, jobs: 4)
    #expect(none.isEmpty)
  }

  /// The law of A1 is the orbit's own where it says one, else that of its designation.
  @Test func laws() throws {
    let propagator = Propagator(try SolarSystem.load(folder: TestPaths.ephemerides))
    let orbit = randomConics(2, seed: 12)[1].orbit()
    let target = [orbit.epoch.adding(days: 50)]
    func end(_ name: String, _ law: NonGravitational.Law?) throws -> StateVector {
      var entry = CatalogOrbit(designation: name, orbit: orbit)
      entry.nonGravitational = Vector3(1e-7, 0, 0)
      entry.nonGravitationalLaw = law
      return try present(propagator.propagate(entry, to: target).states[0])
    }
    let (ice, square) = (try end("C/2022 E3", nil), try end("2022 AB", nil))
    #expect(metres(ice, square) > 1)
    #expect(try end("2022 AB", .waterIce) == ice)
    #expect(try end("C/2022 E3", .inverseSquare) == square)
  }

  /// Ceres by any of its names is not pulled by itself, though its state is a wrong one.
  @Test(arguments: ["1", "(1)", "00001", "A801 AA"])
  func massesByName(name: String) throws {
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let propagator = Propagator(solarSystem)
    let epoch = Epoch<TDB>(mjd: 60_000)
    var state = try solarSystem.ephemeris.state(of: .ceres, at: epoch)
    // Two million kilometres off: not to be recognised by its place.
    state.position += Vector3(0.013, 0, 0)
    let orbit = Orbit(epoch: epoch, state: state, origin: .solarSystemBarycenter)
    let later = [epoch.adding(days: 100)]
    let named = propagator.propagate(CatalogOrbit(designation: name, orbit: orbit), to: later)
    let excluded = propagator.propagate(orbit, to: later, excluding: [.ceres])
    let pulled = propagator.propagate(orbit, to: later)
    #expect(named.states == excluded.states)
    #expect(metres(try present(named.states[0]), try present(pulled.states[0])) > 1000)
  }
}
