import Foundation

/// A number with its derivatives by six parameters: forward differentiation, exact to rounding.
struct Jet {
  var value: Double
  /// ∂/∂(parameter 0…5); the last two lanes stay zero.
  var slope: SIMD8<Double>

  /// A constant.
  init(_ value: Double) {
    self.value = value
    slope = .zero
  }

  init(_ value: Double, _ slope: SIMD8<Double>) {
    self.value = value
    self.slope = slope
  }

  /// One of the parameters.
  init(_ value: Double, parameter: Int) {
    self.value = value
    slope = .zero
    slope[parameter] = 1
  }

  static func + (a: Jet, b: Jet) -> Jet { Jet(a.value + b.value, a.slope + b.slope) }
  static func - (a: Jet, b: Jet) -> Jet { Jet(a.value - b.value, a.slope - b.slope) }
  static prefix func - (a: Jet) -> Jet { Jet(-a.value, -a.slope) }
  static func * (a: Jet, b: Jet) -> Jet {
    Jet(a.value * b.value, a.slope * b.value + b.slope * a.value)
  }
  static func / (a: Jet, b: Jet) -> Jet {
    let quotient = a.value / b.value
    return Jet(quotient, (a.slope - b.slope * quotient) / b.value)
  }
  static func + (a: Jet, b: Double) -> Jet { Jet(a.value + b, a.slope) }
  static func - (a: Double, b: Jet) -> Jet { Jet(a - b.value, -b.slope) }
  static func + (a: Double, b: Jet) -> Jet { b + a }
  static func * (a: Double, b: Jet) -> Jet { Jet(a * b.value, b.slope * a) }
  static func / (a: Double, b: Jet) -> Jet { Jet(a) / b }

  var sine: Jet { Jet(sin(value), slope * cos(value)) }
  var cosine: Jet { Jet(cos(value), slope * -sin(value)) }

  func squareRoot() -> Jet {
    let root = value.squareRoot()
    return Jet(root, slope * (0.5 / root))
  }
}
