// What follows from orbits, on one core: MOIDs, against a dense scan for a check, and two-body motion.
//
// Run by Tools/bench/orbits.

import Astro
import Dynamics
import Foundation

struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

@main struct OrbitsBenchmark {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
    let count = arguments.first ?? 100_000
    let checked = arguments.dropFirst().first ?? 2_000
    var random = Generator(state: 1)
    let kinds: [(String, () -> (KeplerianElements, KeplerianElements))] = [
      ("near-Earth and Earth", { (near(&random), earth) }),
      ("main belt and Jupiter", { (belt(&random), jupiter) }),
      ("e to 0.999, open, two of a kind", { (any(&random), ellipse(&random)) }),
      ("nearly tangent, nearly in one plane", { tangent(&random) }),
    ]
    for (name, make) in kinds { measure(name, make, count, checked) }
    twoBody(&random)
  }

  static func measure(
    _ name: String, _ make: () -> (KeplerianElements, KeplerianElements), _ count: Int,
    _ checked: Int
  ) {
    let pairs = (0..<count).map { _ in make() }
    var found: [Double] = []
    found.reserveCapacity(count)
    let started = cpuSeconds()
    for (a, b) in pairs { found.append(MOID(a, b)?.distanceAU ?? .nan) }
    let seconds = cpuSeconds() - started
    var worst = 0.0
    for k in 0..<min(checked, count) {
      // The scan finds a place near the least distance; it can only be too large.
      let excess = found[k] - DenseScan(pairs[k].0, pairs[k].1).distance
      worst = max(worst, excess)
    }
    let rate = Int(Double(count) / seconds)
    print("\(name): \(rate) MOIDs/s; above a dense scan's by at most \(worst) au")
  }

  static func twoBody(_ random: inout Generator) {
    let orbits = (0..<10_000).map { _ in any(&random).orbit() }
    let started = cpuSeconds()
    var sum = 0.0
    for turn in 0..<100 {
      for orbit in orbits {
        sum += TwoBody.propagate(orbit.state, days: 30 + Double(turn)).position.x
      }
    }
    let rate = Int(1e6 / (cpuSeconds() - started))
    print("two-body motion, all conics: \(rate)/s (sum \(sum))")
  }

  static func cpuSeconds() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

  static let earth = made(0.98329, 0.01671, 1e-5, 3.0, 5.0)
  static let jupiter = made(4.951, 0.0485, 0.02275, 1.753, 4.77)

  static func made(
    _ q: Double, _ e: Double, _ incl: Double, _ node: Double, _ peri: Double
  ) -> KeplerianElements {
    let epoch = Epoch<TDB>(mjd: 60_000)
    return KeplerianElements(
      epoch: epoch, perihelionAU: q, eccentricity: e, inclinationRad: incl, nodeRad: node,
      argPeriRad: peri, perihelionTime: epoch.adding(days: 100))
  }

  static func uniform(_ range: ClosedRange<Double>, _ random: inout Generator) -> Double {
    Double.random(in: range, using: &random)
  }

  static func turned(
    _ q: Double, _ e: Double, _ incl: Double, _ random: inout Generator
  ) -> KeplerianElements {
    made(q, e, incl, uniform(0...6.28, &random), uniform(0...6.28, &random))
  }

  static func near(_ random: inout Generator) -> KeplerianElements {
    let e = uniform(0.05...0.9, &random)
    return turned(uniform(0.2...1.3, &random), e, uniform(0...0.7, &random), &random)
  }

  static func belt(_ random: inout Generator) -> KeplerianElements {
    let e = uniform(0...0.35, &random)
    return turned(uniform(2.1...3.3, &random) * (1 - e), e, uniform(0...0.4, &random), &random)
  }

  static func ellipse(_ random: inout Generator) -> KeplerianElements {
    let e = 1 - pow(10, uniform(-3...0, &random))
    return turned(pow(10, uniform(-1...1, &random)), e, uniform(0...3.14159, &random), &random)
  }

  static func any(_ random: inout Generator) -> KeplerianElements {
    let kind = uniform(0...1, &random)
    let e = kind < 0.7 ? 1 - pow(10, uniform(-3...0, &random)) : kind < 0.8 ? 1 : 1 + 3 * kind
    return turned(pow(10, uniform(-1...1, &random)), e, uniform(0...3.14159, &random), &random)
  }

  /// Perihelion or aphelion on the other orbit to 1e-3, or the plane within 1e-3 of the other's,
  /// in its sense or against it.
  static func tangent(_ random: inout Generator) -> (KeplerianElements, KeplerianElements) {
    let e = uniform(0...0.95, &random)
    let touch = 1 + pow(10, uniform(-8 ... -3, &random))
    let q = uniform(0...1, &random) < 0.5 ? touch : touch * (1 - e) / (1 + e)
    let flat = pow(10, uniform(-8 ... -1, &random))
    let incl = uniform(0...1, &random) < 0.5 ? flat : .pi - flat
    return (turned(q, e, incl, &random), made(1, uniform(0...0.02, &random), 1e-6, 1, 2))
  }
}

/// The least distance of two conics by 721 × 721 pairs of points: every valley among them is followed
/// down by a pattern search that halves its steps.
struct DenseScan {
  var distance = Double.infinity

  init(_ a: KeplerianElements, _ b: KeplerianElements) {
    let far = min(a.aphelionAU, b.aphelionAU) + a.perihelionAU + b.perihelionAU
    let (first, second) = (Track(a, far), Track(b, far))
    let count = 720
    let p = (0...count).map { first.point(Double($0) / Double(count)) }
    let q = (0...count).map { second.point(Double($0) / Double(count)) }
    var table: [(square: Double, i: Int, j: Int)] = []
    for i in p.indices {
      var best = (square: Double.infinity, i: i, j: 0)
      for j in q.indices {
        let square = (p[i] - q[j]).squaredNorm
        if square < best.square { best = (square, i, j) }
      }
      table.append(best)
    }
    // Every valley of the table, by a pattern search that halves its step.
    for i in table.indices {
      let before = table[i > 0 ? i - 1 : count - 1].square
      let after = table[i < count ? i + 1 : 1].square
      guard table[i].square <= before, table[i].square <= after else { continue }
      var (x, y) = (Double(i) / Double(count), Double(table[i].j) / Double(count))
      var step = 1 / Double(count)
      var least = table[i].square
      while step > 1e-13 {
        var moved = false
        for (dx, dy) in [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (1, -1), (-1, 1)] {
          let (u, v) = (x + Double(dx) * step, y + Double(dy) * step)
          let square = (first.point(u) - second.point(v)).squaredNorm
          if square < least {
            (least, x, y, moved) = (square, u, v, true)
            break
          }
        }
        if !moved { step *= 0.5 }
      }
      distance = min(distance, least.squareRoot())
    }
  }

  /// By true anomaly, where it is nearer to the Sun than a limit.
  struct Track {
    let k: KeplerianElements
    let limit: Double

    init(_ k: KeplerianElements, _ far: Double) {
      self.k = k
      let p = k.perihelionAU * (1 + k.eccentricity)
      let cosine = (p / far - 1) / max(k.eccentricity, 1e-12)
      limit = cosine <= -1 ? .pi : acos(min(1, cosine))
    }

    func point(_ t: Double) -> Vector3 {
      let f = (2 * t - 1) * limit
      let r = k.perihelionAU * (1 + k.eccentricity) / (1 + k.eccentricity * cos(f))
      let u = k.argPeriRad + f
      let (sn, cn, su, cu) = (sin(k.nodeRad), cos(k.nodeRad), sin(u), cos(u))
      let (si, ci) = (sin(k.inclinationRad), cos(k.inclinationRad))
      return Vector3(cn * cu - sn * su * ci, sn * cu + cn * su * ci, su * si) * r
    }
  }
}
