import Astro
import Astrometry

extension ArcFitter {
  /// The triangle of the used rows.
  ///
  /// - Parameter robustLimit: residuals beyond this many σ count linearly. What the errors of a
  ///   night have in common is left aside then: a robust sum is only a way to the minimum.
  func accumulate(_ robustLimit: Double = .infinity) -> Linearisation {
    if robustLimit == .infinity, !nightEnds.isEmpty {
      return Linearisation(nightTriangle(), usedChiSquare())
    }
    var triangle = Triangle()
    var cost = 0.0
    var chiSquare = 0.0
    let limit2 = robustLimit * robustLimit
    for k in 0..<sights.count where used[k] {
      var east = eastRows[k]
      var north = northRows[k]
      let x = east[Triangle.rightHandSide]
      let y = north[Triangle.rightHandSide]
      let square = x * x + y * y
      chiSquare += square
      if square > limit2 {
        let size = square.squareRoot()
        cost += robustLimit * (2 * size - robustLimit)
        let weight = (robustLimit / size).squareRoot()
        east *= weight
        north *= weight
      } else {
        cost += square
      }
      triangle.add(east)
      triangle.add(north)
    }
    return Linearisation(triangle: triangle, cost: cost, chiSquare: chiSquare)
  }

  /// The triangle with the errors of each night correlated: their covariance is
  /// (1 − ρ) 1 + ρ 11ᵀ in units of σ², whose root scales the night's mean by 1/√(1 − ρ + Nρ) and
  /// the differences from it by 1/√(1 − ρ).
  private func nightTriangle() -> Triangle {
    var triangle = Triangle()
    var begin = 0
    for end in nightEnds {
      var east = SIMD8<Double>.zero
      var north = SIMD8<Double>.zero
      var n = 0
      for i in begin..<end where used[nightOrder[i]] {
        east += eastRows[nightOrder[i]]
        north += northRows[nightOrder[i]]
        n += 1
      }
      if n > 0 {
        let (differences, mean) = nightScales(begin, n)
        let shift = (mean - differences) / Double(n)
        for i in begin..<end where used[nightOrder[i]] {
          triangle.add(eastRows[nightOrder[i]] * differences + east * shift)
          triangle.add(northRows[nightOrder[i]] * differences + north * shift)
        }
      }
      begin = end
    }
    return triangle
  }

  /// χ² of the used residuals, the correlation within nights taken into account.
  func usedChiSquare() -> Double {
    var sum = 0.0
    if nightEnds.isEmpty {
      for k in 0..<sights.count where used[k] {
        let (x, y) = (eastRows[k][Triangle.rightHandSide], northRows[k][Triangle.rightHandSide])
        sum += x * x + y * y
      }
      return sum
    }
    var begin = 0
    for end in nightEnds {
      var (x, y, squares, n) = (0.0, 0.0, 0.0, 0)
      for i in begin..<end where used[nightOrder[i]] {
        let k = nightOrder[i]
        let (dx, dy) = (eastRows[k][Triangle.rightHandSide], northRows[k][Triangle.rightHandSide])
        x += dx
        y += dy
        squares += dx * dx + dy * dy
        n += 1
      }
      if n > 0 {
        let (differences, mean) = nightScales(begin, n)
        let common = (x * x + y * y) / Double(n)
        sum += (squares - common) * differences * differences + common * mean * mean
      }
      begin = end
    }
    return sum
  }

  /// Factors of the differences and of the mean of a night with n used observations.
  @inline(__always)
  private func nightScales(_ begin: Int, _ n: Int) -> (differences: Double, mean: Double) {
    let rho = min(sights[nightOrder[begin]].observation.nightCorrelation, 0.99)
    return (1 / (1 - rho).squareRoot(), 1 / (1 - rho + Double(n) * rho).squareRoot())
  }

  /// Groups the observations that share errors: those of one night with the same correlation.
  /// A night is what lies within 0.6 d without a gap of 0.3 d.
  mutating func findNights() {
    nightOrder.removeAll(keepingCapacity: true)
    nightEnds.removeAll(keepingCapacity: true)
    guard sights.contains(where: { $0.observation.nightCorrelation > 0 }) else { return }
    nightOrder = sights.indices.sorted { (days[$0], $0) < (days[$1], $1) }
    var begin = 0
    for i in nightOrder.indices.dropFirst() {
      let (before, here) = (nightOrder[i - 1], nightOrder[i])
      let same =
        days[here] - days[before] < 0.3 && days[here] - days[nightOrder[begin]] < 0.6
        && sights[here].observation.nightCorrelation == sights[before].observation.nightCorrelation
      if !same {
        nightEnds.append(i)
        begin = i
      }
    }
    nightEnds.append(nightOrder.count)
  }
}

extension Linearisation {
  /// Plain least squares: what is minimised is χ² itself.
  fileprivate init(_ triangle: Triangle, _ chiSquare: Double) {
    self.init(triangle: triangle, cost: chiSquare, chiSquare: chiSquare)
  }
}
