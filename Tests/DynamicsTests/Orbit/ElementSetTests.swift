import Astro
import Dynamics
import Foundation
import TestSupport
import Testing

@Suite struct ElementSetTests {
  private let epoch = Epoch<TDB>(mjd: 60_000)

  private func cometary(
    q: Double, e: Double, incl: Double, days: Double
  ) throws -> ElementSet {
    try #require(
      ElementSet(.cometary, epoch: epoch, values: [q, e, incl, 1.2, 4.4, -days]))
  }

  /// Conics of all kinds: circles, parabolas and their neighbours, both senses in the ecliptic.
  static let corners: [(e: Double, incl: Double)] = [
    (0, 0.3), (0, 0), (0, .pi), (0.2, 0), (0.2, .pi), (1e-9, 1e-9), (0.7, 1), (1 - 1e-9, 0.4),
    (1, 2), (1 + 1e-9, 0.1), (1.2, 3), (3.4, 2.1), (0.999, .pi - 1e-9),
  ]

  /// There and back in every set that has elements for it. The state returns to rounding times the
  /// condition of a set: ω and Ω of orbits that have none cost nothing, since only their sum counts.
  @Test(arguments: corners)
  func roundTrips(e: Double, incl: Double) throws {
    for days in [-900.0, -3, 40, 1500] {
      let orbit = try cometary(q: 1.3, e: e, incl: incl, days: days).orbit()
      var kinds = 0
      for kind in ElementKind.allCases {
        guard let elements = ElementSet(orbit, kind) else { continue }
        kinds += 1
        let again = elements.orbit()
        // M is known to 1e-16 of λ or of itself times 1/(1 − e); Delaunay's e is a root of a
        // difference, √1e-16 for circles.
        let tolerance = kind == .delaunay && e < 1e-3 ? 5e-8 : e > 0.99 && e < 1 ? 1e-9 : 1e-12
        #expect(relativeDifference(again.state, orbit.state) < tolerance, "\(kind) \(days)")
      }
      let isFlat = min(incl, .pi - incl) < 1e-8
      let expected = abs(e - 1) < 1e-6 ? 2 : e > 1 ? 3 : isFlat ? 5 : 6
      #expect(kinds == expected, "\(kinds) kinds for e \(e), i \(incl)")
    }
  }

  /// Partials against differences of fourth order: with steps of 3e-4 of the scale of a parameter
  /// these are good to h⁴ ≈ 1e-14 times the fifth derivative, and to rounding / h ≈ 1e-12.
  @Test(arguments: corners)
  func partialsAgainstDifferences(e: Double, incl: Double) throws {
    for days in [-900.0, -3, 40, 1500] {
      let orbit = try cometary(q: 1.3, e: e, incl: incl, days: days).orbit()
      for kind in ElementKind.allCases where kind != .cartesian {
        guard let elements = ElementSet(orbit, kind) else { continue }
        // Steps would leave the ellipses there.
        if kind != .cometary && e > 0.99 && e < 1 { continue }
        let partials = elements.statePartials()
        for column in 0..<6 {
          let size =
            kind == .delaunay && column < 3 ? 0.03 : kind == .cometary && column == 5 ? 50 : 1
          let h = 3e-4 * size
          // Differences can't step below a circle, nor beyond flat orbits.
          if elements.values[column] < 3 * h && column == 1 && kind != .equinoctial
            && kind != .retrogradeEquinoctial
          {
            continue
          }
          if column == 2, kind == .keplerian || kind == .cometary,
            min(incl, .pi - incl) < 3 * h
          {
            continue
          }
          // |H| ≤ G ≤ L.
          if kind == .delaunay, e < 0.1 || min(incl, .pi - incl) < 0.1 { continue }
          let moved = [-2.0, -1, 1, 2].map { step -> StateVector? in
            var values = elements.values
            values[column] += step * h
            return ElementSet(kind, epoch: epoch, values: values)?.orbit().state
          }
          guard let a = moved[0], let b = moved[1], let c = moved[2], let d = moved[3] else {
            Issue.record("\(kind) \(column) can't be moved")
            continue
          }
          func derivative(_ f: (StateVector) -> Vector3) -> Vector3 {
            (f(a) - f(d) + (f(c) - f(b)) * 8) * (1 / (12 * h))
          }
          let position = Vector3(partials[0, column], partials[1, column], partials[2, column])
          let velocity = Vector3(partials[3, column], partials[4, column], partials[5, column])
          let p = derivative(\.position)
          let v = derivative(\.velocity)
          #expect(
            (position - p).norm < 1e-6 * p.norm + 1e-9,
            "\(kind) \(column), e \(e) i \(incl) \(days)")
          #expect(
            (velocity - v).norm < 1e-6 * v.norm + 1e-11,
            "\(kind) \(column), e \(e) i \(incl) \(days)")
        }
      }
    }
  }

  /// ∂(elements)/∂(state) is what undoes ∂(state)/∂(elements), and none where elements are singular.
  @Test func inversePartials() throws {
    for (index, conic) in randomConics(600, seed: 9).enumerated() {
      let orbit = conic.orbit()
      let elements = try #require(ElementSet(orbit, .cometary))
      guard let inverse = elements.elementPartials() else {
        // Of a circle to 1e-6 the argument of perihelion is known to 1e-10 only; that may be lost.
        #expect(index % 6 == 0, "\(conic)")
        continue
      }
      let unit = elements.statePartials() * inverse
      for i in 0..<6 {
        for j in 0..<6 {
          // Rows and columns in units of place and speed.
          let r = orbit.state.position.norm
          let v = orbit.state.velocity.norm
          let scale = (i < 3 ? r : v) / (j < 3 ? r : v)
          #expect(abs(unit[i, j] / scale - (i == j ? 1 : 0)) < 1e-4, "\(conic) \(i) \(j)")
        }
      }
    }
    let circle = try cometary(q: 1, e: 0, incl: 0.2, days: 30)
    #expect(circle.elementPartials() == nil)
    let flat = try cometary(q: 1, e: 0.1, incl: 0, days: 30)
    #expect(flat.elementPartials() == nil)
    let equinoctial = try #require(ElementSet(circle.orbit(), .equinoctial))
    #expect(equinoctial.elementPartials() != nil)
  }

  @Test func whatIsNoOrbitIsRefused() {
    let angles = [0.1, 0.2, 0.3, 0.4]
    for (kind, values) in [
      (ElementKind.cometary, [-1, 0.1] + angles), (.cometary, [0, 0.1] + angles),
      (.cometary, [1, -0.1] + angles), (.cometary, [1, .nan] + angles),
      (.cometary, [1, 0.1, 4, 0, 0, 0]), (.keplerian, [1, 1] + angles),
      (.keplerian, [1, 1.5] + angles), (.keplerian, [-1, 0.5] + angles),
      (.equinoctial, [1, 0.8, 0.7, 0, 0, 0]), (.delaunay, [0.01, 0.02, 0, 0, 0, 0]),
      (.delaunay, [0.02, 0.01, 0.015, 0, 0, 0]), (.cometary, [1, 0.1]),
      (.cartesian, [0, 0, 0, 1, 0, 0]),
    ] {
      #expect(ElementSet(kind, epoch: epoch, values: values) == nil, "\(kind) \(values)")
    }
  }
}
