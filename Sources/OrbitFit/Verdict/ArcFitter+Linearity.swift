import Astro
import Dynamics

extension ArcFitter {
  /// How far the ellipsoid can be trusted: the sum of squares two standard deviations out along its
  /// longest axis, to either side, over what the linear equations say. 1: the ellipsoid is a
  /// picture of what is possible; far from 1, or nil where one end is no orbit that could be seen:
  /// it is not.
  ///
  /// Reckoned about the Sun alone, which bends the same way. The rows of the last fit stay. Nil too
  /// for arcs of months and for radar: they are linear wherever they are determined.
  mutating func linearity(_ fit: ArcFit) -> Double? {
    guard fit.hasOrbit, radars.isEmpty, arcDays <= ArcFitter.longArcDays,
      let p = frame.parameters(fit.orbit.state)
    else { return nil }
    let kept = (eastRows, northRows, objects, transitions, perturbed, transitionsAreFresh)
    defer {
      (eastRows, northRows, objects, transitions, perturbed, transitionsAreFresh) = kept
    }
    perturbed = nil
    let terms = FitTerms(prior: fit.priorUsed)
    guard let here = linearise(p, terms) else { return nil }
    let axis = here.triangle.longestAxis * 2
    var ratio = 1.0
    for step in [axis, -axis] {
      let linear = here.triangle.squareSum(after: step)
      guard let there = linearise(p + step, terms) else { return nil }
      let change = there.triangle.squareSum(after: .zero) - here.triangle.squareSum(after: .zero)
      let expected = linear - here.triangle.squareSum(after: .zero)
      let found = max(change, 1e-9) / max(expected, 1e-9)
      if abs(naturalLog(found)) > abs(naturalLog(ratio)) { ratio = found }
    }
    return ratio
  }
}

extension Triangle {
  /// The step of one standard deviation along the ellipsoid's longest axis, in units of each
  /// unknown's own spread: the largest eigenvector of the scaled covariance by iteration.
  var longestAxis: SIMD8<Double> {
    let norms = columnNorms
    var v = SIMD8<Double>(1, 1, 1, 1, 1, 1, 0, 0)
    for _ in 0..<12 {
      guard let z = whitened(v * norms) else { return .zero }
      var back = self
      for k in 0..<6 { back.rows[k][Triangle.rightHandSide] = z[k] }
      v = back.solution().parameters * norms
      let length = v.dot6(v).squareRoot()
      guard length > 0, length.isFinite else { return .zero }
      v *= 1 / length
    }
    var step = v / norms.replacing(with: 1, where: norms .== 0)
    step[6] = 0
    step[7] = 0
    var spread = 0.0
    for k in 0..<6 {
      let value = rows[k].dot6(step)
      spread += value * value
    }
    return spread > 0 ? step * (1 / spread.squareRoot()) : .zero
  }

  /// The sum of squares after a step.
  func squareSum(after step: SIMD8<Double>) -> Double {
    var sum = remainder
    for k in 0..<6 {
      let value = rows[k][Triangle.rightHandSide] - rows[k].dot6(step)
      sum += value * value
    }
    return sum
  }
}
