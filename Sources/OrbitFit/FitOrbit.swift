public import Astrometry
public import Dynamics

/// Fits one orbit to observations of one object.
///
/// Short arcs: a start is found by a range scan and Gauss' method unless one is given, corrected
/// by Levenberg-Marquardt in unknowns that suit short arcs, outliers are rejected and recovered,
/// and with up to twelve observations each is left out in turn when they contradict each other.
/// Then the same under all forces. Arcs of more than two months are fitted from their best part
/// outwards.
///
/// - Parameters:
///   - observations: in any order. Those with unusable numbers are not used.
///   - radar: delays and Doppler shifts of the same object; used only under all forces.
///   - start: an orbit near the truth; nil: it is found.
///   - solarSystem: for motion under all forces; nil: the Sun's alone.
/// - Returns: a result for every input: an arc that gives no orbit has `orbit == nil` and a
///   `remark`. Epoch: that of the observation nearest to the arc's middle. Heliocentric, ICRF.
///
/// An observation that is given again, the same to the last digit, says nothing new: it is used once,
/// its repetitions come out as not used.
public func fitOrbit(
  observations: [AstrometricObservation], radar: [RadarObservation] = [], start: Orbit? = nil,
  options: FitOptions = FitOptions(), solarSystem: SolarSystem? = nil
) -> FitResult {
  let distinct = DistinctObservations(observations)
  let result = fitDistinct(
    observations: distinct.observations, radar: radar, start: start, options: options,
    solarSystem: solarSystem)
  return distinct.isWhole ? result : distinct.expanded(result)
}

private func fitDistinct(
  observations: [AstrometricObservation], radar: [RadarObservation], start: Orbit?,
  options: FitOptions, solarSystem: SolarSystem?
) -> FitResult {
  var fitter = ArcFitter(options: options)
  if options.forces == .perturbed, let solarSystem { fitter.forces = PerturbedMotion(solarSystem) }
  let fit = fitter.fitArc(observations.map { SightLine($0) }, radar, start: start)
  var result = fitWithForces(fit, &fitter, options)
  if result.radar.isEmpty, !radar.isEmpty {
    result.radar = radar.map {
      RadarResidual(
        quantity: $0.quantity, value: .nan, sigma: $0.sigma, chiSquare: .nan, used: false)
    }
    if result.orbit != nil {
      let remark = "radar is used only under all forces"
      result.remark = result.remark.map { $0 + "; " + remark } ?? remark
    }
  }
  return result
}

private func fitWithForces(
  _ fit: ArcFit, _ fitter: inout ArcFitter, _ options: FitOptions
) -> FitResult {
  if let law = options.nonGravitational, fit.hasOrbit {
    if let (forced, forces) = fitter.fitForces(fit, law) {
      var result = fitter.result(forced)
      result.forces = forces
      return result
    }
    // The rows are those of the last attempt: they are made anew.
    var result = fitter.result(fitter.adopt(fit, fitter.used))
    let remark = "the observations do not determine A1, A2 and A3"
    result.remark = result.remark.map { $0 + "; " + remark } ?? remark
    return result
  }
  return fitter.result(fit)
}
