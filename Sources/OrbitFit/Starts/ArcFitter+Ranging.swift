import Astro
import Astrometry
import Dynamics

extension ArcFitter {
  /// Distances [au] and radial speeds of the grid.
  private static let nearest = 1e-3
  private static let farthest = 100.0
  private static let distanceSteps = 60
  private static let speedSteps = 20
  /// An arc within this is one night's [d].
  private static let nightDays = 0.8

  /// Systematic ranging (Milani et al. 2004, A&A 428, 737; Farnocchia, Chesley & Micheli 2015,
  /// Icarus 258, 18): at each distance and radial speed of the admissible region the place on the
  /// sky and its rate follow from the observations. Nil for longer arcs. The rows of the last fit
  /// stay.
  mutating func rangingSummary(of fit: ArcFit) -> RangingSummary? {
    guard fit.hasOrbit, radars.isEmpty, arcDays < ArcFitter.nightDays, distinctTimes(limit: 2) == 2,
      let p = frame.parameters(fit.orbit.state)
    else { return nil }
    let kept = (eastRows, northRows, objects, transitions, perturbed, transitionsAreFresh)
    defer {
      (eastRows, northRows, objects, transitions, perturbed, transitionsAreFresh) = kept
    }
    perturbed = nil
    var found: [(sample: RangingSample, logWeight: Double)] = []
    let step = (ArcFitter.farthest / ArcFitter.nearest).logStep(ArcFitter.distanceSteps)
    var distance = ArcFitter.nearest
    for _ in 0...ArcFitter.distanceSteps {
      scanSpeeds(at: distance, from: p, into: &found)
      distance *= step
    }
    guard let most = found.map(\.logWeight).max(), most.isFinite else { return nil }
    return RangingSummary(
      found.map {
        var sample = $0.sample
        sample.weight = exponential($0.logWeight - most)
        return sample
      })
  }

  /// All radial speeds at one distance that leave the body bound to the Sun.
  private mutating func scanSpeeds(
    at distance: Double, from p: SIMD8<Double>,
    into found: inout [(sample: RangingSample, logWeight: Double)]
  ) {
    let gamma = 1 / distance
    let r = (frame.base + frame.u * distance).norm
    let escape = (2 * GravitationalParameter.sun / r).squareRoot()
    let width = 2 * escape / Double(ArcFitter.speedSteps)
    for k in 0..<ArcFitter.speedSteps {
      let speed = -escape + (Double(k) + 0.5) * width
      var q = p
      q[2] = gamma
      q[5] = speed * gamma
      guard let (q, chiSquare) = fitPlaceAndRate(q) else { continue }
      let state = frame.state(q)
      let gm = GravitationalParameter.sun
      let radius = state.position.norm
      guard state.velocity.squaredNorm < 2 * gm / radius, !isBoundToEarth(state) else { continue }
      let momentum = state.position.cross(state.velocity).squaredNorm / gm
      let energy = 2 / radius - state.velocity.squaredNorm / gm
      let eccentricity = max(0, 1 - momentum * energy).squareRoot()
      let prior = PopulationPrior(state, frame: frame, parameters: q).cost
      // Density in the state × d³v dρ: transverse speeds follow from rates with errors that do not
      // depend on the distance (ρ²); the prior's speeds are in units of the circular one (r^3/2).
      let volume =
        naturalLog(width) + 2 * naturalLog(distance) + 1.5 * naturalLog(radius)
      found.append(
        (
          RangingSample(
            distanceAU: distance, perihelionAU: momentum / (1 + eccentricity), weight: 0),
          volume - 0.5 * (chiSquare + prior)
        ))
    }
  }

  /// The place on the sky and its rate by least squares with distance and radial speed held fast,
  /// and the least sum of squares.
  private mutating func fitPlaceAndRate(
    _ start: SIMD8<Double>
  ) -> (SIMD8<Double>, chiSquare: Double)? {
    var q = start
    var chiSquare = Double.infinity
    for _ in 0..<3 {
      guard let here = linearise(q, FitTerms()) else { return nil }
      var triangle = here.triangle
      triangle.fix(2)
      triangle.fix(5)
      let step = triangle.solution().parameters
      guard (step[0] * step[0] + step[1] * step[1]).isFinite else { return nil }
      q += step
      let least = here.chiSquare - triangle.reduction
      if abs(least - chiSquare) < 0.01 { return (q, least) }
      chiSquare = least
    }
    return (q, chiSquare)
  }

  /// Whether a body this near and this slow is bound to the Earth: reckoned from the observer, which
  /// errs by the Earth's radius.
  func isBoundToEarth(_ state: StateVector) -> Bool {
    let sight = sights[middleObservation()]
    let o = sight.observation
    let offset = state.position - (o.observer.position - o.sun.position)
    let speed = state.velocity - (o.observer.velocity - o.sun.velocity)
    // The Earth's sphere of influence, and GM of the Earth [au³/d²].
    let distance = offset.norm
    return distance < 0.01 && speed.squaredNorm < 2 * 8.887_692e-10 / distance
  }
}

extension Double {
  /// The factor that makes this ratio in so many steps.
  fileprivate func logStep(_ steps: Int) -> Double { exponential(naturalLog(self) / Double(steps)) }
}
