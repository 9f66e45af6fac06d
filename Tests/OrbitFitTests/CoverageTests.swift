import Astro
import Astrometry
import Dynamics
import Foundation
import OrbitFit
import Testing

/// Orbits of every class seen with known errors: the normalised errors of the fits are chi-square
/// distributed. Truth: the orbits that the arcs were made from.
struct CoverageTests {
  struct Population: CustomTestStringConvertible, Sendable {
    var name: String
    /// Ranges of perihelion [au], eccentricity, inclination [deg], perihelion time [d].
    var q: ClosedRange<Double>
    var e: ClosedRange<Double>
    var incl: ClosedRange<Double>
    var time: ClosedRange<Double>
    /// Nights of two observations each [d].
    var nights: [Double]
    var testDescription: String { name }

    func orbit(_ noise: inout Noise) -> Orbit {
      func any(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * noise.uniform()
      }
      return SyntheticSky.orbit(
        q: any(q), e: any(e), inclDeg: any(incl), nodeDeg: any(0...360), periDeg: any(0...360),
        tPeriDays: any(time))
    }
  }

  static let populations = [
    Population(
      name: "main belt", q: 1.8...3, e: 0...0.3, incl: 0...25, time: -700...700,
      nights: [-20, -9, 0, 8, 21]),
    Population(
      name: "near-Earth", q: 0.6...1.3, e: 0.2...0.7, incl: 0...40, time: -150...150,
      nights: [-20, -9, 0, 8, 21]),
    Population(
      name: "Trojan", q: 4.6...5.1, e: 0.01...0.1, incl: 0...30, time: -2000...2000,
      nights: [-45, -20, 0, 25, 45]),
    Population(
      name: "trans-Neptunian", q: 32...45, e: 0...0.3, incl: 0...30, time: -9000...9000,
      nights: [-400, -370, -20, 0, 20, 340, 390]),
    Population(
      name: "comet", q: 0.8...3, e: 0.9...1.02, incl: 0...180, time: -200...200,
      nights: [-20, -9, 0, 8, 21]),
  ]

  /// 1,000 arcs a class: the 50, 90, 95 and 99 % ellipsoids hold the truth as often as they say.
  /// Binomial, three standard deviations; one in 150 good observations is beyond the limit of
  /// rejection (χ² of 10), which takes some 0.5 % of the arcs out of the outermost ellipsoids.
  @Test(arguments: populations)
  func ellipsoidsHoldTheTruth(population: Population) {
    var noise = Noise(seed: 77)
    let levels = [(0.50, 5.348), (0.90, 10.645), (0.95, 12.592), (0.99, 16.812)]
    var inside = [0, 0, 0, 0]
    var chiSquare = 0.0
    let count = 1000
    for k in 0..<count {
      let orbit = population.orbit(&noise)
      let arc = ShortArcTests.arc(orbit, SyntheticSky.nights(population.nights)).map {
        noise.disturbed($0)
      }
      let result = ShortArcTests.fit(arc)
      guard let found = result.orbit, let covariance = result.covariance else {
        Issue.record("arc \(k): \(result.remark ?? "no remark")")
        continue
      }
      chiSquare += result.chiSquare / Double(max(1, result.degreesOfFreedom))
      let square = SyntheticSky.mahalanobis(found, covariance, truth: orbit)
      for (i, level) in levels.enumerated() where square < level.1 { inside[i] += 1 }
    }
    for (i, level) in levels.enumerated() {
      let expected = level.0 * Double(count)
      let slack = 3 * (expected * (1 - level.0)).squareRoot() + 5
      #expect(abs(Double(inside[i]) - expected) < slack, "\(level.0): \(inside[i]) of \(count)")
    }
    // One a degree of freedom; rejection takes some 3 % off. 14 of them and 1,000 arcs: ± 0.012.
    #expect((0.92...1.04).contains(chiSquare / Double(count)), "\(chiSquare / Double(count))")
  }

  /// Blunders of 3 to 300″ (σ is 0.1″) in 1 to 20 % of forty observations of a main-belt asteroid:
  /// they are rejected, few others are, and the ellipsoid holds the truth.
  @Test(arguments: [0.01, 0.05, 0.1, 0.2])
  func blundersAreRejected(fraction: Double) {
    var noise = Noise(seed: 5)
    let nights = (0..<10).map { Double($0) * 4 - 18 }
    var (missed, wronglyRejected, blunders, good, inside) = (0, 0, 0, 0, 0)
    let count = 100
    for _ in 0..<count {
      let orbit = Self.populations[0].orbit(&noise)
      var arc = ShortArcTests.arc(orbit, nights.flatMap { [$0, $0 + 0.02, $0 + 0.04, $0 + 0.06] })
        .map { noise.disturbed($0) }
      var isBlunder = [Bool](repeating: false, count: arc.count)
      for k in arc.indices where noise.uniform() < fraction {
        isBlunder[k] = true
        let size = 3 * exp(log(100) * noise.uniform()) * Angle.arcsecond
        let angle = 2 * Double.pi * noise.uniform()
        arc[k].raRad += size * cos(angle) / cos(arc[k].decRad)
        arc[k].decRad += size * sin(angle)
      }
      let result = ShortArcTests.fit(arc)
      for k in arc.indices {
        if isBlunder[k] {
          blunders += 1
          if result.used[k] { missed += 1 }
        } else {
          good += 1
          if !result.used[k] { wronglyRejected += 1 }
        }
      }
      if let found = result.orbit, let covariance = result.covariance,
        SyntheticSky.mahalanobis(found, covariance, truth: orbit) < 12.592
      {
        inside += 1
      }
    }
    #expect(missed == 0, "\(missed) of \(blunders) blunders are used")
    // χ² of two degrees of freedom is above 10 for 0.7 % of good ones.
    #expect(Double(wronglyRejected) < 0.02 * Double(good), "\(wronglyRejected) of \(good)")
    // Binomial: 95 with a standard deviation of 2.2; three of them, and a little for rejection.
    #expect(inside >= 87, "\(inside) of \(count)")
  }

  /// A night whose four observations are all 20″ off, of six nights.
  @Test(arguments: 0..<6)
  func aWholeNightMayBeWrong(wrong: Int) throws {
    var noise = Noise(seed: UInt64(40 + wrong))
    var arc = ShortArcTests.arc(
      SyntheticSky.mainBelt,
      [-12.0, -8, -3, 1, 6, 11].flatMap { [$0, $0 + 0.02, $0 + 0.04, $0 + 0.06] }
    ).map { noise.disturbed($0) }
    for k in (4 * wrong)..<(4 * wrong + 4) { arc[k].decRad += 20 * Angle.arcsecond }
    let result = ShortArcTests.fit(arc)
    let found = try #require(result.orbit)
    let usedOfNight = result.used.indices.count { $0 / 4 == wrong && result.used[$0] }
    // One in 150 good observations is beyond the limit.
    #expect(usedOfNight == 0 && result.used.count { $0 } >= 19, "\(result.used)")
    let covariance = try #require(result.covariance)
    // 22.5 is the 99.9 % point for six degrees of freedom.
    #expect(SyntheticSky.mahalanobis(found, covariance, truth: SyntheticSky.mainBelt) < 22.5)
  }
}
