import Astro
import Astrometry
import Dynamics
import Foundation
import Prediction
import Testing

/// The matcher on made-up exposures, where the answer follows from the geometry.
struct MatcherTests {
  /// An object at a place [deg], 2 au away, moving to the north-east.
  func object(
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
  func detection(
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

  @Test("A trail's middle is less certain along the trail, and only there")
  func trails() {
    var detection = Detection(
      diaSourceId: 1, midpoint: Epoch<TAI>(mjd: 61_000), raDeg: 10, decDeg: 40,
      observatory: .rubin)
    detection.raErrDeg = 0.1 / 3600
    detection.decErrDeg = 0.1 / 3600
    // 30" at a position angle of 30°: 5 % of it, 1.5", along it.
    detection.trailLengthArcsec = 30
    detection.trailAngleDeg = 30
    let covariance = MatchInput(detection).covariance
    func sigma(_ angle: Double) -> Double {
      covariance.variance(east: sin(angle * Angle.degree), north: cos(angle * Angle.degree))
        .squareRoot() / Angle.arcsecond
    }
    #expect(abs(sigma(30) - (1.5 * 1.5 + 0.01).squareRoot()) < 1e-9)
    #expect(abs(sigma(120) - 0.1) < 1e-9)
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

extension MatcherTests {
  /// A detection of a stated magnitude.
  private func seen(
    _ object: PredictedObject, north: Double, magnitude: Double?
  ) -> MatchInput {
    var input = detection(of: object, east: 0, north: north)
    input.magnitudeV = magnitude
    input.magnitudeSigma = 0.05
    return input
  }

  @Test("Of two detections at a place the one of the right magnitude is the object's")
  func magnitudes() {
    let target = object(0, raDeg: 50, decDeg: 10)
    // Predicted 20; the nearer one is four magnitudes off.
    let pair = [
      seen(target, north: 0.05, magnitude: 24), seen(target, north: 0.12, magnitude: 20.3),
    ]
    let found = Matcher().match(pair, [target], fieldAreaSr: 3e-3)
    #expect(found[1][0].probability > 0.5 && found[0][0].probability < 0.2)
    #expect(abs((found[0][0].magnitudeOffset ?? 0) - 4) < 1e-9)
    // Without magnitudes place alone counts.
    let plain = pair.map { MatchInput(direction: $0.direction, covariance: $0.covariance) }
    let blind = Matcher().match(plain, [target], fieldAreaSr: 3e-3)
    #expect(blind[0][0].probability > blind[1][0].probability)
    // A wrong magnitude alone doesn't make an object vanish: a lone detection on the spot is it.
    let lone = Matcher().match([pair[0]], [target], fieldAreaSr: 3e-3)
    #expect((lone[0].first?.probability ?? 0) > 0.5)
  }

  /// With 1000 unrelated detections a square degree, one within a 5-σ ellipse of 100″ × 100″ is
  /// nearly certain; the object's own is likelier than one of them only near its middle.
  @Test("An object known to minutes of arc does not swallow a transient")
  func wide() {
    let vague = object(0, raDeg: 50, decDeg: 10, sigmaArcsec: 100)
    let transient = detection(of: vague, east: 150, north: -60)
    let found = Matcher().match([transient], [vague], fieldAreaSr: 3e-3)
    #expect((found[0].first?.probability ?? 1) < 0.1)
  }

  @Test("A bright object without detection is missing; faint, vague, seen and outside ones aren't")
  func missing() {
    var objects = (0..<6).map { object($0, raDeg: 50 + 0.1 * Double($0), decDeg: 10) }
    objects[1].magnitudeV = 23.9
    objects[2].covariance = .round(sigmaRad: 60 * Angle.arcsecond)
    objects[4] = object(4, raDeg: 53, decDeg: 10)
    objects[5].magnitudeV = nil
    let field = SkyField(raDeg: 50, decDeg: 10, radiusDeg: 1)
    let matches = Matcher().match(
      [detection(of: objects[3], east: 0.1, north: 0)], objects, fieldAreaSr: 3e-3)
    let found = MissingObjects().find(
      among: objects, matches: matches, field: field, limitV: 24)
    #expect(found == [0])
    #expect(MissingObjects.limit(of: (0..<100).map { Double($0) }) == 80)
    #expect(MissingObjects.limit(of: [20, 21]) == nil)
  }
}
