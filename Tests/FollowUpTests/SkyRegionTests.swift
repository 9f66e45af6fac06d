import Astro
import Astrometry
import Dynamics
import FollowUp
import Foundation
import TestSupport
import Testing

@Suite struct SkyRegionTests {
  /// Directions spread by a generator with a fixed seed along a bent, thin track: nothing like an
  /// ellipse.
  private static func bent(_ count: Int, seed: UInt64) -> [Vector3] {
    var state = seed
    func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-53
    }
    return (0..<count).map { _ in
      let t = next() * next() - 0.2
      let ra = 1.0 + 0.05 * t
      return Vector3(raRad: ra, decRad: 0.3 + 0.04 * t * t + 0.0004 * (next() - 0.5))
    }
  }

  /// Truths drawn as the samples are must lie in the region as often as it says, whatever its shape. Of
  /// 2,000 truths and regions of 300 samples: 1.1 % binomial error, 2.7 % by the samples.
  @Test func regionOfAnyShapeHoldsItsPart() throws {
    var inside = (half: 0, most: 0, all: 0)
    for k in 0..<40 {
      let region = try #require(
        SkyRegion(
          epoch: Epoch<TDB>(mjd: 60000),
          directions: SkyRegionTests.bent(300, seed: UInt64(k) + 1)))
      for truth in SkyRegionTests.bent(50, seed: UInt64(k) + 5000) {
        let level = region.level(of: truth)
        inside.all += 1
        if level < 0.68 { inside.half += 1 }
        if level < 0.95 { inside.most += 1 }
      }
      #expect(region.level(of: Vector3(raRad: 1.5, decRad: 0.3)) > 0.99)
    }
    #expect(abs(Double(inside.half) / Double(inside.all) - 0.68) < 0.04)
    #expect(abs(Double(inside.most) / Double(inside.all) - 0.95) < 0.025)
  }

  @Test func fewSamplesMakeNoRegion() {
    #expect(
      SkyRegion(epoch: Epoch<TDB>(mjd: 60000), directions: SkyRegionTests.bent(9, seed: 1)) == nil)
  }
}

@Suite struct RankExpressionTests {
  private let names = ["a", "b"]

  @Test(arguments: [
    ("1 + 2 * 3 ^ 2", 19.0), ("-2 ^ 2", -4), ("(a + b) / 2", 4), ("min(a, b, 1e-3) * 1000", 1),
    ("a < b", 1), ("sqrt(a + 6) - abs(-b)", -2), ("exp(log(b))", 5), ("2^3^2", 512),
  ])
  func formulasHaveTheirValues(_ text: String, _ value: Double) throws {
    let found = try RankExpression(text, names: names).value([3, 5])
    #expect(abs(found - value) < 1e-12)
  }

  @Test(arguments: ["", "a +", "(a", "c", "min a", "a b", "sqrt(a, b)", "1 2", "*"])
  func wrongFormulasSayWhatIsWrong(_ text: String) {
    #expect(throws: RankExpression.Fault.self) { try RankExpression(text, names: names) }
  }

  @Test func nestingIsBounded() {
    let text = String(repeating: "(", count: 100_000) + "1"
    #expect(throws: RankExpression.Fault.self) { try RankExpression(text, names: names) }
    let signs = String(repeating: "-", count: 100_000) + "1"
    #expect(throws: RankExpression.Fault.self) { try RankExpression(signs, names: names) }
  }
}
