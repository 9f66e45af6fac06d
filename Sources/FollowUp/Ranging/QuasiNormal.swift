import Foundation

/// Triples that fill space as a normal distribution does, evenly: the R₃ sequence (Roberts 2018)
/// through the inverse of the normal distribution.
enum QuasiNormal {
  private static let size = 4096
  private static let table: [Vector] = (0..<size).map { k in
    let n = Double(k + 1)
    // The real root of g⁴ = g + 1.
    let g = 1.220_744_084_605_759_5
    func part(_ a: Double) -> Double { (0.5 + n * a).truncatingRemainder(dividingBy: 1) }
    return Vector(
      x: inverse(part(1 / g)), y: inverse(part(1 / (g * g))), z: inverse(part(1 / (g * g * g))))
  }

  struct Vector {
    var x: Double
    var y: Double
    var z: Double
  }

  static func triple(_ k: Int) -> Vector { table[k & (size - 1)] }

  /// The inverse of the normal distribution's integral: bisection of erfc, done once a table.
  private static func inverse(_ p: Double) -> Double {
    var (low, high) = (-6.0, 6.0)
    for _ in 0..<50 {
      let x = 0.5 * (low + high)
      if 0.5 * erfc(-x / 2.0.squareRoot()) < p { low = x } else { high = x }
    }
    return 0.5 * (low + high)
  }
}
