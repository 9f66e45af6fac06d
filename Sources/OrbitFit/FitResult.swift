public import Dynamics

/// What a fit says of an arc. A fit that fails is a value with a verdict, not an error.
public struct FitResult: Sendable {
  /// At the epoch that the fit chose (near the middle of the arc); nil when no orbit was found.
  public var orbit: Orbit?
  public var covariance: OrbitCovariance?
  /// Of the used observations.
  public var chiSquare: Double
  /// 2 × used directions + used radar measurements − parameters (not below 0).
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
  /// One standard deviation that each observation was taken with before the arc had its say
  /// [arcsec], RA × cos(dec) and dec, and its χ² of two degrees of freedom with the fit's own
  /// uncertainty at that place. Empty when there is no orbit.
  public var sigmasRaArcsec: [Double] = []
  public var sigmasDecArcsec: [Double] = []
  public var chiSquares: [Double] = []
  /// Condition of the equations with columns scaled to one; infinite when they are singular.
  public var condition = Double.infinity
  /// Degrees of freedom with which the size of the errors is known; nil when it came with the
  /// observations. The orbit is distributed as Student's t then, and the covariance is such that its
  /// 95 % ellipsoid is right: with 7 the normal 50 % ellipsoid holds 74 %, the 99 % one 97.5 %.
  public var errorFreedom: Double?
  /// How far the ellipsoid can be trusted: χ² two standard deviations out along its longest axis
  /// over what the linear equations say, 1 when all is well. Nil when an end of it is no orbit, and
  /// for arcs of more than two months.
  public var linearity: Double?
  /// The population prior holds the orbit.
  public var priorUsed = false
  /// Another orbit, or the same with another observation left out, fits about as well.
  public var ambiguous = false
  /// The body's own forces where they were asked for; nil when the observations do not determine
  /// them.
  public var forces: ForceFit?
  /// What one night says of the distance; nil for longer arcs.
  public var ranging: RangingSummary?
  /// Of the radar measurements that were given, in their order.
  public var radar: [RadarResidual] = []
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
