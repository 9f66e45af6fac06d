import Foundation

import Astro

/// A conic (GM = 1) cut into arcs of equal universal anomaly s, ds = dt / r, which are halved where
/// asked for. In s every conic is P(s) = (q − U₂, √(q (1 + e)) U₁), and its second derivative is
/// bounded: 1 on ellipses and parabolas.
struct ConicArcs {
  /// Between two points of the conic.
  struct Arc {
    /// Universal anomaly at the start, and the universal functions of it.
    var s: Double
    var u0: Double
    var u1: Double
    var u2: Double
    var start: Vector3
    var end: Vector3
  }

  let q: Double
  let e: Double
  /// 1 / a.
  let beta: Double
  private let height: Double
  private let toward: Vector3
  private let ahead: Vector3
  /// s at the end of the part that matters; the arcs run from minus this to this.
  private(set) var reach = 0.0
  private var isWhole = false
  /// Largest length of the second derivative.
  private var bend = 1.0
  /// Universal anomaly of one arc, and the universal functions of half of it.
  private(set) var step = 0.0
  private var half = (u0: 1.0, u1: 0.0, u2: 0.0)
  private(set) var arcs: [Arc] = []
  /// Where the halves of an arc stand in `halves`; −1 when it has none yet.
  private var firstHalf: [Int32] = []
  private var halves: [Arc] = []

  init(_ orbit: KeplerianElements) {
    q = orbit.perihelionAU
    e = orbit.eccentricity
    beta = (1 - e) / q
    height = (q * (1 + e)).squareRoot()
    (toward, ahead) = orbit.perifocalAxes
  }

  /// Farthest point [au].
  var aphelion: Double { e < 1 ? q * (1 + e) / (1 - e) : .infinity }

  /// Cuts all of the conic that is no farther than `limit` from the Sun [au].
  mutating func cut(within limit: Double, into count: Int) {
    isWhole = limit >= aphelion
    reach = isWhole ? Double.pi / beta.squareRoot() : anomaly(atDistance: max(limit, q))
    if e > 1 {
      let u = functions(reach)
      bend = (u.u0 * u.u0 + height * height * beta * beta * u.u1 * u.u1).squareRoot()
    }
    step = 2 * reach / Double(count)
    arcs.reserveCapacity(count)
    var u = functions(-reach)
    let one = functions(step)
    var start = point(u)
    for k in 0..<count {
      let next = advance(u, by: one)
      let end = point(next)
      arcs.append(
        Arc(s: -reach + Double(k) * step, u0: u.u0, u1: u.u1, u2: u.u2, start: start, end: end))
      u = next
      start = end
    }
    half = functions(0.5 * step)
    firstHalf = Array(repeating: -1, count: count)
  }

  /// How far an arc may lie from its chord, point by point [au].
  var bulge: Double { 0.125 * bend * step * step }

  /// Halves an arc, if it isn't yet.
  /// - Returns: the index of its first half after ``descend()``; the second one follows.
  mutating func split(_ index: Int32) -> Int32 {
    let known = firstHalf[Int(index)]
    if known >= 0 { return known }
    let arc = arcs[Int(index)]
    let u = advance((arc.u0, arc.u1, arc.u2), by: half)
    let middle = point(u)
    let place = Int32(halves.count)
    firstHalf[Int(index)] = place
    halves.append(
      Arc(s: arc.s, u0: arc.u0, u1: arc.u1, u2: arc.u2, start: arc.start, end: middle))
    halves.append(
      Arc(s: arc.s + 0.5 * step, u0: u.u0, u1: u.u1, u2: u.u2, start: middle, end: arc.end))
    return place
  }

  /// From the arcs to their halves.
  mutating func descend() {
    swap(&arcs, &halves)
    halves.removeAll(keepingCapacity: true)
    firstHalf.removeAll(keepingCapacity: true)
    firstHalf.append(contentsOf: repeatElement(-1, count: arcs.count))
    step *= 0.5
    half = functions(0.5 * step)
  }

  /// Place, first and second derivative by s.
  func motion(_ s: Double) -> (p: Vector3, d1: Vector3, d2: Vector3) {
    let u = functions(s)
    return (
      point(u), ahead * (height * u.u0) - toward * u.u1,
      ahead * (-height * beta * u.u1) - toward * u.u0
    )
  }

  func trueAnomaly(at s: Double) -> Double {
    let u = functions(s)
    return atan2(height * u.u1, q - u.u2)
  }

  /// Of ellipses s comes round; elsewhere it stays within the part that matters.
  func bounded(_ s: Double) -> Double {
    isWhole ? s.remainder(dividingBy: 2 * reach) : min(max(s, -reach), reach)
  }

  private typealias Functions = (u0: Double, u1: Double, u2: Double)

  @inline(__always)
  private func point(_ u: Functions) -> Vector3 {
    toward * (q - u.u2) + ahead * (height * u.u1)
  }

  /// Addition theorem of the universal functions.
  @inline(__always)
  private func advance(_ u: Functions, by d: Functions) -> Functions {
    (
      u.u0 * d.u0 - beta * u.u1 * d.u1, u.u1 * d.u0 + u.u0 * d.u1,
      u.u2 + u.u1 * d.u1 + u.u0 * d.u2
    )
  }

  private func functions(_ s: Double) -> Functions {
    let z = beta * s * s
    if abs(z) < 1 {
      let c3 = UniversalFunctions.series(z, first: 3)
      let c2 = UniversalFunctions.series(z, first: 2)
      return (1 - z * c2, s * (1 - z * c3), s * s * c2)
    }
    let u = UniversalFunctions(beta: beta, s: s)
    return (u.u0, u.u1, u.u2)
  }

  /// s at a distance from the Sun, by r = q + e U₂(s) and U₂(s) = 2 U₁(s/2)².
  private func anomaly(atDistance r: Double) -> Double {
    let y = ((r - q) / (2 * max(e, 1e-300))).squareRoot()
    let z = beta * y * y
    if abs(z) < 1e-5 { return 2 * y * (1 + z * (1 / 6.0 + z * (3 / 40.0))) }
    if beta > 0 { return 2 * asin(min(1, y * beta.squareRoot())) / beta.squareRoot() }
    return 2 * asinh(y * (-beta).squareRoot()) / (-beta).squareRoot()
  }
}
