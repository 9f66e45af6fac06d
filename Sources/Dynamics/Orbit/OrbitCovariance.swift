/// The uncertainty of an orbit as square-root information: R (upper triangular, 6 × 6), so that
/// the covariance of (x, y, z, vx, vy, vz) [au, au/d, ICRF, at the orbit's epoch] is R⁻¹ R⁻ᵀ.
///
/// Kept as R because normal matrices of short arcs lose half of the digits when they are formed
/// and inverted; from R every derived covariance is positive definite by construction.
public struct OrbitCovariance: Hashable, Sendable {
  /// R by rows, 36 numbers, zeros below the diagonal. [1/au and d/au]
  public let squareRootInformation: [Double]

  /// - Parameter squareRootInformation: R by rows, 36 numbers.
  /// - Precondition: 36 finite numbers, a non-zero diagonal.
  public init(squareRootInformation: [Double]) {
    precondition(squareRootInformation.count == 36)
    self.squareRootInformation = squareRootInformation
  }
}
