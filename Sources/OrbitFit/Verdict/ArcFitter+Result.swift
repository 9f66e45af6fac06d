import Astro
import Astrometry
import Dynamics

extension ArcFitter {
  /// The last fit in full.
  mutating func result(_ fit: ArcFit) -> FitResult {
    let count = self.count - radars.count
    guard fit.hasOrbit else {
      let none = [Double](repeating: .nan, count: count)
      return FitResult(
        orbit: nil, covariance: nil, chiSquare: .nan, degreesOfFreedom: 0, rmsArcsec: .nan,
        residualsRaArcsec: none, residualsDecArcsec: none,
        used: [Bool](repeating: false, count: count), iterations: 0, converged: false,
        determined: false, remark: remark(fit))
    }
    let residuals = (0..<count).map { residualArcsec(member: $0) }
    let triangle = accumulate().triangle
    var result = FitResult(
      orbit: fit.orbit, covariance: fit.covariance, chiSquare: fit.chiSquare,
      degreesOfFreedom: fit.degreesOfFreedom, rmsArcsec: fit.rmsArcsec,
      residualsRaArcsec: residuals.map(\.ra), residualsDecArcsec: residuals.map(\.dec),
      used: Array(used.prefix(count)), iterations: fit.iterations, converged: fit.converged,
      determined: fit.determined && !fit.ambiguous, remark: remark(fit))
    let directions = sights.prefix(count).map(\.observation)
    result.sigmasRaArcsec = directions.map { $0.sigmaRaRad / Angle.arcsecond }
    result.sigmasDecArcsec = directions.map { $0.sigmaDecRad / Angle.arcsecond }
    result.radar = radarResiduals(triangle)
    result.chiSquares = (0..<count).map { observationChiSquare($0, triangle) }
    result.condition = fit.condition
    result.errorFreedom = errorFreedom
    result.priorUsed = fit.priorUsed
    result.ambiguous = fit.ambiguous
    result.linearity = linearity(fit)
    result.ranging = rangingSummary(of: fit)
    return result
  }
}
