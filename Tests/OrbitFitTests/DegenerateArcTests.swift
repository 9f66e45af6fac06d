import Astro
import Astrometry
import Dynamics
import OrbitFit
import Testing

/// Arcs that cannot give an orbit, or that break naive programs: each ends with a verdict.
struct DegenerateArcTests {
  static func arc(_ days: [Double]) -> [AstrometricObservation] {
    ShortArcTests.arc(SyntheticSky.mainBelt, days)
  }

  @Test(arguments: [[], [0.0], [0, 0], [3, 3, 3, 3, 3, 3]])
  func withoutTwoTimesThereIsNoOrbit(days: [Double]) {
    let result = ShortArcTests.fit(Self.arc(days))
    #expect(result.orbit == nil && result.covariance == nil)
    #expect(!result.converged && !result.determined)
    #expect(result.remark?.contains("two different times") == true)
    #expect(result.used.count == days.count)
    #expect(result.residualsRaArcsec.count == days.count)
  }

  @Test func aTrackletGivesABoundOrbitThatIsNotDetermined() throws {
    let result = ShortArcTests.fit(Self.arc([0, 0.03]))
    let orbit = try #require(result.orbit)
    #expect(!result.determined)
    #expect(result.degreesOfFreedom == 0)
    #expect(SyntheticSky.semiMajorAxis(orbit.state) > 0)
    // Two directions can always be met.
    #expect(result.rmsArcsec < 0.1)
  }

  @Test func threeObservationsAreNotChecked() throws {
    let result = ShortArcTests.fit(Self.arc([-6, 0, 7]))
    _ = try #require(result.orbit)
    #expect(!result.determined)
    #expect(result.remark != nil)
  }

  @Test func duplicatesAreHarmless() throws {
    let once = Self.arc(SyntheticSky.nights([-6, 0, 7]))
    let single = ShortArcTests.fit(once)
    let result = ShortArcTests.fit(once + once)
    #expect(result.orbit == single.orbit && result.chiSquare == single.chiSquare)
    #expect(result.used == single.used + once.map { _ in false })
    #expect(result.degreesOfFreedom == single.degreesOfFreedom)
    #expect(result.remark?.contains("6 of 12 observations are repetitions") == true)
    let orbit = try #require(result.orbit)
    #expect(result.converged)
    #expect(result.used.count == 12)
    let covariance = try #require(result.covariance)
    #expect(SyntheticSky.mahalanobis(orbit, covariance, truth: SyntheticSky.mainBelt) < 1)
  }

  /// Three observations, each given twice, leave nothing to check the orbit by.
  @Test func duplicatesDetermineNothing() {
    let three = Self.arc([-6, 0, 7])
    let result = ShortArcTests.fit(three + three)
    #expect(!result.determined && result.degreesOfFreedom == 0)
    #expect(result.remark?.contains("nothing to check") == true)
  }

  @Test func orderDoesNotMatter() throws {
    let arc = Self.arc(SyntheticSky.nights([-6, 0, 7]))
    let forward = try #require(ShortArcTests.fit(arc).orbit)
    let backward = try #require(ShortArcTests.fit(arc.reversed()).orbit)
    let moved = TwoBody.propagate(
      backward.state, days: forward.epoch.days(since: backward.epoch))
    #expect((moved.position - forward.state.position).norm < 1e-5)
  }

  @Test func unusableNumbersAreLeftOutAndNamed() throws {
    var arc = Self.arc(SyntheticSky.nights([-6, 0, 3, 7]))
    arc[2].raRad = .nan
    arc[5].sigmaDecRad = 0
    let result = ShortArcTests.fit(arc)
    _ = try #require(result.orbit)
    #expect(result.used == [true, true, false, true, true, false, true, true])
    #expect(result.remark?.contains("2 of 8") == true)
    #expect(result.rmsArcsec < 1e-3)
  }

  @Test func nonsenseEndsWithAVerdict() {
    // Directions that no body can have: opposite ends of the sky within a day.
    var noise = Noise(seed: 21)
    for count in [3, 5, 6, 9, 20] {
      var arc = Self.arc((0..<count).map { Double($0) * 0.9 })
      for k in arc.indices {
        arc[k].raRad = 2 * .pi * noise.uniform()
        arc[k].decRad = (noise.uniform() - 0.5) * 3
      }
      let result = ShortArcTests.fit(arc)
      #expect(result.remark != nil)
      #expect(!result.determined || result.chiSquare > 1000 || result.used.contains(false))
    }
  }

  /// Arcs of months with gaps: whatever the nights are, there is an end and an orbit that fits.
  @Test(arguments: [
    [0, 40, 80], [0, 150, 300], [0, 1, 200], [0, 90], [0, 5, 9, 70, 400, 900],
    [0, 700, 1400, 2100],
  ])
  func sparseArcsOfMonths(nights: [Double]) throws {
    var noise = Noise(seed: 31)
    let arc = Self.arc(SyntheticSky.nights(nights)).map { noise.disturbed($0) }
    let result = ShortArcTests.fit(arc)
    // Four nights in six years leave the number of revolutions open: no orbit is an answer there.
    guard let orbit = result.orbit else {
      #expect(nights.last == 2100 && result.remark != nil, "\(result.remark ?? "")")
      return
    }
    if result.determined {
      let covariance = try #require(result.covariance)
      #expect(SyntheticSky.mahalanobis(orbit, covariance, truth: SyntheticSky.mainBelt) < 22.5)
    } else {
      #expect(result.remark != nil)
    }
    #expect(result.determined || nights.count < 5)
  }
}
