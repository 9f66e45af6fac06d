import Foundation

/// Gauss-Legendre collocation of one step with few nodes, for second-order equations: the
/// acceleration at the nodes, as a polynomial, integrated once and twice. With n nodes the end of a
/// step is good to order 2n.
///
/// All in units of the step. The matrices are by rows, n numbers each, in memory that lives as long
/// as the program: there are two rules (``short``, ``long``).
@safe struct GaussRule: @unchecked Sendable {  // immutable after init
  let count: Int
  /// The nodes, rising, inside 0…1.
  let nodes: UnsafePointer<Double>
  /// [i][j]: ∫₀^τᵢ ℓⱼ and ∫₀^τᵢ (τᵢ - s) ℓⱼ(s) ds, ℓⱼ the Lagrange polynomials.
  let velocity: UnsafePointer<Double>
  let position: UnsafePointer<Double>
  /// The same up to the end of the step.
  let endVelocity: UnsafePointer<Double>
  let endPosition: UnsafePointer<Double>
  /// Weights that give the coefficient of the highest power, τⁿ⁻¹.
  let highest: UnsafePointer<Double>

  /// For a day or so of an orbit far from all masses.
  static let short = GaussRule(count: 4)
  /// For a third of a radian along the orbit.
  static let long = GaussRule(count: 8)
  static let largestCount = 8

  private init(count n: Int) {
    let points = GaussRule.legendre(n)
    let memory = UnsafeMutablePointer<Double>.allocate(capacity: 2 * n * n + 4 * n)
    unsafe memory.initialize(repeating: 0, count: 2 * n * n + 4 * n)
    for j in 0..<n {
      unsafe memory[j] = points[j].x
      var product = 1.0
      for m in 0..<n where m != j { product *= points[j].x - points[m].x }
      unsafe memory[3 * n + j] = 1 / product
      for i in 0...n {
        let upper = i < n ? points[i].x : 1
        var (once, twice) = (0.0, 0.0)
        // n nodes integrate degree 2n - 1 exactly; these polynomials have degree n at most.
        for point in points {
          let s = upper * point.x
          var value = upper * point.weight / product
          for m in 0..<n where m != j { value *= s - points[m].x }
          once += value
          twice += value * (upper - s)
        }
        if i < n {
          unsafe memory[4 * n + i * n + j] = once
          unsafe memory[4 * n + n * n + i * n + j] = twice
        } else {
          unsafe memory[n + j] = once
          unsafe memory[2 * n + j] = twice
        }
      }
    }
    count = n
    unsafe nodes = UnsafePointer(memory)
    unsafe endVelocity = UnsafePointer(memory + n)
    unsafe endPosition = UnsafePointer(memory + 2 * n)
    unsafe highest = UnsafePointer(memory + 3 * n)
    unsafe velocity = UnsafePointer(memory + 4 * n)
    unsafe position = UnsafePointer(memory + 4 * n + n * n)
  }

  /// Nodes and weights on [0, 1], rising.
  private static func legendre(_ n: Int) -> [(x: Double, weight: Double)] {
    (0..<n).map { index in
      var x = -cos(.pi * (Double(index) + 0.75) / (Double(n) + 0.5))
      var slope = 1.0
      for _ in 0..<20 {
        var (previous, value) = (1.0, x)
        for degree in stride(from: 2, through: n, by: 1) {
          let k = Double(degree)
          (previous, value) = (value, ((2 * k - 1) * x * value - (k - 1) * previous) / k)
        }
        slope = Double(n) * (x * value - previous) / (x * x - 1)
        x -= value / slope
      }
      return ((1 + x) / 2, 1 / ((1 - x * x) * slope * slope))
    }
  }
}
