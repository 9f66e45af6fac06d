import Foundation

/// Where along one coordinate of the grid orbits are tried, finer where an earlier grid found more:
/// a density constant in each of its bins, sampled at equal steps of its integral.
struct Proposal {
  enum Coordinate {
    case logDistance
    case speedPart(Slant)
  }

  let low: Double
  let high: Double
  private var cumulated: [Double]

  /// Evenly between two limits.
  init(_ low: Double, _ high: Double, bins: Int) {
    self.low = low
    self.high = high
    cumulated = (0...bins).map { Double($0) / Double(bins) }
  }

  /// After what weights found in the bins of an earlier one.
  ///
  /// - Parameters:
  ///   - samples: of the earlier grid, with their weights.
  ///   - coordinate: which of a sample's.
  ///   - even: the part that stays spread evenly.
  init(
    _ low: Double, _ high: Double, bins: Int, samples: [RangingSample],
    coordinate: Coordinate, even: Double
  ) {
    self.low = low
    self.high = high
    var sums = Array(repeating: 0.0, count: bins)
    let scale = Double(bins) / (high - low)
    for k in samples.indices {
      let value =
        switch coordinate {
        case .logDistance: samples[k].logDistance
        case .speedPart(let slant): samples[k].speedPart - slant.value(samples[k].logDistance)
        }
      let bin = Int((value - low) * scale)
      if bin >= 0, bin < bins { sums[bin] += samples[k].weight }
    }
    // Neighbours share, so that an edge of the region is not missed; the root keeps far modes in.
    var smooth = sums
    for k in 0..<bins {
      let left = k > 0 ? sums[k - 1] : sums[k]
      let right = k < bins - 1 ? sums[k + 1] : sums[k]
      smooth[k] = (0.25 * left + 0.5 * sums[k] + 0.25 * right).squareRoot()
    }
    let total = smooth.reduce(0, +)
    cumulated = [0]
    for k in 0..<bins {
      let part = total > 0 ? (1 - even) * smooth[k] / total + even / Double(bins) : 1 / Double(bins)
      cumulated.append(cumulated[k] + part)
    }
  }

  /// The coordinate at a part of the integral, and one over the density there.
  func place(_ part: Double) -> (value: Double, width: Double) {
    var (below, above) = (0, cumulated.count - 1)
    while above - below > 1 {
      let middle = (below + above) / 2
      if cumulated[middle] <= part { below = middle } else { above = middle }
    }
    let step = (high - low) / Double(cumulated.count - 1)
    let inside = cumulated[above] - cumulated[below]
    return (
      low + step * (Double(below) + (part - cumulated[below]) / inside), step / inside
    )
  }
}
