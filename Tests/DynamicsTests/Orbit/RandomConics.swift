import Astro
import Dynamics
import Foundation

/// SplitMix64: the same numbers on every machine.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func uniform(_ low: Double, _ high: Double) -> Double {
    Double.random(in: low..<high, using: &self)
  }
}

/// Elements of every kind of conic: e from circles over parabolas to interstellar hyperbolas.
func randomConics(_ count: Int, seed: UInt64) -> [KeplerianElements] {
  var random = SeededGenerator(seed: seed)
  let epoch = Epoch<TDB>(mjd: 60_000)
  return (0..<count).map { k in
    let q = pow(10, random.uniform(-2, 1.5))
    let e: Double =
      switch k % 6 {
      case 0: random.uniform(0, 1e-6)
      case 1: random.uniform(0, 0.9)
      case 2: 1 - pow(10, random.uniform(-12, -1))
      case 3: 1
      case 4: 1 + pow(10, random.uniform(-12, -2))
      // By the speed at infinity, 2…100 km/s: 'Oumuamua had 26.
      default: 1 + q * pow(random.uniform(0.001, 0.058), 2) / GravitationalParameter.sun
      }
    return KeplerianElements(
      epoch: epoch, perihelionAU: q, eccentricity: e,
      inclinationRad: random.uniform(0.01, 3.13), nodeRad: random.uniform(0, 2 * .pi),
      argPeriRad: random.uniform(0, 2 * .pi),
      perihelionTime: epoch.adding(days: random.uniform(-3000, 3000)))
  }
}

func relativeDifference(_ a: StateVector, _ b: StateVector) -> Double {
  let d = a - b
  return max(d.position.norm / a.position.norm, d.velocity.norm / a.velocity.norm)
}
