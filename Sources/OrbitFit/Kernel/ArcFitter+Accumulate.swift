import Astro
import Astrometry

extension ArcFitter {
  /// The triangle of the used rows.
  ///
  /// - Parameter robustLimit: residuals beyond this many σ count linearly. What errors have in
  ///   common is left aside then: a robust sum is only a way to the minimum.
  func accumulate(_ robustLimit: Double = .infinity) -> Linearisation {
    if robustLimit == .infinity, !fields.isEmpty { return accumulateShared() }
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
}
