import Astro
import Dynamics

/// Where a minimisation ended.
struct Minimum {
  var parameters: SIMD8<Double>
  var linearisation: Linearisation
  var iterations: Int
  var ending: Ending

  enum Ending {
    /// No step promises anything more.
    case minimum
    /// Steps promise something, but none of any length keeps it.
    case noDescent
    case iterationBudget
    /// The budget of computed places ran out.
    case placeBudget
  }
}

extension ArcFitter {
  /// Levenberg-Marquardt from a start (Moré 1978, Lecture Notes in Mathematics 630, 105, with
  /// column scaling): Gauss-Newton steps while they work, damped ones where they don't.
  ///
  /// - Returns: nil when the start itself is no orbit that can be observed.
  mutating func minimise(
    _ start: SIMD8<Double>, _ terms: FitTerms, budget: Int? = nil, tolerance: Double = 1e-2
  ) -> Minimum? {
    guard var here = linearise(start, terms) else { return nil }
    var p = start
    var lambda = 0.0
    let limit = budget ?? options.maximumIterations
    var iterations = 1
    var ending = Minimum.Ending.iterationBudget
    // The rows of the last evaluation must be those of the point that is returned.
    var rowsAreCurrent = true
    while true {
      var triangle = here.triangle
      if terms.distanceFixed { triangle.fix(2) }
      let promise = triangle.reduction
      if promise <= tolerance * max(1, here.cost * 1e-3) {
        if rowsAreCurrent, promise > 0 { takeLastStep(of: triangle, promise, &here, &p) }
        ending = .minimum
        break
      }
      if isExhausted {
        ending = .placeBudget
        break
      }
      if iterations >= limit { break }
      var accepted = false
      while iterations < limit {
        let step = shortened(triangle.dampedSolution(lambda), at: p)
        iterations += 1
        let reused = perturbed != nil && transitionsAreFresh
        if let there = linearise(p + step, terms), there.cost <= here.cost * (1 + 1e-12) {
          // Old transition matrices have served while steps keep most of their promise.
          if here.cost - there.cost < 0.7 * promise, promise > 1 { transitionsAreFresh = false }
          p += step
          here = there
          lambda = lambda < 1e-3 ? 0 : lambda * 0.1
          accepted = true
          rowsAreCurrent = true
          break
        }
        rowsAreCurrent = false
        transitionsAreFresh = false
        if reused, let again = linearise(p, terms) {
          // Not the step but old transition matrices may be at fault.
          here = again
          accepted = true
          rowsAreCurrent = true
          break
        }
        lambda = max(1e-3, lambda * 10)
        if lambda > 1e7 { break }
      }
      if !accepted {
        if lambda > 1e7 { ending = .noDescent }
        break
      }
    }
    if !rowsAreCurrent, let again = linearise(p, terms) { here = again }
    return Minimum(parameters: p, linearisation: here, iterations: iterations, ending: ending)
  }

  /// The last step is so short that the equations tell where it leads.
  private mutating func takeLastStep(
    of triangle: Triangle, _ promise: Double, _ here: inout Linearisation,
    _ p: inout SIMD8<Double>
  ) {
    let step = triangle.solution()
    guard abs(step[2]) < 0.1 * p[2] else { return }
    p += step.parameters
    shift(by: step)
    here.cost -= promise
    here.chiSquare = accumulate().chiSquare
  }

  /// Moves the residuals along with a short step, by their partials.
  mutating func shift(by step: SIMD8<Double>) {
    for k in 0..<sights.count {
      eastRows[k][Triangle.rightHandSide] -= eastRows[k].dot6(step)
      northRows[k][Triangle.rightHandSide] -= northRows[k].dot6(step)
    }
  }

  /// The distance may not change more than fivefold in one step, nor sign.
  private func shortened(_ step: SIMD8<Double>, at p: SIMD8<Double>) -> SIMD8<Double> {
    let ratio = step[2] / p[2]
    var s = step.parameters
    if ratio < -0.8 { s *= 0.8 / -ratio }
    if ratio > 4 { s *= 4 / ratio }
    return s
  }
}

extension SIMD8<Double> {
  /// The six unknowns' lanes, zero in the others.
  @inline(__always)
  var parameters: SIMD8<Double> {
    var p = self
    p[6] = 0
    p[7] = 0
    return p
  }
}

extension Triangle {
  /// Takes an unknown out of the problem: its step will be zero.
  mutating func fix(_ k: Int) {
    let old = self
    self = Triangle()
    remainder = old.remainder
    for i in 0..<6 {
      var row = old.rows[i]
      row[k] = 0
      add(row)
    }
    var own = SIMD8<Double>.zero
    own[k] = 1
    add(own)
  }
}
