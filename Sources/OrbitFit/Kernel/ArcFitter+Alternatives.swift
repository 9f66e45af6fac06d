import Astro
import Dynamics

/// Another explanation of an arc: an orbit that fits with other observations left out, or a second
/// minimum.
struct Alternative {
  /// Its state minus that of the fit, at the same epoch.
  var offset: StateVector
  /// Its share in the probability of all explanations.
  var weight: Double
}

extension ArcFitter {
  /// Notes what else could be: each explanation has a probability of exp(−½ cost).
  mutating func weigh(_ others: [ArcFit], against best: ArcFit) {
    guard best.hasOrbit else { return }
    let least = penalised(best)
    let found = others.filter { $0.hasOrbit && penalised($0) < least + 30 }
    let weights = found.map { exponential(-0.5 * max(0, penalised($0) - least)) }
    let total = 1 + weights.reduce(0, +)
    for (other, weight) in zip(found, weights) {
      alternatives.append(
        Alternative(offset: other.orbit.state - best.orbit.state, weight: weight / total))
    }
  }

  /// The fit with its ellipsoid widened by the scatter of all explanations, each with its
  /// probability: C + Σ w d dᵀ. Which of two observations of a night is the wrong one may be
  /// anyone's guess; the covariance of the guess alone would be a lie.
  mutating func widened(_ fit: ArcFit) -> ArcFit {
    guard fit.hasOrbit else { return fit }
    // In units of the fit's own ellipsoid: 1 + Σ w u uᵀ = L Lᵀ, and R becomes L⁻¹ R.
    var l = InlineArray<6, SIMD8<Double>>(repeating: .zero)
    for i in 0..<6 { l[i][i] = 1 }
    if let p = frame.parameters(fit.orbit.state),
      let scatter = scatterOfBlunders(FitTerms(prior: fit.priorUsed), p)
    {
      l = scatter
    } else if alternatives.isEmpty {
      return fit
    }
    for alternative in alternatives {
      let u = fit.standardised(alternative.offset)
      guard u.dot6(u).isFinite else { continue }
      for i in 0..<6 { l[i] += u * (u[i] * alternative.weight) }
    }
    var rows = fit.triangleRows
    for i in 0..<6 {
      for j in 0..<i {
        var sum = l[i][j]
        for k in 0..<j { sum -= l[i][k] * l[j][k] }
        l[i][j] = sum / l[j][j]
      }
      var pivot = l[i][i]
      for k in 0..<i { pivot -= l[i][k] * l[i][k] }
      l[i][i] = max(pivot, 1e-12).squareRoot()
      for j in 0..<i { rows[i] -= rows[j] * l[i][j] }
      rows[i] *= 1 / l[i][i]
    }
    var triangle = Triangle()
    for i in 0..<6 { triangle.add(rows[i]) }
    var result = fit
    result.squareRootInformation = triangle.elements
    return result
  }
}

extension ArcFit {
  /// R by rows of eight lanes.
  var triangleRows: InlineArray<6, SIMD8<Double>> {
    var rows = InlineArray<6, SIMD8<Double>>(repeating: .zero)
    for i in 0..<6 {
      for j in i..<6 { rows[i][j] = squareRootInformation[6 * i + j] }
    }
    return rows
  }

  /// R d: a difference of states in units of the fit's ellipsoid.
  func standardised(_ d: StateVector) -> SIMD8<Double> {
    let x = SIMD8(
      d.position.x, d.position.y, d.position.z, d.velocity.x, d.velocity.y, d.velocity.z, 0, 0)
    var u = SIMD8<Double>.zero
    let rows = triangleRows
    for i in 0..<6 { u[i] = rows[i].dot6(x) }
    return u
  }
}

extension Triangle {
  /// R by rows, 36 numbers.
  var elements: InlineArray<36, Double> {
    var r = InlineArray<36, Double>(repeating: 0)
    for i in 0..<6 {
      for j in i..<6 { r[i * 6 + j] = rows[i][j] }
    }
    return r
  }

  mutating func scale(by factor: Double) {
    for i in 0..<6 { rows[i] *= factor }
  }
}
