// Between the covariance matrix, which files and people have, and its square root.
import CLAPACK

extension OrbitCovariance {
  /// From a covariance matrix of (x, y, z, vx, vy, vz) [au, au/d, ICRF].
  ///
  /// The matrix is scaled to correlations K and factored K = U Uᵀ with U upper triangular, so that
  /// R = U⁻¹ D⁻¹ comes without inverting the (badly conditioned) matrix itself.
  /// - Parameter covariance: 36 numbers by rows; symmetric.
  /// - Returns: nil when the matrix is not finite, symmetric (to 1e-6 of its scale) and positive
  ///   definite.
  public init?(covariance c: [Double]) {
    guard c.count == 36, c.allSatisfy(\.isFinite) else { return nil }
    var sigma = [Double](repeating: 0, count: 6)
    for i in 0..<6 {
      guard c[7 * i] > 0 else { return nil }
      sigma[i] = c[7 * i].squareRoot()
    }
    for i in 0..<6 {
      for j in 0..<i {
        guard abs(c[6 * i + j] - c[6 * j + i]) <= 1e-6 * sigma[i] * sigma[j] else { return nil }
      }
    }
    // U by columns from the last: U[j,j]² = K[j,j] − Σ U[j,k]², k > j.
    var u = [Double](repeating: 0, count: 36)
    for j in stride(from: 5, through: 0, by: -1) {
      for i in stride(from: j, through: 0, by: -1) {
        var sum = 0.5 * (c[6 * i + j] + c[6 * j + i]) / (sigma[i] * sigma[j])
        for k in stride(from: j + 1, to: 6, by: 1) { sum -= u[6 * i + k] * u[6 * j + k] }
        if i == j {
          guard sum > 0 else { return nil }
          u[7 * j] = sum.squareRoot()
        } else {
          u[6 * i + j] = sum / u[7 * j]
        }
      }
    }
    var r = Self.inverseOfUpper(u)
    for i in 0..<6 { for j in i..<6 { r[6 * i + j] /= sigma[j] } }
    guard r.allSatisfy(\.isFinite), (0..<6).allSatisfy({ r[7 * $0] != 0 }) else { return nil }
    self.init(squareRootInformation: r)
  }

  /// The smallest eigenvalue of the correlations of a covariance matrix: not positive where
  /// ``init(covariance:)`` refuses it for that.
  ///
  /// - Parameter c: 36 numbers by rows, symmetric.
  /// - Returns: nil when a number is not finite or a variance is not positive.
  public static func smallestEigenvalue(ofCorrelations c: [Double]) -> Double? {
    guard c.count == 36, c.allSatisfy(\.isFinite), (0..<6).allSatisfy({ c[7 * $0] > 0 }) else {
      return nil
    }
    let sigma = (0..<6).map { c[7 * $0].squareRoot() }
    var scaled = (0..<36).map { k -> Double in c[k] / sigma[k / 6] / sigma[k % 6] }
    var values = [Double](repeating: 0, count: 6)
    var work = [Double](repeating: 0, count: 64)
    var (n, size, info): (Int32, Int32, Int32) = (6, 64, 0)
    unsafe dsyev_("N", "U", &n, &scaled, &n, &values, &work, &size, &info)
    return info == 0 ? values[0] : nil
  }

  /// The covariance matrix of (x, y, z, vx, vy, vz) [au, au/d, ICRF]: 36 numbers by rows,
  /// symmetric.
  public var covariance: [Double] {
    let s = Self.inverseOfUpper(squareRootInformation)
    var c = [Double](repeating: 0, count: 36)
    for i in 0..<6 {
      for j in i..<6 {
        var sum = 0.0
        for k in j..<6 { sum += s[6 * i + k] * s[6 * j + k] }
        c[6 * i + j] = sum
        c[6 * j + i] = sum
      }
    }
    return c
  }

  /// Inverse of an upper triangular 6 × 6 matrix by rows, upper triangular too.
  private static func inverseOfUpper(_ r: [Double]) -> [Double] {
    var s = [Double](repeating: 0, count: 36)
    for j in 0..<6 {
      s[7 * j] = 1 / r[7 * j]
      for i in stride(from: j - 1, through: 0, by: -1) {
        var sum = 0.0
        for k in (i + 1)...j { sum += r[6 * i + k] * s[6 * k + j] }
        s[6 * i + j] = -sum / r[7 * i]
      }
    }
    return s
  }
}
