/// Linear least squares in six unknowns, one equation at a time: an upper triangle R and the
/// right-hand side Qᵀb, kept by Givens rotations (Golub & Van Loan, Matrix Computations, 5.2).
///
/// The normal matrix is never formed: on short arcs that would lose half of the digits. An
/// equation is a row of eight lanes: six coefficients, the right-hand side, an unused zero.
struct Triangle {
  /// Row k of R with the right-hand side in lane 6.
  var rows: InlineArray<6, SIMD8<Double>> = .init(repeating: .zero)
  /// Sum of squares that no choice of the unknowns can remove.
  var remainder = 0.0

  static let rightHandSide = 6

  /// Rotates an equation in; its right-hand side's rest joins the remainder.
  @inline(__always)
  mutating func add(_ equation: SIMD8<Double>) {
    var row = equation
    for k in 0..<6 {
      let b = row[k]
      if b == 0 { continue }
      let own = rows[k]
      let a = own[k]
      let inverse = 1 / (a * a + b * b).squareRoot()
      let c = a * inverse
      let s = b * inverse
      rows[k] = own * c + row * s
      row = row * c - own * s
    }
    let rest = row[Triangle.rightHandSide]
    remainder += rest * rest
  }

  /// The solution of least squares. Unknowns without information come out zero.
  func solution() -> SIMD8<Double> {
    var x = SIMD8<Double>.zero
    for k in stride(from: 5, through: 0, by: -1) {
      let row = rows[k]
      guard row[k] != 0 else { continue }
      var sum = row[Triangle.rightHandSide]
      for j in (k + 1)..<6 { sum -= row[j] * x[j] }
      x[k] = sum / row[k]
    }
    return x
  }

  /// Length of each column of R: the information on each unknown taken alone.
  var columnNorms: SIMD8<Double> {
    var sum = SIMD8<Double>.zero
    for k in 0..<6 { sum += rows[k] * rows[k] }
    sum[6] = 0
    return sum.squareRoot()
  }

  /// What the solution would take off the sum of squares.
  var reduction: Double {
    var sum = 0.0
    for k in 0..<6 where rows[k][k] != 0 {
      let value = rows[k][Triangle.rightHandSide]
      sum += value * value
    }
    return sum
  }

  /// The solution with each unknown held back by λ times its column norm (Levenberg-Marquardt).
  func dampedSolution(_ lambda: Double) -> SIMD8<Double> {
    guard lambda > 0 else { return solution() }
    let norms = columnNorms
    var damped = self
    for k in 0..<6 {
      var row = SIMD8<Double>.zero
      row[k] = lambda * norms[k]
      damped.add(row)
    }
    return damped.solution()
  }

  /// Solves Rᵀ z = g: |z|² is the variance of g·x. Nil when R is singular.
  func whitened(_ g: SIMD8<Double>) -> SIMD8<Double>? {
    var z = SIMD8<Double>.zero
    var rest = g
    for k in 0..<6 {
      let row = rows[k]
      guard row[k] != 0 else { return nil }
      let value = rest[k] / row[k]
      z[k] = value
      rest -= row * value
    }
    return z
  }

  /// Condition of R with its columns scaled to length one (Frobenius norms); infinite when R is
  /// singular.
  var scaledCondition: Double {
    let norms = columnNorms
    var sum = 0.0
    for k in 0..<6 {
      var unit = SIMD8<Double>.zero
      unit[k] = norms[k]
      guard let z = whitened(unit) else { return .infinity }
      sum += (z * z).sum()
    }
    return (6 * sum).squareRoot()
  }
}
