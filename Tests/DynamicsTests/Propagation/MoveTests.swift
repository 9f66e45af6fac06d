import Astro
import Dynamics
import Foundation
import TestSupport
import Testing

/// A whole catalog to one epoch, against the same orbits one by one.
@Suite struct MoveTests {
  let propagator: Propagator
  let orbits: [CatalogOrbit]

  /// 6,300 real orbits of all classes (JPL SBDB), those of the commonest epoch.
  init() throws {
    propagator = Propagator(try SolarSystem.load(folder: TestPaths.ephemerides))
    let text = try String(
      contentsOf: TestPaths.fixtures.appending(path: "orbits/sbdb.csv"), encoding: .utf8)
    orbits = try text.split(whereSeparator: \.isNewline).filter { $0.contains(",59800,") }.map {
      line in
      let f = line.split(separator: ",", omittingEmptySubsequences: false)
      let n = try f[1..<8].map { try #require(Double($0)) }
      let degree = Angle.degree
      let motion = (GravitationalParameter.sun / (n[1] * n[1] * n[1])).squareRoot()
      let epoch = Epoch<TDB>(mjd: n[0])
      let elements = KeplerianElements(
        epoch: epoch, perihelionAU: n[1] * (1 - n[2]), eccentricity: n[2],
        inclinationRad: n[3] * degree, nodeRad: n[4] * degree, argPeriRad: n[5] * degree,
        perihelionTime: epoch.adding(days: -n[6] * degree / motion))
      return CatalogOrbit(designation: String(f[0]), orbit: elements.orbit())
    }
  }

  /// One night ahead and back: 1 mm, and what rounding does to coordinates of 40 au (16 digits of
  /// them are 1 mm).
  @Test(arguments: [1.0, -1, 0.3])
  func aNight(days: Double) async throws {
    let target = try #require(orbits.first).orbit.epoch.adding(days: days)
    let moved = try await propagator.move(orbits, to: target, jobs: 4)
    #expect(moved.verdicts.isEmpty)
    // Nearly all share their steps: else this test would compare the integrator with itself.
    #expect(moved.aloneCount < orbits.count / 100)
    let alone = try await propagator.propagate(
      orbits, to: [target], options: .init(tolerance: 1e-11), jobs: 4)
    for (index, state) in moved.states.enumerated() {
      let (a, b) = (try present(state), try present(alone[index].states[0]))
      let rounding = 1e-15 * b.position.norm * Constants.auKm * 1000
      #expect(metres(a, b) < 0.001 + rounding, "\(orbits[index].designation)")
      #expect((a.velocity - b.velocity).norm < 1e-14, "\(orbits[index].designation)")
    }
  }

  /// A month and a quarter of a year: centimetres for nearly all, as the integrator itself has.
  @Test(arguments: [30.0, -100])
  func longSpans(days: Double) async throws {
    let target = try #require(orbits.first).orbit.epoch.adding(days: days)
    let moved = try await propagator.move(orbits, to: target, jobs: 4)
    let alone = try await propagator.propagate(
      orbits, to: [target], options: .init(tolerance: 1e-11), jobs: 4)
    let errors = try zip(moved.states, alone).map {
      metres(try present($0), try present($1.states[0]))
    }.sorted()
    #expect(moved.aloneCount < orbits.count / 20)
    #expect(errors[errors.count / 2] < 0.001)
    #expect(errors[errors.count * 99 / 100] < 0.02)
    #expect(errors[errors.count - 1] < 1)
  }

  /// Three and a half years, the way of orbits whose epoch is old: a metre, as two integrators
  /// differ after ten.
  @Test func years() async throws {
    let some = Array(orbits.prefix(2000))
    let target = try #require(some.first).orbit.epoch.adding(days: 1300)
    let moved = try await propagator.move(some, to: target, jobs: 4)
    let alone = try await propagator.propagate(
      some, to: [target], options: .init(tolerance: 1e-11), jobs: 4)
    let errors = try zip(moved.states, alone).map {
      metres(try present($0), try present($1.states[0]))
    }.sorted()
    #expect(moved.aloneCount < some.count / 20)
    #expect(errors[errors.count / 2] < 0.1)
    #expect(errors[errors.count - 1] < 1)
  }

  /// The matrices against those of the integrator, by size of their blocks.
  @Test(arguments: [1.0, -60])
  func transitions(days: Double) async throws {
    let some = Array(orbits.prefix(3000))
    let target = try #require(some.first).orbit.epoch.adding(days: days)
    let options = Propagator.Options(transitions: true)
    let moved = try await propagator.move(some, to: target, options: options, jobs: 4)
    let alone = try await propagator.propagate(some, to: [target], options: options, jobs: 4)
    #expect(moved.aloneCount < some.count / 20)
    for index in some.indices {
      let a = try #require(moved.transitions[index])
      let b = try #require(alone[index].transitions[0])
      for block in [0, 3, 18, 21] {
        let cells = (0..<9).map { block + 6 * ($0 / 3) + $0 % 3 }
        let size = cells.map { abs(b.elements[$0]) }.max() ?? 0
        let off = cells.map { abs(a.elements[$0] - b.elements[$0]) }.max() ?? .infinity
        #expect(off < 1e-8 * size, "\(some[index].designation) \(block) \(off / size)")
      }
    }
  }

  /// The same bits at any number of jobs and in any order.
  @Test func independentOfJobsAndOrder() async throws {
    let some = Array(orbits.prefix(2500))
    let target = Epoch<TDB>(mjd: 59_830.25)
    let one = try await propagator.move(some, to: target, jobs: 1)
    let four = try await propagator.move(some, to: target, jobs: 4)
    let back = try await propagator.move(some.reversed(), to: target, jobs: 3)
    #expect(one.states == four.states)
    #expect(one.states == Array(back.states.reversed()))
  }

  /// Orbits that cannot share steps: a mass itself, one with forces of its own, one that is not
  /// finite, other epochs; and a catalog of nothing.
  @Test func oddOnes() async throws {
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let epoch = try #require(orbits.first).orbit.epoch
    var some = Array(orbits.prefix(40))
    some[3].nonGravitational = Vector3(1e-8, 0, 0)
    some[4].orbit.state.velocity.x = .nan
    some[5].orbit.epoch = epoch.adding(days: -3)
    some[6].orbit.epoch = solarSystem.ephemeris.start.adding(days: -1)
    // Ceres as the ephemerides have it, under a name that says nothing.
    let ceres = try solarSystem.ephemeris.state(of: .ceres, at: epoch)
    some[7] = CatalogOrbit(
      designation: "x", orbit: Orbit(epoch: epoch, state: ceres, origin: .solarSystemBarycenter))
    let target = epoch.adding(days: 2)
    let moved = try await propagator.move(some, to: target, jobs: 2)
    let alone = some.map { propagator.propagate($0, to: [target]) }
    for index in some.indices {
      #expect(moved.verdicts[index] ?? .complete == alone[index].verdict, "\(index)")
      guard let expected = alone[index].states[0] else {
        #expect(moved.states[index] == nil, "\(index)")
        continue
      }
      #expect(metres(try present(moved.states[index]), expected) < 0.01, "\(index)")
    }
    #expect(moved.verdicts[4] == .notFinite)
    #expect(moved.verdicts[6] != nil)
    let pushed = propagator.propagate(orbits[3], to: [target])
    #expect(metres(try present(moved.states[3]), try present(pushed.states[0])) > 100)
    #expect(try await propagator.move([], to: target, jobs: 4).states.isEmpty)
  }
}
