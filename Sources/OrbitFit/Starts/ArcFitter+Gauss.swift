import Astro
private import CLAPACK
import Astrometry
import Dynamics

extension ArcFitter {
  /// Adds the orbits that Gauss' method finds on up to four triplets (first, middle, last and
  /// inner ones) to ``candidates``, each with the sum of squares that it leaves on the whole arc.
  mutating func addGaussCandidates() {
    var terms = FitTerms(prior: options.prior)
    terms.robustLimit = FitTerms.robustStart
    for (i, j, k) in triplets() {
      for state in gaussOrbits(i, j, k) {
        // The state is that at the middle observation of the triplet.
        let moved = TwoBody.propagate(state, days: -days[j])
        guard let p = frame.parameters(moved), let found = linearise(p, terms) else { continue }
        candidates.append(StartCandidate(parameters: p, cost: found.cost))
      }
    }
  }

  /// Triplets of used observations well apart in time: the ends with the one nearest the middle,
  /// and the same of the inner three quarters, shifted either way.
  private func triplets() -> [(Int, Int, Int)] {
    let order = (0..<count).filter { used[$0] }.sorted { days[$0] < days[$1] }
    guard order.count >= 3 else { return [] }
    let last = order.count - 1
    var result: [(Int, Int, Int)] = []
    for (a, b) in [(0, last), (0, last - 1), (1, last), (1, last - 1)] where b - a >= 2 {
      let (i, k) = (order[a], order[b])
      let middle = 0.5 * (days[i] + days[k])
      var best = -1
      for m in (a + 1)..<b {
        if best < 0 || abs(days[order[m]] - middle) < abs(days[best] - middle) { best = order[m] }
      }
      if days[best] - days[i] > 1e-4, days[k] - days[best] > 1e-4 { result.append((i, best, k)) }
    }
    return result
  }

  /// Gauss' method (Boulet 1991, Methods of Orbit Determination, 10.3): heliocentric states at
  /// the middle observation, one for each positive root of the equation of degree eight that
  /// stands before the observer. Third-order series f and g; differential correction does the
  /// rest.
  private func gaussOrbits(_ i: Int, _ j: Int, _ k: Int) -> [StateVector] {
    let gm = GravitationalParameter.sun
    let (t1, t3) = (days[i] - days[j], days[k] - days[j])
    let span = t3 - t1
    let (l1, l2, l3) = (sights[i].direction, sights[j].direction, sights[k].direction)
    let places = (heliocentricObserver(i), heliocentricObserver(j), heliocentricObserver(k))
    let (p1, p2, p3) = (l2.cross(l3), l1.cross(l3), l1.cross(l2))
    let d0 = l1.dot(p1)
    guard abs(d0) > 1e-14 else { return [] }
    func d(_ r: Vector3) -> (Double, Double, Double) { (r.dot(p1), r.dot(p2), r.dot(p3)) }
    let (d1, d2, d3) = (d(places.0), d(places.1), d(places.2))
    let a = (-d1.1 * t3 / span + d2.1 + d3.1 * t1 / span) / d0
    let b =
      (d1.1 * (t3 * t3 - span * span) * t3 / span + d3.1 * (span * span - t1 * t1) * t1 / span)
      / (6 * d0)
    let e = places.1.dot(l2)
    let r2Squared = places.1.squaredNorm
    let roots = positiveRoots(
      c6: -(a * a + 2 * a * e + r2Squared), c3: -2 * gm * b * (a + e), c0: -gm * gm * b * b)
    return roots.compactMap { root in
      let u = gm / (root * root * root)
      // Lagrange's f and g to the third order.
      let (f1, f3) = (1 - 0.5 * u * t1 * t1, 1 - 0.5 * u * t3 * t3)
      let (g1, g3) = (t1 - u * t1 * t1 * t1 / 6, t3 - u * t3 * t3 * t3 / 6)
      let determinant = f1 * g3 - f3 * g1
      let (c1, c3) = (g3 / determinant, -g1 / determinant)
      let rho1 = (-d1.0 + d2.0 / c1 - c3 / c1 * d3.0) / d0
      let rho2 = a + u * b
      let rho3 = (-c1 / c3 * d1.2 + d2.2 / c3 - d3.2) / d0
      guard rho2 > 0, rho1.isFinite, rho3.isFinite else { return nil }
      let r1 = places.0 + l1 * rho1
      let r2 = places.1 + l2 * rho2
      let r3 = places.2 + l3 * rho3
      let v2 = (r3 * f1 - r1 * f3) / determinant
      return r2.isFinite && v2.isFinite ? StateVector(position: r2, velocity: v2) : nil
    }
  }

  private func heliocentricObserver(_ k: Int) -> Vector3 {
    sights[k].observation.observer.position - sights[k].observation.sun.position
  }
}

/// The positive real roots of x⁸ + c₆x⁶ + c₃x³ + c₀: eigenvalues of the companion matrix
/// (LAPACK dgeev), at most three by Descartes' rule.
func positiveRoots(c6: Double, c3: Double, c0: Double) -> [Double] {
  guard c6.isFinite, c3.isFinite, c0.isFinite else { return [] }
  var companion = [Double](repeating: 0, count: 64)
  for k in 0..<7 { companion[k * 8 + k + 1] = 1 }  // subdiagonal, column-major
  companion[56 + 0] = -c0
  companion[56 + 3] = -c3
  companion[56 + 6] = -c6
  var real = [Double](repeating: 0, count: 8)
  var imaginary = real
  var work = [Double](repeating: 0, count: 64)
  var none = CChar(UInt8(ascii: "N"))
  var (n, one, size, info) = (Int32(8), Int32(1), Int32(64), Int32(0))
  var (left, right) = (0.0, 0.0)
  unsafe dgeev_(
    &none, &none, &n, &companion, &n, &real, &imaginary, &left, &one, &right, &one, &work, &size,
    &info)
  guard info == 0 else { return [] }
  return (0..<8).compactMap {
    real[$0] > 1e-3 && abs(imaginary[$0]) < 1e-6 * real[$0] ? real[$0] : nil
  }
}
