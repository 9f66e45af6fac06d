import Astro

extension ArcFitter {
  /// χ² of one observation's residual pair (2 degrees of freedom), with the fit's own uncertainty
  /// at that place: r ᵀ (V ∓ B C Bᵀ)⁻¹ r, minus for an observation that took part in the fit, plus
  /// for one that did not. Whitened rows make the observation's covariance V a multiple of the unit
  /// matrix.
  ///
  /// - Returns: zero for an observation that alone carries a parameter (its residual says
  ///   nothing), infinity where R is singular and the observation took no part.
  func observationChiSquare(_ k: Int, _ triangle: Triangle) -> Double {
    let x = eastRows[k][Triangle.rightHandSide]
    let y = northRows[k][Triangle.rightHandSide]
    guard let a = triangle.whitened(eastRows[k]), let b = triangle.whitened(northRows[k]) else {
      return used[k] ? x * x + y * y : .infinity
    }
    let sign = used[k] ? -1.0 : 1.0
    let variance = fields.isEmpty ? 1 : varianceScale(fields[fieldOf[k]])
    let xx = variance + sign * a.dot6(a)
    let yy = variance + sign * b.dot6(b)
    let xy = sign * a.dot6(b)
    let determinant = xx * yy - xy * xy
    if used[k], xx < 1e-3 || yy < 1e-3 || determinant < 1e-3 * xx * yy {
      // One direction is free of information: only the other can tell.
      let trace = xx + yy
      return trace > 1e-3 ? (x * x + y * y) / trace : 0
    }
    return (x * x * yy - 2 * x * y * xy + y * y * xx) / determinant
  }

  /// The used observation with the greatest χ².
  func worstObservation(_ triangle: Triangle) -> (index: Int, chiSquare: Double) {
    var worst = (index: -1, chiSquare: -1.0)
    for k in 0..<sights.count where used[k] {
      let value = observationChiSquare(k, triangle)
      if value > worst.chiSquare { worst = (k, value) }
    }
    return worst
  }

  /// One round of Carpino, Milani & Chesley (2003): rejects what is too far off, at first only
  /// what is within a factor of the worst, and takes back what has come near. A radar measurement that
  /// is the worst goes alone: it has the power to make good ones look bad.
  ///
  /// - Returns: whether anything changed.
  mutating func reconsider(_ triangle: Triangle) -> Bool {
    let (index, worst) = worstObservation(triangle)
    if index >= 0, sights[index].isRadar, worst > options.rejectAbove {
      used[index] = false
      return true
    }
    let bound = max(options.rejectAbove, 0.25 * worst)
    var changed = false
    var left = usedCount
    let least = max(4, (count + 1) / 2)
    for k in 0..<sights.count where sights[k].isUsable {
      let value = observationChiSquare(k, triangle)
      if used[k] {
        // With few observations only one goes at a time: the next fit says who was at fault.
        let mine = count <= 12 ? value >= worst && value > options.rejectAbove : value > bound
        if mine, left > least {
          rejected.append(k)
          left -= 1
          changed = true
        }
      } else if value < options.recoverBelow {
        recovered.append(k)
        changed = true
      }
    }
    for k in rejected { used[k] = false }
    for k in recovered { used[k] = true }
    rejected.removeAll(keepingCapacity: true)
    recovered.removeAll(keepingCapacity: true)
    return changed
  }

  /// Goes on rejecting and recovering on the linear equations alone, without computing places
  /// anew, until nothing changes: with many observations that saves most integrations.
  ///
  /// - Returns: the step that the equations ask for in the end.
  private mutating func settle() -> SIMD8<Double> {
    var total = SIMD8<Double>.zero
    for _ in 0..<30 {
      let triangle = accumulate().triangle
      let step = triangle.solution()
      shift(by: step)
      total += step.parameters
      if !reconsider(triangle) { break }
    }
    return total
  }

  /// Whether a step stays inside the ellipsoid of an orbit that many observations determine: the
  /// equations say where it leads as well as a new integration would.
  private func isLinear(_ step: SIMD8<Double>, _ minimum: Minimum) -> Bool {
    var length = 0.0
    for k in 0..<6 {
      let along = minimum.linearisation.triangle.rows[k].dot6(step)
      length += along * along
    }
    return length < 1 && minimum.ending == .minimum
      && abs(step[2]) < 1e-4 * minimum.parameters[2]
  }

  /// The minimum with outliers rejected, and with the size of the errors as the arc shows it.
  mutating func minimiseWithRejection(_ start: SIMD8<Double>, _ terms: FitTerms) -> Minimum? {
    resetScales()
    guard var minimum = minimiseRejecting(start, terms) else { return nil }
    for _ in 0..<2 where estimateScales(minimum.linearisation.triangle) {
      let there = accumulate()
      let step = there.triangle.solution()
      if !terms.prior, isLinear(step, minimum) {
        shift(by: step)
        minimum.parameters += step.parameters
        minimum.linearisation = accumulate()
        continue
      }
      guard var next = minimise(minimum.parameters, terms) else { break }
      next.iterations += minimum.iterations
      minimum = next
    }
    return minimum
  }

  /// Minimises, rejects and recovers in turn until nothing changes. With many observations
  /// outliers are held down at first, so that they are seen for what they are.
  private mutating func minimiseRejecting(
    _ start: SIMD8<Double>, _ terms: FitTerms
  ) -> Minimum? {
    // Radar weighs too much for residuals that count linearly; it comes in last, when the directions
    // have been sorted out.
    let isRich = options.rejection && count > 12 && !terms.prior && radars.isEmpty
    var first = terms
    if isRich { first.robustLimit = FitTerms.robustStart }
    guard var minimum = minimise(start, first, tolerance: isRich ? 1 : 1e-2) else { return nil }
    guard options.rejection, count > 4 else { return minimum }
    for round in 0..<(8 + 2 * radars.count) {
      guard reconsider(minimum.linearisation.triangle) || (isRich && round == 0) else { break }
      let step = isRich ? settle() : .zero
      if isRich, round > 0, isLinear(step, minimum) {
        minimum.parameters += step
        minimum.linearisation = accumulate()
        continue
      }
      guard
        var next = minimise(minimum.parameters + step, terms)
          ?? minimise(minimum.parameters, terms)
      else { break }
      next.iterations += minimum.iterations
      minimum = next
    }
    return minimum
  }
}

extension SIMD8<Double> {
  /// The scalar product of the first six lanes.
  @inline(__always)
  func dot6(_ other: SIMD8<Double>) -> Double {
    let p = self * other
    return p[0] + p[1] + p[2] + p[3] + p[4] + p[5]
  }
}
