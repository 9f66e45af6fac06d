import Astro
import Dynamics

/// The states of some tracklets under one hypothesis and how they change with it: a linear model
/// of six unknowns (four across the radius, and the corrections of r and ṙ) for four numbers a
/// tracklet.
///
/// Solving it is an orbit fit to angular states, at the cost of a few dozen multiplications.
struct ClusterModel {
  /// One tracklet: what it shows across the radius, and its derivatives.
  struct Row {
    /// Tangential position and velocity: x·e1, x·e2, v·e1, v·e2.
    var value = [4 of Double](repeating: 0)
    var byDistance = [4 of Double](repeating: 0)
    var bySpeed = [4 of Double](repeating: 0)
    /// Reference epoch minus the tracklet's time [d].
    var days = 0.0
    /// One standard deviation of the position at the tracklet's own time [au], of the velocity.
    var sigmaPosition = 0.0
    var sigmaVelocity = 0.0
  }

  /// Largest correction of r and ṙ that is believed: one standard deviation of a prior.
  var distanceSigma: Double
  var speedSigma: Double
  /// A second prior on the correction of ṙ, with its deviation: that which brings ṙ to zero, since
  /// nothing falls or flies along a radius. Without it the far and slow, whose r and ṙ the data
  /// hardly part, run away along the valley that joins the two.
  var speedAtRest = 0.0
  var speedAtRestSigma = Double.infinity
  /// The sum of squares of the last solution, and the largest part of one tracklet in it.
  private(set) var chiSquare = 0.0
  private(set) var worst = 0
  private(set) var worstChiSquare = 0.0

  init(distanceSigma: Double, speedSigma: Double) {
    self.distanceSigma = distanceSigma
    self.speedSigma = speedSigma
  }

  /// - Returns: four tangential coordinates at the reference epoch, δr and δṙ.
  mutating func solve(_ rows: [Row]) -> [6 of Double]? {
    guard let first = rows.first else { return nil }
    var equations = SixEquations()
    for row in rows {
      let position = 1 / (row.sigmaPosition * row.sigmaPosition)
      let velocity = 1 / (row.sigmaVelocity * row.sigmaVelocity)
      for axis in 0..<2 {
        let (a, b) = ClusterModel.positionEquation(row, axis, first.value)
        equations.add(a, b, weight: position)
        let (c, d) = ClusterModel.velocityEquation(row, axis, first.value)
        equations.add(c, d, weight: velocity)
      }
    }
    equations.add(prior: 0, of: 4, weight: 1 / (distanceSigma * distanceSigma))
    equations.add(prior: 0, of: 5, weight: 1 / (speedSigma * speedSigma))
    equations.add(
      prior: speedAtRest, of: 5, weight: 1 / (speedAtRestSigma * speedAtRestSigma))
    guard var solution = equations.solve() else { return nil }
    measure(rows, first.value, solution)
    for k in 0..<4 { solution[k] += first.value[k] }
    return solution
  }

  /// The solution for two tracklets.
  mutating func solve(_ a: Row, _ b: Row) -> [6 of Double]? { solve([a, b]) }

  private mutating func measure(
    _ rows: [Row], _ origin: [4 of Double], _ solution: [6 of Double]
  ) {
    let distance = solution[4] / distanceSigma
    let speed = solution[5] / speedSigma
    let rest = (solution[5] - speedAtRest) / speedAtRestSigma
    chiSquare = distance * distance + speed * speed + rest * rest
    worst = 0
    worstChiSquare = -1
    for (index, row) in rows.enumerated() {
      var own = 0.0
      for axis in 0..<2 {
        let (a, b) = ClusterModel.positionEquation(row, axis, origin)
        let (c, d) = ClusterModel.velocityEquation(row, axis, origin)
        var position = -b
        var velocity = -d
        for k in 0..<6 {
          position += a[k] * solution[k]
          velocity += c[k] * solution[k]
        }
        position /= row.sigmaPosition
        velocity /= row.sigmaVelocity
        own += position * position + velocity * velocity
      }
      chiSquare += own
      if own > worstChiSquare {
        worstChiSquare = own
        worst = index
      }
    }
  }

  /// Position at the tracklet's own time, where its error is that of a direction alone: at the
  /// reference epoch the error of the rate, times the span, would drown it.
  @inline(__always)
  private static func positionEquation(
    _ row: Row, _ axis: Int, _ origin: [4 of Double]
  ) -> (a: [6 of Double], b: Double) {
    var a = [6 of Double](repeating: 0)
    a[axis] = 1
    a[axis + 2] = -row.days
    a[4] = -(row.byDistance[axis] - row.days * row.byDistance[axis + 2])
    a[5] = -(row.bySpeed[axis] - row.days * row.bySpeed[axis + 2])
    let b =
      (row.value[axis] - origin[axis]) - row.days * (row.value[axis + 2] - origin[axis + 2])
    return (a, b)
  }

  @inline(__always)
  private static func velocityEquation(
    _ row: Row, _ axis: Int, _ origin: [4 of Double]
  ) -> (a: [6 of Double], b: Double) {
    var a = [6 of Double](repeating: 0)
    a[axis + 2] = 1
    a[4] = -row.byDistance[axis + 2]
    a[5] = -row.bySpeed[axis + 2]
    return (a, row.value[axis + 2] - origin[axis + 2])
  }
}
