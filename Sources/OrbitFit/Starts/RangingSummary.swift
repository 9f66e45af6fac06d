/// What the observations of one night allow, by systematic ranging: every distance and radial speed
/// of the admissible region (bound to the Sun, not to the Earth) with the probability that the
/// observations and the population prior give it.
public struct RangingSummary: Sendable, Hashable {
  /// Quantiles of 5, 50 and 95 % of the distance from the observer [au].
  public var topocentricAU: (low: Double, median: Double, high: Double) {
    (distances[0], distances[1], distances[2])
  }
  /// Quantiles of 5, 50 and 95 % of the perihelion distance [au].
  public var perihelionAU: (low: Double, median: Double, high: Double) {
    (perihelia[0], perihelia[1], perihelia[2])
  }
  /// Probability of a perihelion within 1.3 au.
  public let nearEarthProbability: Double
  /// Orbits with a share in the probability, of all that were tried.
  public let possibleCount: Int
  private let distances: [Double]
  private let perihelia: [Double]

  init(_ samples: [RangingSample]) {
    let total = samples.reduce(0) { $0 + $1.weight }
    func quantiles(_ value: (RangingSample) -> Double) -> [Double] {
      let order = samples.sorted { value($0) < value($1) }
      return [0.05, 0.5, 0.95].map { level in
        var sum = 0.0
        for sample in order {
          sum += sample.weight
          if sum >= level * total { return value(sample) }
        }
        return order.last.map(value) ?? .nan
      }
    }
    distances = quantiles(\.distanceAU)
    perihelia = quantiles(\.perihelionAU)
    nearEarthProbability =
      samples.reduce(0) { $0 + ($1.perihelionAU < 1.3 ? $1.weight : 0) } / total
    let most = samples.map(\.weight).max() ?? 0
    possibleCount = samples.count { $0.weight > 1e-6 * most }
  }
}

/// One orbit of the admissible region.
struct RangingSample {
  var distanceAU: Double
  var perihelionAU: Double
  var weight: Double
}
