import Astro
import Astrometry
import Foundation
import Prediction
import Testing

/// Objects known so badly that the line of their possible places bends away from the covariance's
/// straight one, among unrelated detections.
struct CurvedMatchTests {
  /// 1000 a square degree, as the matcher's prior has it [1/arcsec²].
  private static let density = 1_000.0 / 3600 / 3600
  private static let acrossArcsec = 0.3
  private static let detectionArcsec = 0.1

  private struct Trial {
    var object: PredictedObject
    var detections: [MatchInput] = []
    /// Index of the object's own detection.
    var truth: Int?
  }

  /// An object of a long thin ellipse on a line bent by κ in −1 … 1 [1/rad], and detections of
  /// other things within 300″.
  private func trial(_ alongArcsec: Double, _ random: inout SplitMix) -> Trial {
    var object = MatcherTests().object(0, raDeg: 80, decDeg: 15)
    let along = alongArcsec * Angle.arcsecond
    let across = Self.acrossArcsec * Angle.arcsecond
    let (e, n) = object.motionDirection
    object.covariance = SkyCovariance(
      ra: e * e * along * along + n * n * across * across,
      dec: n * n * along * along + e * e * across * across,
      raDec: e * n * (along * along - across * across))
    object.magnitudeV = nil
    var trial = Trial(object: object)
    func add(_ east: Double, _ north: Double) {
      trial.detections.append(
        MatcherTests().detection(
          of: object, east: east, north: north, sigmaArcsec: Self.detectionArcsec))
    }
    let x = along * random.gauss()
    let bend = 0.5 * (2 * random.uniform() - 1) * x * x
    let y = bend + across * random.gauss()
    func noise() -> Double { Self.detectionArcsec * random.gauss() }
    let place = (
      east: (x * e - y * n) / Angle.arcsecond + noise(),
      north: (x * n + y * e) / Angle.arcsecond + noise()
    )
    if random.uniform() < 0.9, hypot(place.east, place.north) < 300 {
      trial.truth = 0
      add(place.east, place.north)
    }
    // Poisson: gaps between events are exponential.
    var left = Self.density * .pi * 300 * 300 + log(1 - random.uniform())
    while left > 0 {
      let radius = 300 * random.uniform().squareRoot()
      let angle = 2 * .pi * random.uniform()
      add(radius * cos(angle), radius * sin(angle))
      left += log(1 - random.uniform())
    }
    return trial
  }

  /// Pairs that would be tagged, and how many of them are right.
  private func run(
    _ matcher: Matcher, alongArcsec: Double, trials: Int
  ) -> (tagged: Int, right: Int, probability: Double) {
    var random = SplitMix(state: 41)
    var sum = (tagged: 0, right: 0, probability: 0.0)
    for _ in 0..<trials {
      let trial = trial(alongArcsec, &random)
      let matches = matcher.match(trial.detections, [trial.object], fieldAreaSr: 3e-3)
      for (index, list) in matches.enumerated() {
        guard let pair = list.first, pair.probability >= 0.5 else { continue }
        sum.tagged += 1
        sum.probability += pair.probability
        if index == trial.truth { sum.right += 1 }
      }
    }
    return sum
  }

  @Test("A stale object's thin line over a degree claims no transient; a straight one would")
  func stale() {
    var straight = Matcher()
    straight.curvature = 0
    let wrong = run(straight, alongArcsec: 3_600, trials: 1_500)
    #expect(wrong.tagged - wrong.right > 15)
    let curved = run(Matcher(), alongArcsec: 3_600, trials: 1_500)
    #expect(curved.tagged == 0)
  }

  /// Tags of 2,000 visits: their probabilities are at most sampling error above the share that is
  /// right, √(0.25 / n) each side.
  @Test(
    "What a tag says of its certainty holds for objects lost by minutes", arguments: [20, 60, 200])
  func honest(_ alongArcsec: Double) {
    let found = run(Matcher(), alongArcsec: alongArcsec, trials: 2_000)
    #expect(found.tagged > 300)
    let share = Double(found.right) / Double(found.tagged)
    let stated = found.probability / Double(found.tagged)
    let error = (0.25 / Double(found.tagged)).squareRoot()
    #expect(stated < share + 3 * error, "\(stated) stated, \(share) right")
    // Nor is it shy: within a tenth.
    #expect(stated > share - 0.1)
  }

  @Test("Objects of wide and of narrow reach are found together, best first")
  func mixed() {
    let narrow = MatcherTests().object(0, raDeg: 80, decDeg: 15)
    let wide = MatcherTests().object(1, raDeg: 80, decDeg: 15.01, sigmaArcsec: 30)
    let found = Matcher().match(
      [MatcherTests().detection(of: narrow, east: 0.1, north: 0)], [wide, narrow],
      fieldAreaSr: 3e-3)[0]
    #expect(found.map(\.object) == [1, 0])
  }
}
