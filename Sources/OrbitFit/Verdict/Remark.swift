import Dynamics

extension ArcFitter {
  /// Why a fit is what it is, in words; nil for one that is simply converged and determined.
  func remark(_ fit: ArcFit) -> String? {
    var parts: [String] = []
    let unusable = sights.count { !$0.isUsable }
    if unusable > 0 {
      parts.append("\(unusable) of \(count) observations have unusable numbers")
    }
    switch fit.verdict {
    case .converged: break
    case .iterationBudget:
      parts.append("the iteration budget of \(options.maximumIterations) ran out")
    case .placeBudget:
      parts.append("gave up after \(options.placeLimit) computed places")
    case .noDescent: parts.append("no step kept the improvement that it promised")
    case .impossibleStart: parts.append("the start cannot be seen where the observations are")
    case .tooFewObservations:
      parts.append("an orbit needs observations at two different times at least")
    case .noOrbit: parts.append("no orbit comes near the observations")
    }
    guard fit.hasOrbit else { return parts.joined(separator: "; ") }
    if fit.usedCount < 4 {
      parts.append("\(fit.usedCount) observations leave nothing to check the orbit by")
    } else if !fit.determined {
      parts.append("the observations do not determine distance and semi-major axis")
    }
    if isBoundToEarth(fit.orbit.state) {
      parts.append("as near and slow as a satellite of the Earth")
    }
    if fit.ambiguous {
      parts.append("a different orbit, or one without another observation, fits about as well")
    }
    if fit.priorUsed {
      parts.append("held by the prior of nearly circular orbits near the ecliptic")
    }
    let freedom = Double(fit.degreesOfFreedom)
    if fit.chiSquare > freedom + 5 * (2 * freedom).squareRoot() + 10 {
      parts.append("residuals exceed the errors (chi-square \(rounded(fit.chiSquare)))")
    }
    let rejected = count - unusable - fit.usedCount
    if rejected > max(2, count / 4) { parts.append("\(rejected) of \(count) were rejected") }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  private func rounded(_ x: Double) -> String {
    x < 1e9 ? "\(Int(x.rounded()))" : "above 1e9"
  }
}
