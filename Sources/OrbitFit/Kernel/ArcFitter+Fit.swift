import Astro
import Astrometry
public import Dynamics

extension ArcFitter {
  /// Fits the arc's members from a start; two-body, in a few microseconds.
  ///
  /// - Parameters:
  ///   - all: observations of any number of arcs.
  ///   - members: indices into `all`, any order, repetitions count twice.
  ///   - start: an orbit near the truth, heliocentric, at any epoch within days of the arc.
  /// - Returns: the fit at the epoch of the member nearest to the arc's middle.
  public mutating func fit(_ all: [SightLine], members: Span<Int32>, start: Orbit) -> ArcFit {
    perturbed = nil
    gather(all, members)
    placeCount = 0
    guard distinctTimes(limit: 2) == 2 else { return .failed(.tooFewObservations) }
    guard let p = unknowns(of: start) else { return .failed(.impossibleStart) }
    return refine(p)
  }

  /// Fits the arc's members without a start.
  public mutating func fit(_ all: [SightLine], members: Span<Int32>) -> ArcFit {
    perturbed = nil
    gather(all, members)
    placeCount = 0
    guard distinctTimes(limit: 2) == 2 else { return .failed(.tooFewObservations) }
    guard let p = findStart() else { return .failed(.noOrbit) }
    return refine(p)
  }

  /// Observed minus computed of a member in the last fit [arcsec], RA × cos(dec) and dec.
  public func residualArcsec(member k: Int) -> (ra: Double, dec: Double) {
    let (first, second) = (
      eastRows[k][Triangle.rightHandSide], northRows[k][Triangle.rightHandSide]
    )
    let sight = sights[k]
    return (
      first / sight.weightEast / Angle.arcsecond,
      (second / sight.decorrelate + sight.mixing * first) / sight.weightNorth / Angle.arcsecond
    )
  }

  /// Root mean square of the used directions' residuals in the last fit; infinite without any.
  func rmsArcsec() -> Double {
    var squares = 0.0
    var n = 0
    for k in 0..<count where used[k] && !sights[k].isRadar {
      let r = residualArcsec(member: k)
      squares += r.ra * r.ra + r.dec * r.dec
      n += 2
    }
    return n > 0 ? (squares / Double(n)).squareRoot() : .infinity
  }

  /// χ² of a member in the last fit, see ``ArcFit/worstChiSquare``.
  public func chiSquare(member k: Int) -> Double {
    observationChiSquare(k, accumulate().triangle)
  }

  /// The unknowns at the arc's epoch of an orbit that is given.
  func unknowns(of start: Orbit) -> SIMD8<Double>? {
    if let perturbed { return carried(start, by: perturbed).flatMap { frame.parameters($0) } }
    return frame.parameters(
      TwoBody.propagate(heliocentric(start), days: epoch.days(since: start.epoch)))
  }

  /// A start given about the barycentre is moved to the Sun by the Sun's place at the observation
  /// nearest in time, carried on in a straight line: good to 1e-5 au within a month.
  private func heliocentric(_ start: Orbit) -> StateVector {
    guard start.origin == .solarSystemBarycenter else { return start.state }
    var nearest = sights[0].observation
    for s in sights {
      let d = abs(s.observation.epoch.days(since: start.epoch))
      if d < abs(nearest.epoch.days(since: start.epoch)) { nearest = s.observation }
    }
    let gap = start.epoch.days(since: nearest.epoch)
    return StateVector(
      position: start.state.position - nearest.sun.position - nearest.sun.velocity * gap,
      velocity: start.state.velocity - nearest.sun.velocity)
  }

  /// From a start near the minimum to the finished fit: with the prior where the observations
  /// leave the orbit open, without it where they don't.
  mutating func refine(_ start: SIMD8<Double>) -> ArcFit {
    var terms = FitTerms()
    guard var minimum = minimiseWithRejection(start, terms) else {
      return .failed(.impossibleStart)
    }
    var determination = Determination(
      accumulate().triangle, frame: frame, parameters: minimum.parameters)
    if options.prior, !determination.needsNoPrior || minimum.ending != .minimum {
      terms.prior = true
      let before = minimum
      // The free minimum may lie far out on a hyperbola: both it and the start are tried.
      let fromStart = minimise(start, terms)
      let fromMinimum = minimise(before.parameters, terms)
      let startWins =
        (fromStart?.linearisation.cost ?? .infinity)
        < (fromMinimum?.linearisation.cost ?? .infinity)
      let better = startWins ? fromStart : fromMinimum
      if let better, let held = minimiseWithRejection(better.parameters, terms) {
        minimum = held
        minimum.iterations += before.iterations + better.iterations
        determination = Determination(
          accumulate().triangle, frame: frame, parameters: minimum.parameters)
      } else {
        terms.prior = false
        _ = linearise(before.parameters, terms)
      }
    }
    return finish(minimum, determination, prior: terms.prior)
  }

  /// Whether the residuals are those of errors, if larger ones than promised: observations that an
  /// orbit does not fit determine nothing.
  private func agrees(_ chiSquare: Double, _ numbers: Int) -> Bool {
    chiSquare < 4 * Double(max(0, numbers - 6)) + 20
  }

  /// By how much the ellipsoid's variances grow: by what the residuals exceed the errors where that
  /// is more than chance (a hundredth), and because the errors' size is uncertain.
  private func excess(_ chiSquare: Double, _ numbers: Int) -> Double {
    let freedom = Double(max(0, numbers - 6))
    let isChance = chiSquare < freedom + 2.5 * (2 * freedom).squareRoot() + 4
    return scaleInflation * (isChance ? 1 : max(1, (6 + chiSquare) / (4 + freedom)))
  }

  /// Puts a minimum into the form that is given out. The rows must be those of the minimum.
  func finish(_ minimum: Minimum, _ determination: Determination, prior: Bool) -> ArcFit {
    let p = minimum.parameters
    let (n, numbers) = (usedCount, usedNumbers)
    let worst = worstObservation(minimum.linearisation.triangle)
    var triangle = frame.stateTriangle(minimum.linearisation.triangle, at: p)
    triangle.scale(by: 1 / (excess(minimum.linearisation.chiSquare, numbers)).squareRoot())
    let verdict: ArcFit.Verdict =
      switch minimum.ending {
      case .minimum: .converged
      case .noDescent: .noDescent
      case .iterationBudget: .iterationBudget
      case .placeBudget: .placeBudget
      }
    var fit = ArcFit(
      verdict: verdict, orbit: Orbit(epoch: epoch, state: frame.state(p), origin: .sun),
      chiSquare: minimum.linearisation.chiSquare, degreesOfFreedom: max(0, numbers - 6),
      usedCount: n, rmsArcsec: rmsArcsec(),
      worstMember: worst.index, worstChiSquare: worst.chiSquare, iterations: minimum.iterations,
      determined: determination.isDetermined && n >= 4
        && agrees(minimum.linearisation.chiSquare, numbers), priorUsed: prior,
      priorCost: PopulationPrior(frame.state(p), frame: frame, parameters: p).cost,
      squareRootInformation: triangle.elements)
    fit.condition = determination.condition
    return fit
  }
}
