import Astro
import Astrometry
import Dynamics

extension ArcFitter {
  /// The fit of an arc of any length, under all forces where ``forces`` is set.
  mutating func fitArc(_ all: [SightLine], start: Orbit?) -> ArcFit {
    sights = withClockErrors(all)
    placeCount = 0
    perturbed = nil
    prepare()
    if arcDays > ArcFitter.longArcDays {
      let fit = fitLongArc(start: start)
      if fit.hasOrbit { return fit }
      perturbed = nil
      prepare()
    }
    return fitShortArc(start: start)
  }

  /// The fit of all observations at once, first about the Sun, then under all forces.
  mutating func fitShortArc(start: Orbit?) -> ArcFit {
    alternatives.removeAll()
    let first = fitFully(start: start)
    guard let forces, first.hasOrbit else { return widened(first) }
    perturbed = forces
    transitionsAreFresh = false
    epochs = sights.map { $0.observation.epoch }
    guard let p = frame.parameters(first.orbit.state) else { return first }
    var fit = refine(p)
    fit.iterations += first.iterations
    fit.ambiguous = first.ambiguous
    if fit.hasOrbit { return widened(fit) }
    perturbed = nil
    return widened(adopt(first, used))
  }

  /// The two-body fit with all that is done for an arc that nobody vouches for.
  mutating func fitFully(start: Orbit?) -> ArcFit {
    guard distinctTimes(limit: 2) == 2 else { return .failed(.tooFewObservations) }
    var best = ArcFit.failed(.noOrbit)
    if let start, let p = unknowns(of: start) { best = refine(p) }
    if !isGood(best) {
      let (first, mask) = (best, used)
      useAll()
      if let p = findStart() { best = refine(p) }
      if penalised(first) <= penalised(best) { best = adopt(first, mask) }
      if let rival { best = compare(best, withRival: rival) }
    }
    if options.rejection, count > 4, mayHideBlunders(best) { best = leaveEachOut(best) }
    return best
  }

  mutating func useAll() {
    for k in used.indices { used[k] = sights[k].isUsable }
  }

  /// Whether nothing had to be rejected and the residuals are what the errors promise (chance of
  /// less than 1e-4 for the sum, and no observation beyond the limit).
  func isGood(_ fit: ArcFit) -> Bool {
    let freedom = Double(fit.degreesOfFreedom)
    return fit.hasOrbit && fit.usedCount == count && fit.worstChiSquare <= options.rejectAbove
      && fit.chiSquare <= freedom + 4 * (2 * freedom).squareRoot() + 6
  }

  /// What fits that use different observations are compared by: the sum of squares, in which a
  /// rejected observation counts as much as one at the limit, and how unusual the orbit is. Of two
  /// observations of a night either may be the wrong one as far as the sum of squares can tell;
  /// but a wrong one that is kept makes a strange orbit.
  func penalised(_ fit: ArcFit) -> Double {
    guard fit.hasOrbit else { return .infinity }
    return fit.chiSquare + options.rejectAbove * Double(count - fit.usedCount)
      + (options.prior ? fit.priorCost : 0)
  }

  /// Makes an earlier fit of the same arc the last one again.
  mutating func adopt(_ fit: ArcFit, _ mask: [Bool]) -> ArcFit {
    used = mask
    if fit.hasOrbit, let p = frame.parameters(fit.orbit.state) { _ = linearise(p, FitTerms()) }
    return fit
  }

  /// Whether a fit is such that another choice of observations may be the right one: with few of
  /// them whenever it is not good, with more when it cannot do without rejecting many.
  private func mayHideBlunders(_ fit: ArcFit) -> Bool {
    if count <= 16 { return !isGood(fit) }
    return count <= 60 && (!fit.hasOrbit || 20 * fit.usedCount < 17 * count)
  }

  /// What may be wrong together: each observation, and each whole night where at least three more
  /// remain.
  private func blunderSets() -> [[Int]] {
    let order = (0..<count).filter { sights[$0].isUsable }.sorted { days[$0] < days[$1] }
    var nights: [[Int]] = []
    for k in order {
      if let last = nights.last?.last, days[k] - days[last] < 0.5 {
        nights[nights.count - 1].append(k)
      } else {
        nights.append([k])
      }
    }
    let single = count <= 12 ? order.map { [$0] } : []
    return single + ((4...12).contains(nights.count) ? nights.filter { $0.count > 1 } : [])
  }

  /// Fits without each observation, and without each night, in turn, from a start found without it, and keeps what
  /// explains most. One wrong observation among six pulls least squares so far that its own
  /// residual need not be the largest.
  private mutating func leaveEachOut(_ fit: ArcFit) -> ArcFit {
    var (best, mask) = (fit, used)
    var trials = [fit]
    for left in blunderSets() {
      if isExhausted { break }
      useAll()
      for k in left { used[k] = false }
      guard usedCount >= 4, distinctTimes(limit: 3) == 3, let p = findStart() else { continue }
      // Nothing else is rejected on the way: refine() would take them back before it has settled.
      let rejection = options.rejection
      options.rejection = false
      var trial = refine(p)
      options.rejection = rejection
      guard trial.hasOrbit, let q = frame.parameters(trial.orbit.state) else { continue }
      let alone = (trial, used)
      trial = refine(q)
      if penalised(trial) > penalised(alone.0) { trial = adopt(alone.0, alone.1) }
      trials.append(trial)
      if penalised(trial) < penalised(best) { (best, mask) = (trial, used) }
    }
    best.ambiguous = best.ambiguous || trials.contains { isRival($0, of: best) }
    weigh(trials, against: best)
    return adopt(best, mask)
  }

  /// Cost within which another orbit cannot be told from the best one: three standard deviations.
  static let rivalMargin = 9.0

  /// Whether a fit explains the same arc about as well and is another orbit: far outside of the
  /// best one's ellipsoid.
  private func isRival(_ other: ArcFit, of best: ArcFit) -> Bool {
    guard best.hasOrbit, other.hasOrbit,
      penalised(other) < penalised(best) + ArcFitter.rivalMargin
    else { return false }
    let u = best.standardised(other.orbit.state - best.orbit.state)
    return u.dot6(u) > 40
  }

  /// Follows the second best minimum to its end: the better of the two stays, and says so when
  /// the other is as good. Short arcs seen away from opposition often allow two orbits.
  private mutating func compare(_ best: ArcFit, withRival rival: StartCandidate) -> ArcFit {
    let mask = used
    let other = refine(rival.parameters)
    if penalised(other) < penalised(best) {
      var winner = other
      winner.ambiguous = isRival(best, of: other)
      weigh([best], against: other)
      return winner
    }
    var winner = adopt(best, mask)
    winner.ambiguous = isRival(other, of: best)
    weigh([other], against: best)
    return winner
  }
}
