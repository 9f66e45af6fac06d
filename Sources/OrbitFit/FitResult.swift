public import Dynamics

/// What a fit says of an arc. A fit that fails is a value with a verdict, not an error.
public struct FitResult: Sendable {
  /// At the epoch that the fit chose (near the middle of the arc); nil when no orbit was found.
  public var orbit: Orbit?
  public var covariance: OrbitCovariance?
  /// Of the used observations.
  public var chiSquare: Double
  /// 2 × used observations − parameters (not below 0).
  public var degreesOfFreedom: Int
  public var rmsArcsec: Double
  /// Observed minus computed [arcsec], RA × cos(dec) and dec, one pair an observation.
  public var residualsRaArcsec: [Double]
  public var residualsDecArcsec: [Double]
  /// Whether the observation was used (not rejected).
  public var used: [Bool]
  public var iterations: Int
  /// The iteration ended at a minimum.
  public var converged: Bool
  /// The observations determine all parameters. Not implied by ``converged``.
  public var determined: Bool
  /// Why the fit is what it is, in words, when it is not simply converged and determined.
  public var remark: String?

  public init(
    orbit: Orbit?, covariance: OrbitCovariance?, chiSquare: Double, degreesOfFreedom: Int,
    rmsArcsec: Double, residualsRaArcsec: [Double], residualsDecArcsec: [Double], used: [Bool],
    iterations: Int, converged: Bool, determined: Bool, remark: String?
  ) {
    self.orbit = orbit
    self.covariance = covariance
    self.chiSquare = chiSquare
    self.degreesOfFreedom = degreesOfFreedom
    self.rmsArcsec = rmsArcsec
    self.residualsRaArcsec = residualsRaArcsec
    self.residualsDecArcsec = residualsDecArcsec
    self.used = used
    self.iterations = iterations
    self.converged = converged
    self.determined = determined
    self.remark = remark
  }
}
