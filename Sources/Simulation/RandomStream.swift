import Foundation

/// A stream of random numbers that depends on nothing but its keys.
///
/// Every object, visit and pair of them has a stream of its own, so that the numbers are the same
/// in whatever order, and on however many cores, they are drawn. xoshiro256++ (Blackman & Vigna
/// 2021, doi:10.1145/3460772), started from the keys by SplitMix64.
package struct RandomStream {
  /// What a stream is for; streams of different purposes are independent.
  package enum Purpose: UInt64 {
    case clone = 1
    case surface
    case measurement
    case falseCount
    case falseSource
    case site
    case stamp
  }

  private var s0: UInt64
  private var s1: UInt64
  private var s2: UInt64
  private var s3: UInt64

  package init(seed: UInt64, _ purpose: Purpose, _ key1: UInt64 = 0, _ key2: UInt64 = 0) {
    var mix = SplitMix64(state: seed)
    mix.absorb(purpose.rawValue)
    mix.absorb(key1)
    mix.absorb(key2)
    s0 = mix.next()
    s1 = mix.next()
    s2 = mix.next()
    s3 = mix.next()
  }

  /// A generator in a given state, which must not be all zeros.
  package init(state: (UInt64, UInt64, UInt64, UInt64)) { (s0, s1, s2, s3) = state }

  package mutating func next() -> UInt64 {
    let sum = s0 &+ s3
    let result = (sum << 23 | sum >> 41) &+ s0
    let t = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = s3 << 45 | s3 >> 19
    return result
  }

  /// Uniform in [0, 1), 53 bits.
  package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  mutating func uniform(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * uniform()
  }

  /// Standard normal (Marsaglia's polar method).
  package mutating func normal() -> Double {
    while true {
      let u = 2 * uniform() - 1
      let v = 2 * uniform() - 1
      let s = u * u + v * v
      if s > 0 && s < 1 { return u * (-2 * log(s) / s).squareRoot() }
    }
  }

  /// Exponential of mean one.
  mutating func exponential() -> Double { -log(1 - uniform()) }

  /// Poisson of the given mean, exact, in a time that grows with the mean.
  package mutating func poisson(mean: Double) -> Int {
    var count = 0
    var sum = exponential()
    while sum < mean {
      count += 1
      sum += exponential()
    }
    return count
  }
}

/// Steele, Lea & Flood 2014 (doi:10.1145/2660193.2660195): spreads keys over 64 bits.
package struct SplitMix64 {
  private var state: UInt64

  package init(state: UInt64) { self.state = state }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }

  mutating func absorb(_ key: UInt64) { state = next() ^ key }
}
