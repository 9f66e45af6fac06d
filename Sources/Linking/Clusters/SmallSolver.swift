/// Normal equations of six unknowns, solved by Cholesky's method on the stack.
struct SixEquations {
  /// Lower triangle by rows: element (i, j) at i (i + 1) / 2 + j.
  private var matrix = [21 of Double](repeating: 0)
  private var right = [6 of Double](repeating: 0)

  /// Adds the row Σ a_k x_k = b with a weight (1/σ²).
  @inline(__always)
  mutating func add(_ a: [6 of Double], _ b: Double, weight: Double) {
    var place = 0
    for i in 0..<6 {
      let wa = weight * a[i]
      for j in 0...i {
        matrix[place] += wa * a[j]
        place &+= 1
      }
      right[i] += wa * b
    }
  }

  /// Adds the knowledge that an unknown is `value` ± σ.
  mutating func add(prior value: Double, of index: Int, weight: Double) {
    matrix[index * (index + 1) / 2 + index] += weight
    right[index] += weight * value
  }

  /// - Returns: nil when the equations do not determine the unknowns.
  func solve() -> [6 of Double]? {
    var l = matrix
    var x = right
    for i in 0..<6 {
      let row = i * (i + 1) / 2
      for j in 0...i {
        let other = j * (j + 1) / 2
        var sum = l[row + j]
        for k in 0..<j { sum -= l[row + k] * l[other + k] }
        if i == j {
          guard sum > 1e-13 * matrix[row + i], sum > 0 else { return nil }
          l[row + i] = sum.squareRoot()
        } else {
          l[row + j] = sum / l[other + j]
        }
      }
    }
    for i in 0..<6 {
      let row = i * (i + 1) / 2
      for k in 0..<i { x[i] -= l[row + k] * x[k] }
      x[i] /= l[row + i]
    }
    for i in stride(from: 5, through: 0, by: -1) {
      for k in (i + 1)..<6 { x[i] -= l[k * (k + 1) / 2 + i] * x[k] }
      x[i] /= l[i * (i + 1) / 2 + i]
    }
    return x
  }
}
