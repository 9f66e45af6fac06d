import Foundation

/// The universal functions U₁…U₃ of the two-body problem with the independent variable
/// ds = dt / r: Uₙ = sⁿ cₙ(β s²), cₙ the Stumpff functions, β = GM / a.
///
/// Closed forms where the argument is large; near zero, where they cancel, the power series:
/// errors stay at a few units in the last place for every conic.
struct UniversalFunctions {
  let u0: Double
  let u1: Double
  let u2: Double
  let u3: Double

  /// - Parameters:
  ///   - beta: GM / a; positive for ellipses, negative for hyperbolas. [au²/d²]
  ///   - s: universal anomaly [d/au].
  @inline(__always)
  init(beta: Double, s: Double) {
    let z = beta * s * s
    if abs(z) < 1 {
      let c3 = Self.series(z, first: 3)
      let c2 = Self.series(z, first: 2)
      u0 = 1 - z * c2
      u1 = s * (1 - z * c3)
      u2 = s * s * c2
      u3 = s * s * s * c3
    } else if beta > 0 {
      let root = beta.squareRoot()
      let x = root * s
      let half = sin(0.5 * x)
      let sine = sin(x)
      u2 = 2 * half * half / beta
      u0 = 1 - beta * u2
      u1 = sine / root
      u3 = (x - sine) / (beta * root)
    } else {
      let root = (-beta).squareRoot()
      let x = root * s
      let half = sinh(0.5 * x)
      let sine = sinh(x)
      u2 = 2 * half * half / -beta
      u0 = 1 - beta * u2
      u1 = sine / root
      u3 = (x - sine) / (beta * root)
    }
  }

  /// cₙ(z) = Σ (-z)ᵏ / (n + 2k)! for |z| ≤ 1, by Horner's rule without divisions: ten terms
  /// reach 1e-19, five of them when |z| < 0.03 (a week of a main-belt orbit is 0.001).
  @inline(__always)
  static func series(_ z: Double, first n: Int) -> Double {
    func term(_ k: Int) -> Double { inverseFactorial(n &+ 2 &* k) }
    let far = abs(z) < 0.03 ? 0 : z
    var sum = term(5)
    if far != 0 {
      let tail = term(6) - far * (term(7) - far * (term(8) - far * term(9)))
      sum -= far * tail
    }
    sum = term(4) - z * sum
    sum = term(3) - z * sum
    sum = term(2) - z * sum
    sum = term(1) - z * sum
    return term(0) - z * sum
  }

  /// 1/k! for k = 2…23; folded to a constant where k is one.
  @inline(__always)
  private static func inverseFactorial(_ k: Int) -> Double {
    switch k {
    case 2: 1 / 2.0
    case 3: 1 / 6.0
    case 4: 1 / 24.0
    case 5: 1 / 120.0
    case 6: 1 / 720.0
    case 7: 1 / 5040.0
    case 8: 1 / 40320.0
    case 9: 1 / 362880.0
    case 10: 1 / 3628800.0
    case 11: 1 / 39916800.0
    case 12: 1 / 479001600.0
    case 13: 1 / 6227020800.0
    case 14: 1 / 87178291200.0
    case 15: 1 / 1307674368000.0
    case 16: 1 / 20922789888000.0
    case 17: 1 / 355687428096000.0
    case 18: 1 / 6402373705728000.0
    case 19: 1 / 1.21645100408832e17
    case 20: 1 / 2.43290200817664e18
    case 21: 1 / 5.109094217170944e19
    case 22: 1 / 1.1240007277776077e21
    default: 1 / 2.585201673888498e22
    }
  }

  /// 3 U₅ - s U₄, the secular part of the state transition.
  static func threeU5MinusSU4(beta: Double, s: Double, u2: Double, u3: Double) -> Double {
    let z = beta * s * s
    guard abs(z) < 1 else { return (s * u2 - 3 * u3) / beta }
    let s2 = s * s
    return s2 * s2 * s * (3 * series(z, first: 5) - series(z, first: 4))
  }
}
