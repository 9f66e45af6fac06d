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

  /// cₙ(z) = Σ (-z)ᵏ / (n + 2k)! for |z| ≤ 1; ten terms reach 1e-19.
  @inline(__always)
  static func series(_ z: Double, first n: Int) -> Double {
    var sum = 1.0
    var k = 9
    while k > 0 {
      sum = 1 - z * sum / Double((n &+ 2 &* k) &* (n &+ 2 &* k &- 1))
      k &-= 1
    }
    return sum / factorial(n)
  }

  @inline(__always)
  private static func factorial(_ n: Int) -> Double {
    var product = 1.0
    var i = 2
    while i <= n {
      product *= Double(i)
      i &+= 1
    }
    return product
  }

  /// 3 U₅ - s U₄, the secular part of the state transition.
  static func threeU5MinusSU4(beta: Double, s: Double, u2: Double, u3: Double) -> Double {
    let z = beta * s * s
    guard abs(z) < 1 else { return (s * u2 - 3 * u3) / beta }
    let s2 = s * s
    return s2 * s2 * s * (3 * series(z, first: 5) - series(z, first: 4))
  }
}
