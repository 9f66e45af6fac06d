import Astro
import Dynamics
import Foundation
import TestSupport
import Testing

@Suite struct CovarianceTests {
  /// A covariance as short arcs give it: one weak direction, 1e6 times longer than the others.
  private func weakCovariance() throws -> OrbitCovariance {
    var random = SeededGenerator(seed: 21)
    var r = [Double](repeating: 0, count: 36)
    for i in 0..<6 {
      for j in i..<6 { r[6 * i + j] = random.uniform(-1, 1) * (j < 3 ? 1e7 : 1e9) }
      r[7 * i] = (i == 5 ? 1e-6 : 1) * (i < 3 ? 1e8 : 1e10)
    }
    return OrbitCovariance(squareRootInformation: r)
  }

  /// Where it can be formed: Φ P Φᵀ.
  @Test func againstTheMatrixForm() throws {
    let propagator = Propagator(try SolarSystem.load(folder: TestPaths.ephemerides))
    let orbit = randomConics(2, seed: 22)[1].orbit()
    var r = [Double](repeating: 0, count: 36)
    for i in 0..<6 { for j in i..<6 { r[6 * i + j] = Double(7 - i + j) * (j < 3 ? 1e7 : 1e9) } }
    let covariance = OrbitCovariance(squareRootInformation: r)
    let result = propagator.propagate(
      orbit, to: [orbit.epoch.adding(days: 20)], options: .init(transitions: true))
    let phi = try #require(result.transitions[0])
    let moved = try #require(covariance.propagated(by: phi)).covariance
    let p = covariance.covariance
    for i in 0..<6 {
      for j in 0..<6 {
        var sum = 0.0
        for k in 0..<6 { for l in 0..<6 { sum += phi[i, k] * p[6 * k + l] * phi[j, l] } }
        let scale = (moved[7 * i] * moved[7 * j]).squareRoot()
        // The matrix form itself has 1e-16 times the square of the condition number.
        #expect(abs(sum - moved[6 * i + j]) < 1e-7 * scale, "\(i) \(j)")
      }
    }
  }

  /// Over decades, with errors that grow a millionfold, it stays positive definite; and it comes
  /// back to what it was.
  @Test(arguments: [1000.0, 8000, -9000])
  func staysPositiveDefinite(days: Double) throws {
    let propagator = Propagator(try SolarSystem.load(folder: TestPaths.ephemerides))
    let covariance = try weakCovariance()
    let orbit = randomConics(2, seed: 23)[1].orbit()
    let later = orbit.epoch.adding(days: days)
    let there = propagator.propagate(orbit, to: [later], options: .init(transitions: true))
    let phi = try #require(there.transitions[0])
    let moved = try #require(covariance.propagated(by: phi))
    for i in 0..<6 { #expect(moved.squareRootInformation[7 * i] > 0) }
    // The determinant of R is that of the information; Φ has determinant 1 (Liouville).
    func logDeterminant(_ c: OrbitCovariance) -> Double {
      (0..<6).map { log(abs(c.squareRootInformation[7 * $0])) }.reduce(0, +)
    }
    #expect(abs(logDeterminant(moved) - logDeterminant(covariance)) < 1e-4)
    let back = try #require(moved.propagated(by: phi.symplecticInverse))
    for i in 0..<6 {
      let ratio = back.covariance[7 * i] / covariance.covariance[7 * i]
      #expect(abs(ratio - 1) < 1e-3, "\(i)")
    }
  }

  /// Six years of real orbits, near-Earth ones with their encounters among them: as files have it,
  /// by its square root, the covariance stays positive definite in every digit.
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func sixYearsOfRealOrbits() throws {
    let propagator = Propagator(try SolarSystem.load(folder: TestPaths.ephemerides))
    let covariance = try weakCovariance()
    var count = 0
    for (name, rows) in try HorizonsTruth().objects {
      for days in [2192.0, -2192] {
        let start = rows[0].orbit
        let result = propagator.propagate(
          start, to: [start.epoch.adding(days: days)], options: .init(transitions: true))
        let phi = try #require(result.transitions[0], "\(name) \(result.verdict)")
        let moved = try #require(covariance.propagated(by: phi), "\(name)")
        // Again from the matrix, as it would be read from a file: only a positive definite one is
        // taken. Its condition number is 1e12 and more by now.
        let matrix = moved.covariance
        let sigma = (0..<6).map { matrix[7 * $0].squareRoot() }
        #expect(sigma.allSatisfy { $0.isFinite && $0 > 0 }, "\(name)")
        for i in 0..<6 {
          #expect(moved.squareRootInformation[7 * i] > 0, "\(name)")
          for j in 0..<i {
            #expect(abs(matrix[6 * i + j]) <= sigma[i] * sigma[j] * (1 + 1e-12), "\(name)")
          }
        }
        count += 1
      }
    }
    #expect(count == 28)
  }

  /// What makes a matrix no covariance is told by its smallest eigenvalue.
  @Test func eigenvalueOfTheRefused() throws {
    var c = [Double](repeating: 0, count: 36)
    for i in 0..<6 { c[7 * i] = i < 3 ? 1e-12 : 1e-18 }
    #expect(OrbitCovariance(covariance: c) != nil)
    #expect(try #require(OrbitCovariance.smallestEigenvalue(ofCorrelations: c)) == 1)
    // x and vy with a correlation of 1.25: eigenvalues 2.25 and -0.25.
    c[4] = 1.25e-15
    c[24] = 1.25e-15
    #expect(OrbitCovariance(covariance: c) == nil)
    #expect(abs(try #require(OrbitCovariance.smallestEigenvalue(ofCorrelations: c)) + 0.25) < 1e-12)
    c[0] = -1
    #expect(OrbitCovariance.smallestEigenvalue(ofCorrelations: c) == nil)
  }

  @Test func singularTransitionIsRefused() throws {
    let zero = StateTransitionMatrix(elements: InlineArray(repeating: 0))
    let nan = StateTransitionMatrix(elements: InlineArray(repeating: .nan))
    #expect(try weakCovariance().propagated(by: zero) == nil)
    #expect(try weakCovariance().propagated(by: nan) == nil)
  }
}
