extension StateTransitionMatrix {
  /// The inverse, by elimination with full scaling of rows and columns.
  /// - Returns: nil when the matrix is singular to rounding, or not finite.
  public var inverse: StateTransitionMatrix? {
    var m = self
    var rowScale = InlineArray<6, Double>(repeating: 0)
    var columnScale = InlineArray<6, Double>(repeating: 0)
    for j in 0..<6 {
      for i in 0..<6 {
        guard m[i, j].isFinite else { return nil }
        columnScale[j] = max(columnScale[j], abs(m[i, j]))
      }
      guard columnScale[j] > 0 else { return nil }
    }
    for i in 0..<6 {
      for j in 0..<6 { rowScale[i] = max(rowScale[i], abs(m[i, j]) / columnScale[j]) }
      guard rowScale[i] > 0 else { return nil }
    }
    for i in 0..<6 { for j in 0..<6 { m[i, j] /= rowScale[i] * columnScale[j] } }
    var r = StateTransitionMatrix.identity
    for k in 0..<6 {
      var pivot = k
      for i in k..<6 where abs(m[i, k]) > abs(m[pivot, k]) { pivot = i }
      guard abs(m[pivot, k]) > 1e-13 else { return nil }
      for j in 0..<6 {
        (m[k, j], m[pivot, j]) = (m[pivot, j], m[k, j])
        (r[k, j], r[pivot, j]) = (r[pivot, j], r[k, j])
      }
      let scale = 1 / m[k, k]
      for j in 0..<6 {
        m[k, j] *= scale
        r[k, j] *= scale
      }
      for i in 0..<6 where i != k {
        let factor = m[i, k]
        for j in 0..<6 {
          m[i, j] -= factor * m[k, j]
          r[i, j] -= factor * r[k, j]
        }
      }
    }
    for i in 0..<6 { for j in 0..<6 { r[i, j] /= columnScale[i] * rowScale[j] } }
    return r
  }
}
