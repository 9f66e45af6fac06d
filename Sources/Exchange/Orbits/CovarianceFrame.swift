package import Astro
import Dynamics

/// Covariances of (x, y, z, vx, vy, vz) in other axes.
package enum CovarianceFrame {
  /// Why a matrix is no covariance, for a message: `is not positive definite: …`.
  static func whatIsWrong(_ c: [Double]) -> String {
    let names = ["x", "y", "z", "vx", "vy", "vz"]
    if let i = (0..<6).first(where: { !(c[7 * $0] > 0) }) {
      return "is not positive definite: the variance of \(names[i]) is \(c[7 * i])"
    }
    let eigenvalue = OrbitCovariance.smallestEigenvalue(ofCorrelations: c)
    return "is not positive definite: its correlations have the eigenvalue "
      + (eigenvalue.map { "\($0)" } ?? "NaN")
  }

  /// B C Bᵀ with B the rotation for place and velocity; `c` is 6 × 6 by rows.
  package static func rotate(_ c: [Double], by m: Matrix3) -> [Double] {
    // First each column (two vectors of three), then each row of the result.
    var half = [Double](repeating: 0, count: 36)
    for j in 0..<6 {
      for block in [0, 3] {
        let v =
          m * Vector3(c[6 * block + j], c[6 * (block + 1) + j], c[6 * (block + 2) + j])
        half[6 * block + j] = v.x
        half[6 * (block + 1) + j] = v.y
        half[6 * (block + 2) + j] = v.z
      }
    }
    var result = [Double](repeating: 0, count: 36)
    for i in 0..<6 {
      for block in [0, 3] {
        let v = m * Vector3(half[6 * i + block], half[6 * i + block + 1], half[6 * i + block + 2])
        result[6 * i + block] = v.x
        result[6 * i + block + 1] = v.y
        result[6 * i + block + 2] = v.z
      }
    }
    return result
  }
}
