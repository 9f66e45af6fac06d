public import Dynamics
import Foundation

/// One measured magnitude in one band and where the object was.
public struct PhaseCurvePoint: Sendable, Hashable {
  public var magnitude: Double
  /// One standard deviation [mag]; nil when it was not given.
  public var sigma: Double?
  public var heliocentricAU: Double
  public var topocentricAU: Double
  /// Sun-object-observer angle [rad].
  public var phaseAngleRad: Double

  public init(
    magnitude: Double, sigma: Double?, heliocentricAU: Double, topocentricAU: Double,
    phaseAngleRad: Double
  ) {
    self.magnitude = magnitude
    self.sigma = sigma
    self.heliocentricAU = heliocentricAU
    self.topocentricAU = topocentricAU
    self.phaseAngleRad = phaseAngleRad
  }

  var isUsable: Bool {
    magnitude.isFinite && (sigma ?? 0.1) >= 0 && (sigma ?? 0.1).isFinite && heliocentricAU > 0
      && topocentricAU > 0 && (0...Double.pi).contains(phaseAngleRad)
  }
}

/// H and G₁₂ of one band (Penttilä et al. 2016, Planet. Space Sci. 123, 117).
public struct PhaseCurve: Sendable, Hashable {
  public var h: Double
  public var hSigma: Double
  public var g12: Double
  /// Nil when the slope was not fitted.
  public var g12Sigma: Double?
  /// Covariance of H and G₁₂ [mag]; zero when the slope was not fitted.
  public var covariance: Double
  public var chiSquare: Double
  public var degreesOfFreedom: Int
  public var usedCount: Int
  /// Range of the used points [rad].
  public var leastPhaseAngleRad: Double
  public var greatestPhaseAngleRad: Double
  public var slope: Slope

  /// Where the slope comes from.
  public enum Slope: String, Sendable, Hashable {
    case fitted
    /// Fewer points than a slope needs.
    case tooFewPoints
    /// Seen at phase angles too much alike.
    case phaseRangeTooSmall
    /// The points leave it open, or it came out where no asteroid is.
    case undetermined
  }

  public var model: PhotometricModel { .hg12(h: h, g12: g12) }
}

/// Fits H and G₁₂ to the magnitudes of one band.
///
/// Errors have a floor of 0.01 mag, and what a body's rotation adds is estimated from the scatter
/// where there are more points than unknowns: errors are never smaller than the residuals show.
/// Points far off count linearly (Huber). The slope is fitted only where the points determine it;
/// else it is what is assumed of an asteroid, and H's error says nothing of that assumption.
///
/// - Parameters:
///   - points: any order; those with unusable numbers are not used.
///   - assumedSlope: G₁₂ where it cannot be fitted. 0.62 is the mean of asteroids.
/// - Returns: nil without a usable point.
public func fitPhaseCurve(
  _ points: [PhaseCurvePoint], assumedSlope: Double = 0.62
) -> PhaseCurve? {
  let usable = points.filter(\.isUsable)
  guard let first = usable.first else { return nil }
  let angles = usable.map(\.phaseAngleRad)
  let (least, greatest) = (angles.min() ?? 0, angles.max() ?? 0)
  var fixed = PhaseCurveSolver(usable, g12: assumedSlope)
  fixed.solve(freeSlope: false)
  var curve = PhaseCurve(
    h: fixed.h, hSigma: fixed.hSigma, g12: assumedSlope, g12Sigma: nil, covariance: 0,
    chiSquare: fixed.chiSquare, degreesOfFreedom: usable.count - 1, usedCount: usable.count,
    leastPhaseAngleRad: least, greatestPhaseAngleRad: greatest, slope: .tooFewPoints)
  if usable.count == 1 { curve.hSigma = max(first.sigma ?? 0.1, PhaseCurveSolver.floor) }
  guard usable.count >= PhaseCurveSolver.leastPoints else { return curve }
  guard greatest - least >= PhaseCurveSolver.leastRangeRad else {
    curve.slope = .phaseRangeTooSmall
    return curve
  }
  var free = PhaseCurveSolver(usable, g12: assumedSlope)
  free.solve(freeSlope: true)
  guard free.isDetermined else {
    curve.slope = .undetermined
    return curve
  }
  curve.h = free.h
  curve.hSigma = free.hSigma
  curve.g12 = free.g12
  curve.g12Sigma = free.g12Sigma
  curve.covariance = free.covariance
  curve.chiSquare = free.chiSquare
  curve.degreesOfFreedom = usable.count - 2
  curve.slope = .fitted
  return curve
}
