import Astro
import Dynamics
import Foundation
import TestSupport
import Testing

@Suite struct TransitionTests {
  let propagator: Propagator

  init() throws {
    propagator = Propagator(try SolarSystem.load(folder: TestPaths.ephemerides))
  }

  /// Against central differences of whole propagations, a year ahead and back. The matrix leaves
  /// relativity and figures out (1e-8), differences of fourth order with a step of 1e-5 are good to
  /// 1e-6 even where a perihelion at 0.25 au lies between ('Oumuamua).
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func againstDifferences() throws {
    for (name, rows) in try HorizonsTruth().objects {
      let start = rows[0].orbit
      let epochs = [40, 365, -365].map { start.epoch.adding(days: $0) }
      let result = propagator.propagate(start, to: epochs, options: .init(transitions: true))
      for column in 0..<6 {
        let size = column < 3 ? start.state.position.norm : start.state.velocity.norm
        let step = 1e-5 * size
        let moved = [1.0, -1, 2, -2].map { k in
          var orbit = start
          var unit = [Double](repeating: 0, count: 6)
          unit[column] = k * step
          orbit.state =
            orbit.state
            + StateVector(
              position: Vector3(unit[0], unit[1], unit[2]),
              velocity: Vector3(unit[3], unit[4], unit[5]))
          return propagator.propagate(orbit, to: epochs).states
        }
        for index in epochs.indices {
          let m = try #require(result.transitions[index])
          let near = try present(moved[0][index]) - present(moved[1][index])
          let far = try present(moved[2][index]) - present(moved[3][index])
          let position = (near.position * 8 - far.position) * (1 / (12 * step))
          let velocity = (near.velocity * 8 - far.velocity) * (1 / (12 * step))
          let ours = Vector3(m[0, column], m[1, column], m[2, column])
          let ourVelocity = Vector3(m[3, column], m[4, column], m[5, column])
          #expect((ours - position).norm < 5e-6 * position.norm, "\(name) \(index) \(column)")
          #expect(
            (ourVelocity - velocity).norm < 5e-6 * velocity.norm, "\(name) \(index) \(column)")
        }
      }
    }
  }

  /// All nine parameters over a hundred days to 1e-7, the state's by differences of eighth order
  /// (steps of 2e-4 leave 1e-10 of truncation and as much rounding). An asteroid's A1 to A3, and a
  /// comet's, whose own gradient is 1e-4 of the Sun's.
  @Test(
    arguments: [
      (Vector3(5e-13, -3e-14, 1e-14), NonGravitational.Law.inverseSquare),
      (Vector3(1e-8, -3e-9, 2e-9), .inverseSquare), (Vector3(1e-8, -3e-9, 2e-9), .waterIce),
    ])
  func nineParameters(a: Vector3, law: NonGravitational.Law) throws {
    let elements = KeplerianElements(
      epoch: Epoch(mjd: 60_000), perihelionAU: 1.9, eccentricity: 0.2, inclinationRad: 0.15,
      nodeRad: 1, argPeriRad: 2, perihelionTime: Epoch(mjd: 60_100))
    let start = elements.orbit()
    let epochs = [100.0, -100].map { start.epoch.adding(days: $0) }
    func run(_ state: StateVector, _ a: Vector3) -> Propagation {
      propagator.propagate(
        Orbit(epoch: start.epoch, state: state, origin: .sun), to: epochs,
        options: .init(forcePartials: true, tolerance: 1e-11),
        nonGravitational: NonGravitational(coefficients: a, law: law))
    }
    let result = run(start.state, a)
    let weights = [4.0 / 5, -1.0 / 5, 4.0 / 105, -1.0 / 280]
    for column in 0..<9 {
      let size =
        column < 3
        ? start.state.position.norm : column < 6 ? start.state.velocity.norm : 1e-5
      let step = 2e-4 * size
      var sums = epochs.map { _ in StateVector(position: .zero, velocity: .zero) }
      for k in 1...4 {
        for sign in [1.0, -1] {
          var unit = [Double](repeating: 0, count: 9)
          unit[column] = sign * Double(k) * step
          let moved = run(
            start.state
              + StateVector(
                position: Vector3(unit[0], unit[1], unit[2]),
                velocity: Vector3(unit[3], unit[4], unit[5])),
            a + Vector3(unit[6], unit[7], unit[8]))
          let factor = sign * weights[k - 1] / step
          for index in epochs.indices {
            let state = try present(moved.states[index])
            sums[index].position += state.position * factor
            sums[index].velocity += state.velocity * factor
          }
        }
      }
      for index in epochs.indices {
        let m = try #require(result.transitions[index])
        let ours =
          column < 6
          ? StateVector(
            position: Vector3(m[0, column], m[1, column], m[2, column]),
            velocity: Vector3(m[3, column], m[4, column], m[5, column]))
          : try #require(result.forcePartials[index]).columns[column - 6]
        let off = ours - sums[index]
        #expect(off.position.norm < 1e-7 * sums[index].position.norm, "\(column) \(off)")
        #expect(off.velocity.norm < 1e-7 * sums[index].velocity.norm, "\(column) \(off)")
      }
    }
  }

  /// For a month of a distant body the planets hardly matter: near to the closed form.
  @Test func againstTwoBodies() throws {
    let elements = KeplerianElements(
      epoch: Epoch(mjd: 60_000), perihelionAU: 38, eccentricity: 0.1, inclinationRad: 0.3,
      nodeRad: 1, argPeriRad: 2, perihelionTime: Epoch(mjd: 61_000))
    let orbit = elements.orbit()
    let result = propagator.propagate(
      orbit, to: [orbit.epoch.adding(days: 30)], options: .init(transitions: true))
    let ours = try #require(result.transitions[0])
    let (_, kepler) = TwoBody.propagateWithTransition(orbit.state, days: 30)
    for i in 0..<6 {
      for j in 0..<6 {
        // ∂v/∂r is GM/r³ dt and has itself the planets' share of 1e-3.
        let scale = i < 3 ? (j < 3 ? 1.0 : 30) : (j < 3 ? 1e-3 : 1)
        #expect(abs(ours[i, j] - kepler[i, j]) < 1e-6 * scale)
      }
    }
  }

  /// Partials by A1, A2, A3 against differences: the motion is linear in them.
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func forcePartials() throws {
    let start = try #require(HorizonsTruth().objects.first { $0.name.contains("YORP") }).rows[0]
    let epochs = [100, -50].map { start.epoch.adding(days: $0) }
    for law in [NonGravitational.Law.inverseSquare, .waterIce] {
      func states(_ a: Vector3) -> Propagation {
        propagator.propagate(
          start.orbit, to: epochs, options: .init(forcePartials: true),
          nonGravitational: NonGravitational(coefficients: a, law: law))
      }
      let result = states(.zero)
      let size = 1e-9
      for (k, axis) in [Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1)].enumerated() {
        let plus = states(axis * size).states
        let minus = states(axis * -size).states
        for index in epochs.indices {
          let difference = try present(plus[index]) - present(minus[index])
          let partial = try #require(result.forcePartials[index]).columns[k]
          let expected = difference.position * (1 / (2 * size))
          #expect((partial.position - expected).norm < 1e-5 * expected.norm, "\(law) \(k)")
        }
      }
    }
  }
}
