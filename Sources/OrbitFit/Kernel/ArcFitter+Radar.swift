import Astro
import Astrometry
import Dynamics

extension ArcFitter {
  /// The fit of directions and radar measurements together.
  ///
  /// Radar says thousands of times more than directions along the line of sight, so that one wrong
  /// measurement would carry everything away. Two ways are tried: from the orbit of the directions
  /// alone, taking measurements in as they come within its uncertainty; and with all of them in from
  /// the beginning, rejecting. What explains most is kept, a rejected measurement counting as much
  /// as one at the limit.
  mutating func fitArc(
    _ all: [SightLine], _ measured: [RadarObservation], start: Orbit?
  ) -> ArcFit {
    radars.removeAll(keepingCapacity: true)
    guard !measured.isEmpty, var motion = forces else { return fitArc(all, start: start) }
    var base = fitArc(all, start: start)
    if !base.hasOrbit, let start {
      base.orbit = start
      base.verdict = .converged
    }
    guard base.hasOrbit else { return base }
    motion.tolerance = PerturbedMotion.radarTolerance
    (perturbed, forces) = (motion, motion)
    let directionsUsed = used
    alternatives.removeAll()
    radars = measured
    for (index, radar) in measured.enumerated() {
      sights.append(SightLine(radar: index, radar, toward: direction(radar, of: base.orbit)))
    }
    prepare()
    return bestWithRadar(base, directionsUsed)
  }

  private mutating func bestWithRadar(_ base: ArcFit, _ directionsUsed: [Bool]) -> ArcFit {
    var best = ArcFit.failed(.impossibleStart)
    var mask = used
    for withRadar in [false, true] {
      // Without rejection there is nothing to be taken in later.
      if !withRadar, !options.rejection || directionsUsed.isEmpty { continue }
      for k in sights.indices {
        used[k] =
          k < directionsUsed.count ? directionsUsed[k] : withRadar && sights[k].isUsable
      }
      guard let p = unknowns(of: base.orbit) else { continue }
      let near = withRadar ? minimise(p, FitTerms())?.parameters ?? p : p
      var fit = refine(near)
      fit.iterations += base.iterations
      fit.ambiguous = base.ambiguous && !fit.determined
      if penalised(fit) < penalised(best) { (best, mask) = (fit, used) }
    }
    return adopt(best, mask)
  }

  /// Whence an echo comes: only to reckon from, where no direction was measured.
  private func direction(_ radar: RadarObservation, of orbit: Orbit) -> Vector3 {
    let days = radar.epoch.days(since: orbit.epoch)
    let moved = TwoBody.propagate(orbit.state, days: days)
    let fromSun = orbit.origin == .sun ? moved.position : moved.position - radar.sun.position
    let toward = fromSun + radar.sun.position - radar.receiver.position
    return toward.norm > 0 && toward.isFinite ? toward : Vector3(1, 0, 0)
  }

  /// Observed minus computed [s or Hz] of the radar measurements in the last fit.
  func radarResiduals(_ triangle: Triangle) -> [RadarResidual] {
    sights.indices.filter { sights[$0].isRadar }.map { k in
      let measured = radars[Int(sights[k].radar)]
      return RadarResidual(
        quantity: measured.quantity,
        value: eastRows[k][Triangle.rightHandSide] / sights[k].weightEast,
        sigma: measured.sigma, chiSquare: observationChiSquare(k, triangle), used: used[k])
    }
  }
}
