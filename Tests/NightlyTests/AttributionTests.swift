import Astro
import Dynamics
import Foundation
import Nightly
import Testing

private func pairing(
  _ object: Int, slot: Int, exposure: Int = 0, weight: Double
) -> Pairing {
  Pairing(
    object: object, slot: slot, exposure: exposure, chi2: 1, weight: weight, offsetRa: 0,
    offsetDec: 0)
}

@Suite struct AttributionTests {
  @Test func theLikelyOnesHoldAndTheDoubtfulAreCounted() {
    // Object 0: sure in two exposures. Object 1: two detections as likely. Object 2: only a weak one.
    let pairings = [
      pairing(0, slot: 0, weight: 1e4), pairing(0, slot: 5, exposure: 1, weight: 1e4),
      pairing(1, slot: 1, weight: 500), pairing(1, slot: 2, weight: 400),
      pairing(2, slot: 3, weight: 3),
    ]
    let result = Attribution(pairings, slots: 6)
    #expect(result.chosen.map { $0.map(\.slot) } == [[0, 5]])
    #expect(result.doubtful == 3)
  }

  @Test func twoObjectsNeverShareADetection() {
    let even = Attribution(
      [pairing(0, slot: 0, weight: 1e5), pairing(1, slot: 0, weight: 1e5)], slots: 1)
    #expect(even.chosen.isEmpty)
    #expect(even.doubtful == 1)
    let clear = Attribution(
      [pairing(0, slot: 0, weight: 1e5), pairing(1, slot: 0, weight: 1)], slots: 1)
    #expect(clear.chosen.map { $0.map(\.object) } == [[0]])
    #expect(clear.doubtful == 0)
  }

  /// U says how the longitude runs off in ten years: e^(1.49 U) arcsec. Two-body motion of a
  /// circular orbit, whose longitude is its place.
  @Test(arguments: [0, 2, 5]) func uncertaintyOfAnOrbitWithoutOneGrowsAsItsUSays(u: Int) throws {
    let elements = try #require(
      KeplerianElements(
        epoch: Epoch<TDB>(mjd: 60000), semiMajorAxisAU: 2.5, eccentricity: 0.001,
        inclinationRad: 0.01, nodeRad: 1, argPeriRad: 1, meanAnomalyRad: 1))
    var orbit = CatalogOrbit(designation: "K", orbit: elements.orbit())
    orbit.quality.uncertaintyParameter = u
    let covariance = try #require(AssumedUncertainty.covariance(of: orbit))
    func alongArcsec(days: Double) throws -> Double {
      let moved = TwoBody.propagateWithTransition(orbit.orbit.state, days: days)
      let uncertainty: OrbitCovariance = try #require(
        covariance.propagated(by: moved.transition))
      let matrix = uncertainty.covariance
      let (r, v) = (moved.state.position, moved.state.velocity.unit)
      let unit = [v.x, v.y, v.z]
      var variance = 0.0
      for i in 0..<3 { for j in 0..<3 { variance += unit[i] * matrix[6 * i + j] * unit[j] } }
      return variance.squareRoot() / r.norm / Angle.arcsecond
    }
    let runoff = exp(1.49 * Double(u))
    // The direction of the perihelion adds up to 2 × its own 0.2″ (or the hundredth of the runoff).
    let floor = max(0.2, runoff / 100)
    let atEpoch = try alongArcsec(days: 0)
    #expect(atEpoch >= 0.9 * floor && atEpoch < 3.2 * floor)
    let later = try alongArcsec(days: 3652.5)
    #expect(later > 0.95 * runoff && later < (runoff * runoff + 10 * floor * floor).squareRoot())
  }
}
