import Astro
import Astrometry
import Dynamics
import Exchange
import OrbitFit

extension ObservedArc {
  static let photometryHeader =
    "designation,band,H,HErr,G12,G12Err,HG12Cov,chi2,ndof,nUsed,phaseAngleMin,phaseAngleMax,slope\n"

  /// H and G₁₂ of each band with magnitudes, one line a band.
  func photometryLines(_ fit: FitResult, _ propagator: Propagator) -> String {
    guard let orbit = fit.orbit else { return "" }
    var options = Propagator.Options()
    options.origin = .solarSystemBarycenter
    let states = propagator.propagate(orbit, to: observations.map(\.epoch), options: options).states
    var points: [String: [PhaseCurvePoint]] = [:]
    for k in observations.indices where fit.used[k] {
      guard let measured = measured[k], let state = states[k] else { continue }
      let place = PredictedPlace(
        object: state, sun: observations[k].sun, observer: observations[k].observer)
      points[measured.band, default: []].append(
        PhaseCurvePoint(
          magnitude: measured.mag, sigma: measured.sigma, heliocentricAU: place.heliocentricAU,
          topocentricAU: place.topocentricAU, phaseAngleRad: place.phaseAngleRad))
    }
    return points.keys.sorted().compactMap { band in
      fitPhaseCurve(points[band] ?? []).map { line(band, $0) }
    }.joined()
  }

  private func line(_ band: String, _ curve: PhaseCurve) -> String {
    var line = CSVLine()
    line.add(designation)
    line.add(band)
    for value in [curve.h, curve.hSigma, curve.g12] { line.add(value) }
    line.add(curve.g12Sigma)
    line.add(curve.g12Sigma == nil ? nil : curve.covariance)
    line.add(curve.chiSquare)
    line.add(Int64(curve.degreesOfFreedom))
    line.add(Int64(curve.usedCount))
    line.add(curve.leastPhaseAngleRad / Angle.degree)
    line.add(curve.greatestPhaseAngleRad / Angle.degree)
    line.add(curve.slope.rawValue)
    return line.text
  }
}
