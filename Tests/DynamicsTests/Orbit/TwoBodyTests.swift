import Astro
import Dynamics
import Foundation
import Testing

@Suite struct TwoBodyTests {
  /// Vallado, Fundamentals of Astrodynamics and Applications, example 2-4 (printed to 1e-4 km).
  @Test func textbookExample() {
    let start = StateVector(
      position: Vector3(1131.340, -2282.343, 6672.423),
      velocity: Vector3(-5.64305, 4.30333, 2.42879))
    let end = TwoBody.propagate(start, days: 2400, gm: 398_600.4415)
    #expect((end.position - Vector3(-4219.7527, 4363.0292, -3958.7666)).norm < 2e-4)
    #expect((end.velocity - Vector3(3.689866, -1.916735, -6.112511)).norm < 2e-6)
  }

  /// Energy and angular momentum are what two-body motion keeps; the bound is rounding of the
  /// state (1e-16) times the size of the terms that cancel in the energy.
  @Test func integralsOfMotion() {
    let gm = GravitationalParameter.sun
    for elements in randomConics(3000, seed: 1) {
      let start = elements.orbit().state
      for days in [-40_000.0, -300, -0.01, 0.5, 10, 2000, 100_000] {
        let end = TwoBody.propagate(start, days: days)
        let h0 = start.position.cross(start.velocity)
        let h1 = end.position.cross(end.velocity)
        // Rounding of r and v turns into momentum by r v, which may be far above r × v.
        let scale =
          20
          * (end.position.norm * end.velocity.norm + start.position.norm
            * start.velocity.norm)
        #expect((h1 - h0).norm < 1e-15 * scale * 5, "\(elements) \(days)")
        let energy0 = start.velocity.squaredNorm / 2 - gm / start.position.norm
        let energy1 = end.velocity.squaredNorm / 2 - gm / end.position.norm
        let terms = start.velocity.squaredNorm + end.velocity.squaredNorm
        #expect(abs(energy1 - energy0) < 8e-14 * terms, "\(elements) \(days)")
      }
    }
  }

  /// There and back. A rounding error at the far end grows on the way back with the transition
  /// matrix: the tolerance is a few units in the last place times its size.
  @Test func reversal() {
    for elements in randomConics(3000, seed: 2) {
      let start = elements.orbit().state
      for days in [-5000.0, -1, 3, 700, 20_000] {
        let (end, _) = TwoBody.propagateWithTransition(start, days: days)
        let (again, back) = TwoBody.propagateWithTransition(end, days: -days)
        let rounding = 4e-14
        var position = 0.0
        var velocity = 0.0
        for i in 0..<6 {
          for j in 0..<6 {
            let size = j < 3 ? end.position.norm : end.velocity.norm
            if i < 3 {
              position += abs(back[i, j]) * size
            } else {
              velocity += abs(back[i, j]) * size
            }
          }
        }
        #expect(
          (again.position - start.position).norm < rounding * position + 1e-15,
          "\(elements) \(days)")
        #expect(
          (again.velocity - start.velocity).norm < rounding * velocity + 1e-17,
          "\(elements) \(days)")
      }
    }
  }

  /// Against central differences of the propagation itself. Step h relative 1e-5: truncation
  /// h² (third derivatives) and rounding 1e-16/h both stay below 1e-8 for smooth passages.
  @Test func transitionAgainstDifferences() {
    var checked = 0
    for elements in randomConics(600, seed: 3) where elements.perihelionAU > 0.3 {
      let start = elements.orbit().state
      let days = 150.0
      let (_, transition) = TwoBody.propagateWithTransition(start, days: days)
      for column in 0..<6 {
        let size = column < 3 ? start.position.norm : start.velocity.norm
        let step = 1e-5 * size
        func moved(_ k: Double) -> StateVector {
          var s = [
            start.position.x, start.position.y, start.position.z, start.velocity.x,
            start.velocity.y, start.velocity.z,
          ]
          s[column] += k * step
          return TwoBody.propagate(
            StateVector(position: Vector3(s[0], s[1], s[2]), velocity: Vector3(s[3], s[4], s[5])),
            days: days)
        }
        // Fourth-order central difference.
        let near = moved(1) - moved(-1)
        let far = moved(2) - moved(-2)
        func entry(_ v: StateVector) -> [Double] {
          [v.position.x, v.position.y, v.position.z, v.velocity.x, v.velocity.y, v.velocity.z]
        }
        for row in 0..<6 {
          let difference = (8 * entry(near)[row] - entry(far)[row]) / (12 * step)
          let whole = (0..<6).map { abs(transition[row / 3 * 3 + $0 % 3, column]) }.max() ?? 0
          #expect(abs(transition[row, column] - difference) < 1e-6 * whole, "\(elements)")
          checked += 1
        }
      }
    }
    #expect(checked > 10_000)
  }

  /// Over many revolutions the matrix must carry the secular term: M(2 spans) = M(second) M(first).
  @Test func transitionComposes() {
    for elements in randomConics(600, seed: 4) {
      let start = elements.orbit().state
      let (middle, first) = TwoBody.propagateWithTransition(start, days: 900)
      let (_, second) = TwoBody.propagateWithTransition(middle, days: 12_000)
      let (_, whole) = TwoBody.propagateWithTransition(start, days: 12_900)
      let product = second * first
      for i in 0..<6 {
        for j in 0..<6 {
          // What cancels in the product bounds its rounding.
          let terms = (0..<6).map { abs(second[i, $0] * first[$0, j]) }.reduce(0, +)
          #expect(abs(product[i, j] - whole[i, j]) < 1e-8 * terms, "\(elements) \(i) \(j)")
        }
      }
    }
  }

  /// Straight falls, bodies at rest, nonsense: it returns, whatever comes in.
  @Test func awkwardInput() {
    let x = Vector3(1, 0, 0)
    let radial = StateVector(position: x, velocity: Vector3(0.03, 0, 0))
    let out = TwoBody.propagate(radial, days: 365)
    #expect(out.position.isFinite && out.position.x > 1 && out.position.y == 0)
    // From rest at 1 au to the Sun takes π/(2√2) of GM^-1/2: 64.57 d. Just before, it is near.
    let rest = StateVector(position: x, velocity: .zero)
    let fall = Double.pi / (2 * 2.squareRoot()) / GravitationalParameter.sun.squareRoot()
    #expect(TwoBody.propagate(rest, days: fall * 0.999).position.norm < 0.02)
    for bad in [Double.nan, .infinity, -.infinity] {
      #expect(!TwoBody.propagate(radial, days: bad).position.isFinite)
      let state = StateVector(position: Vector3(bad, 0, 0), velocity: x)
      #expect(!TwoBody.propagate(state, days: 1).position.isFinite)
    }
    #expect(
      !TwoBody.propagate(StateVector(position: .zero, velocity: x), days: 1).position.isFinite)
    // A fast hyperbola for a very long time moves straight on: v dt.
    let fast = StateVector(position: x, velocity: Vector3(0.1, 0.1, 0))
    let far = TwoBody.propagate(fast, days: 1e9).position.norm
    #expect(abs(far / (1e9 * (0.02 - 2 * GravitationalParameter.sun).squareRoot()) - 1) < 1e-6)
  }
}
