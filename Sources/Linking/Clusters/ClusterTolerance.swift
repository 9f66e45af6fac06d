/// How close states of one object must lie at the reference epoch.
enum ClusterTolerance {
  /// Scale of the position tolerance with range [au]: an angle, but near the Earth a length.
  @inline(__always)
  static func scale(_ range: Double) -> Double { max(range, 0.3) }
}

/// The cluster tolerance by distance from the Sun: that which makes the least work.
///
/// The number of hypotheses falls with the square of the tolerance; a state costs about 0.4 µs and
/// each neighbour to be screened about 1.5 µs, and chance neighbours grow with the fourth power.
struct ToleranceCurve: Sendable {
  /// Band edges [au] and the tolerance above each [rad].
  private let distances: [Double]
  private let tolerances: [Double]

  private static let bands: [Double] = [
    0.1, 0.9, 1.1, 1.2, 1.35, 1.5, 1.75, 2, 2.3, 2.7, 3.2, 4, 5, 7, 10, 20, 40, 80,
  ]
  private static let neighbourCost = 25.0
  private static let steps: [Double] = [0.016, 0.011, 0.008, 0.0056, 0.004, 0.0028, 0.002, 0.0014]

  func tolerance(at distance: Double) -> Double {
    var value = tolerances[0]
    for (edge, tolerance) in zip(distances, tolerances) where edge <= distance {
      value = tolerance
    }
    return value
  }

  /// The same everywhere.
  init(constant: Double) {
    distances = [0]
    tolerances = [constant]
  }

  /// Measured on the tracklets of a window: states at rest on their radius, neighbours of every
  /// sixteenth counted.
  init(measuring finder: ClusterFinder) {
    var tolerances: [Double] = []
    var cells = StateCells()
    for band in ToleranceCurve.bands {
      var chosen = (cost: Double.infinity, tolerance: ToleranceCurve.steps[0])
      for step in ToleranceCurve.steps {
        let trial = Hypothesis(
          distance: band * 1.06, speed: 0, distanceReach: 0.01, speedReach: 0.001,
          toleranceRad: step, nonlinearAU: 0, root: .far)
        finder.fill(&cells, trial)
        let neighbours = finder.meanNeighbours(cells, every: 16)
        let cost = (1 + ToleranceCurve.neighbourCost * neighbours) / (step * step)
        if cost < chosen.cost { chosen = (cost, step) }
      }
      tolerances.append(chosen.tolerance)
    }
    distances = ToleranceCurve.bands
    self.tolerances = tolerances
  }
}
