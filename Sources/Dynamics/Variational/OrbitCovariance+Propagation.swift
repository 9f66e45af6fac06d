extension OrbitCovariance {
  /// The uncertainty at another epoch.
  ///
  /// R′ = Q R Φ⁻¹ with Q a rotation that makes it triangular: nothing is squared on the way, so
  /// that the covariance stays positive definite over any span. (Φ P Φᵀ formed from matrices loses
  /// that after a few years of growth.)
  ///
  /// - Parameter transition: ∂(state there)/∂(state here).
  /// - Returns: nil when the transition is not finite or singular.
  public func propagated(by transition: StateTransitionMatrix) -> OrbitCovariance? {
    // Scaled to au and 1/58 au/d, in which rows and columns of the matrix have like sizes.
    let scale = (0..<6).map { $0 < 3 ? 1.0 : 1.0 / 58 }
    var m = InlineArray<36, Double>(repeating: 0)
    var r = InlineArray<36, Double>(repeating: 0)
    for i in 0..<6 {
      for j in 0..<6 {
        m[6 * i + j] = transition[i, j] * scale[j] / scale[i]
        r[6 * i + j] = squareRootInformation[6 * i + j] * scale[j]
      }
    }
    guard OrbitCovariance.divide(&r, by: &m) else { return nil }
    OrbitCovariance.triangularise(&r)
    var result = [Double](repeating: 0, count: 36)
    for i in 0..<6 {
      for j in i..<6 { result[6 * i + j] = r[6 * i + j] / scale[j] }
      guard result[7 * i] != 0, (i..<6).allSatisfy({ result[6 * i + $0].isFinite }) else {
        return nil
      }
    }
    return OrbitCovariance(squareRootInformation: result)
  }

  /// r := r m⁻¹ by elimination of columns with pivoting; m is used up.
  private static func divide(
    _ r: inout InlineArray<36, Double>, by m: inout InlineArray<36, Double>
  ) -> Bool {
    for row in 0..<6 {
      var pivot = row
      for column in row..<6 where abs(m[6 * row + column]) > abs(m[6 * row + pivot]) {
        pivot = column
      }
      let value = m[6 * row + pivot]
      guard value != 0, value.isFinite else { return false }
      for k in 0..<6 {
        (m[6 * k + row], m[6 * k + pivot]) = (m[6 * k + pivot], m[6 * k + row])
        (r[6 * k + row], r[6 * k + pivot]) = (r[6 * k + pivot], r[6 * k + row])
      }
      for k in 0..<6 {
        m[6 * k + row] /= value
        r[6 * k + row] /= value
      }
      for column in 0..<6 where column != row {
        let factor = m[6 * row + column]
        for k in 0..<6 {
          m[6 * k + column] -= factor * m[6 * k + row]
          r[6 * k + column] -= factor * r[6 * k + row]
        }
      }
    }
    return true
  }

  /// Householder's reflections from the left; the diagonal comes out positive.
  static func triangularise(_ a: inout InlineArray<36, Double>) {
    for k in 0..<6 {
      var norm = 0.0
      for i in k..<6 { norm += a[6 * i + k] * a[6 * i + k] }
      norm = norm.squareRoot()
      guard norm > 0 else { continue }
      let alpha = a[7 * k] > 0 ? -norm : norm
      var v = InlineArray<6, Double>(repeating: 0)
      for i in k..<6 { v[i] = a[6 * i + k] }
      v[k] -= alpha
      var square = 0.0
      for i in k..<6 { square += v[i] * v[i] }
      for j in k..<6 {
        var product = 0.0
        for i in k..<6 { product += v[i] * a[6 * i + j] }
        let factor = 2 * product / square
        for i in k..<6 { a[6 * i + j] -= factor * v[i] }
      }
      if a[7 * k] < 0 { for j in k..<6 { a[6 * k + j] = -a[6 * k + j] } }
    }
  }
}
