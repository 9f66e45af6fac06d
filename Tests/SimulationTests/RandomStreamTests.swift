import Simulation
import Testing

struct RandomStreamTests {
  /// Values of the authors' C code (prng.di.unimi.it), as the tests of the Rust crates rand_xoshiro
  /// and of the JDK's SplittableRandom have them.
  @Test func generatorsAreTheReferenceOnes() {
    var xoshiro = RandomStream(state: (1, 2, 3, 4))
    let expected: [UInt64] = [
      41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386,
      9_228_616_714_210_784_205, 9_973_669_472_204_895_162,
    ]
    #expect(expected.map { _ in xoshiro.next() } == expected)
    var mix = SplitMix64(state: 0)
    #expect(mix.next() == 0xe220_a839_7b1d_cdaf)
    #expect(mix.next() == 0x6e78_9e6a_a1b9_65f4)
  }

  /// Means, variances and the fourth moment of the normal distribution; five standard deviations.
  @Test func momentsAreRight() {
    let n = 200_000.0
    var stream = RandomStream(seed: 1, .measurement)
    var sums = (0.0, 0.0, 0.0)
    for _ in 0..<Int(n) {
      let x = stream.normal()
      sums.0 += x
      sums.1 += x * x
      sums.2 += x * x * x * x
    }
    #expect(abs(sums.0 / n) < 5 / n.squareRoot())
    #expect(abs(sums.1 / n - 1) < 5 * (2 / n).squareRoot())
    #expect(abs(sums.2 / n - 3) < 5 * (96 / n).squareRoot())

    for mean in [0.3, 12, 900] {
      let m = 4000.0
      var sum = 0.0
      var squares = 0.0
      for _ in 0..<Int(m) {
        let count = Double(stream.poisson(mean: mean))
        sum += count
        squares += (count - mean) * (count - mean)
      }
      #expect(abs(sum / m - mean) < 5 * (mean / m).squareRoot())
      // The variance of (x − λ)² of a Poisson variable is λ + 2λ².
      #expect(abs(squares / m - mean) < 5 * ((mean + 2 * mean * mean) / m).squareRoot())
    }
  }

  /// Streams of different keys share nothing; the same key gives the same stream.
  @Test func streamsAreIndependent() {
    var seen = Set<UInt64>()
    for seed in 0..<4 as Range<UInt64> {
      for key in 0..<50 as Range<UInt64> {
        for other in 0..<50 as Range<UInt64> {
          var stream = RandomStream(seed: seed, .measurement, key, other)
          seen.insert(stream.next())
        }
      }
    }
    #expect(seen.count == 10_000)
    var a = RandomStream(seed: 7, .site, 8, 9)
    var b = RandomStream(seed: 7, .site, 8, 9)
    #expect(a.next() == b.next() && a.uniform() == b.uniform())
  }
}
