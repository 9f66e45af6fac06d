import Astro
import Astrometry
import Dynamics
import Foundation
import Prediction
import Testing

/// The matcher on made-up exposures, where the answer follows from the geometry.
struct MatcherTests {
  /// An object at a place [deg], 2 au away, moving to the north-east.
  private func object(
    _ index: Int, raDeg: Double, decDeg: Double, sigmaArcsec: Double? = 0.1
  ) -> PredictedObject {
    let sun = StateVector(position: .zero, velocity: .zero)
    let observer = StateVector(position: Vector3(1, 0, 0), velocity: .zero)
    let direction = Vector3(raRad: raDeg * Angle.degree, decRad: decDeg * Angle.degree)
    let east = Vector3(0, 0, 1).cross(direction).unit
    let motion = (east + direction.cross(east)) * 0.005
    let place = PredictedPlace(
      object: StateVector(position: observer.position + direction * 2, velocity: motion),
      sun: sun, observer: observer)
    return PredictedObject(
      orbit: index, place: place, observer: observer, sun: sun,
      covariance: sigmaArcsec.map { .round(sigmaRad: $0 * Angle.arcsecond) }, magnitudeV: 20)
  }

  /// A detection off an object's place by arcseconds to the east and north.
  private func detection(
    of object: PredictedObject, east: Double, north: Double, sigmaArcsec: Double = 0.1
  ) -> MatchInput {
    let (e, n) = object.place.tangents
    let off = e * (east * Angle.arcsecond) + n * (north * Angle.arcsecond)
    return MatchInput(
      direction: (object.place.direction + off).unit,
      covariance: .round(sigmaRad: sigmaArcsec * Angle.arcsecond))
  }

  @Test("Offset, its parts along and across the motion, and chi2 are those of the geometry")
  func geometry() throws {
    let target = object(0, raDeg: 200, decDeg: 60)
    let found = Matcher().match(
      [detection(of: target, east: 0.3, north: 0.1)], [target], fieldAreaSr: 3e-3)[0]
    let pair = try #require(found.first)
    #expect(abs(pair.offsetRa / Angle.arcsecond - 0.3) < 1e-6)
    #expect(abs(pair.offsetDec / Angle.arcsecond - 0.1) < 1e-6)
    // The motion is at 45 degrees but for the observer's light time: 1e-3.
    #expect(abs(pair.along / Angle.arcsecond - 0.4 / 2.0.squareRoot()) < 1e-3)
    #expect(abs(pair.across / Angle.arcsecond + 0.2 / 2.0.squareRoot()) < 1e-3)
    // σ² = 0.1² + 0.1² + the floor of 0.05².
    #expect(abs(pair.chi2 - 0.1 / 0.0225) < 1e-4)
    #expect(abs(pair.sigmaAlong / Angle.arcsecond - 0.15) < 1e-6)
    #expect(pair.probability > 0.999 && pair.rank == 1 && pair.distanceRank == 1)
  }

  @Test("Beyond the chi2 limit nothing matches, however near")
  func tooFar() {
    let target = object(0, raDeg: 10, decDeg: -5)
    let far = detection(of: target, east: 0.8, north: 0)
    #expect(Matcher().match([far], [target], fieldAreaSr: 3e-3)[0].isEmpty)
    let vague = object(0, raDeg: 10, decDeg: -5, sigmaArcsec: 30)
    let further = detection(of: vague, east: 60, north: -40)
    #expect(Matcher().match([further], [vague], fieldAreaSr: 3e-3)[0].count == 1)
  }

  @Test("Two detections of one object share it; the nearer one ranks first in distance")
  func rivals() {
    let target = object(0, raDeg: 0, decDeg: 0)
    let pair = [
      detection(of: target, east: 0.05, north: 0), detection(of: target, east: -0.2, north: 0),
    ]
    let found = Matcher().match(pair, [target], fieldAreaSr: 3e-3)
    #expect(found[0][0].distanceRank == 1 && found[1][0].distanceRank == 2)
    let sum = found[0][0].probability + found[1][0].probability
    #expect(abs(sum - 1) < 0.01)
    #expect(found[0][0].probability > found[1][0].probability)
  }

  @Test("Two objects at a detection share its probability, the likelier first")
  func twins() {
    let near = object(0, raDeg: 120, decDeg: 20)
    let off = object(1, raDeg: 120, decDeg: 20 + 0.3 / 3600)
    let found = Matcher().match(
      [detection(of: near, east: 0, north: 0.05)], [off, near], fieldAreaSr: 3e-3)[0]
    #expect(found.map(\.object) == [1, 0])
    #expect(found.map(\.rank) == [1, 2])
    #expect(abs(found.reduce(0) { $0 + $1.probability } - 1) < 0.01)
  }

  @Test("Right ascension wraps at 0 and 360, and the pole is no obstacle")
  func seams() {
    for (ra, dec) in [(359.99999, 0.0), (0.00001, 45), (77, 89.9999), (12, -89.99999)] {
      let target = object(0, raDeg: ra, decDeg: dec)
      let found = Matcher().match(
        [detection(of: target, east: 0.2, north: 0.1)], [target], fieldAreaSr: 3e-3)[0]
      #expect(abs((found.first?.offsetRa ?? 0) / Angle.arcsecond - 0.2) < 1e-6)
    }
  }

  /// With errors as stated, χ² of true pairs has two degrees of freedom: its mean is 2 and 13.5 %
  /// lie beyond 4.
  @Test("Chi2 of true pairs is distributed as chi2 with two degrees of freedom")
  func calibration() {
    var generator = SplitMix(state: 7)
    var values: [Double] = []
    for _ in 0..<4_000 {
      let target = object(0, raDeg: 33, decDeg: -20, sigmaArcsec: 0.2)
      let sigma = (0.2 * 0.2 + 0.1 * 0.1 + 0.05 * 0.05).squareRoot()
      let input = detection(
        of: target, east: sigma * generator.gauss(), north: sigma * generator.gauss())
      values += Matcher().match([input], [target], fieldAreaSr: 3e-3)[0].map(\.chi2)
    }
    let mean = values.reduce(0, +) / Double(values.count)
    // Standard error of the mean: 2 / √4000 = 0.03.
    #expect(abs(mean - 2) < 0.12)
    #expect(abs(Double(values.count { $0 > 4 }) / 4_000 - exp(-2)) < 0.02)
  }
}

/// A small generator with a seed (Steele, Lea & Flood 2014).
struct SplitMix {
  var state: UInt64

  mutating func uniform() -> Double {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
  }

  mutating func gauss() -> Double {
    (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform())
  }
}
