import Foundation

/// What the residuals of known objects in one exposure have in common: a shift of all places, or
/// one of time, which moves each object along its own motion.
package struct VisitBias: Sendable, Hashable {
  package enum Cause: String, Sendable { case none, offset, clock }

  /// Known objects that were seen.
  package var count = 0
  package var cause = Cause.none
  /// Observed minus predicted, RA × cos(dec) and dec [arcsec], and one standard deviation.
  package var offsetRa = 0.0
  package var offsetDec = 0.0
  package var offsetSigma = Double.infinity
  /// What the exposure's time lacks [s], and one standard deviation.
  package var clockSeconds = 0.0
  package var clockSigma = Double.infinity

  package var offset: Double { (offsetRa * offsetRa + offsetDec * offsetDec).squareRoot() }

  /// A known object that was seen.
  package struct Residual: Sendable {
    /// Observed minus predicted, east and north [arcsec].
    package var east: Double
    package var north: Double
    /// Motion on the sky [arcsec/s].
    package var rateEast: Double
    package var rateNorth: Double
    /// How uncertain it is, in proportion to the others: an orbit of a short arc is known well
    /// across its motion and badly along it, where a wrong time shows too.
    package var spread: Spread

    package init(
      east: Double, north: Double, rateEast: Double, rateNorth: Double, spread: Spread
    ) {
      self.east = east
      self.north = north
      self.rateEast = rateEast
      self.rateNorth = rateNorth
      self.spread = spread
    }
  }

  /// A covariance on the sky, east and north [arcsec²].
  package struct Spread: Sendable {
    package var east: Double
    package var north: Double
    package var eastNorth: Double

    package init(east: Double, north: Double, eastNorth: Double = 0) {
      self.east = east
      self.north = north
      self.eastNorth = eastNorth
    }

    package static func + (a: Spread, b: Spread) -> Spread {
      Spread(east: a.east + b.east, north: a.north + b.north, eastNorth: a.eastNorth + b.eastNorth)
    }

    package static func * (factor: Double, a: Spread) -> Spread {
      Spread(east: factor * a.east, north: factor * a.north, eastNorth: factor * a.eastNorth)
    }

    /// Its inverse [arcsec⁻²].
    fileprivate var inverse: Spread {
      let determinant = max(east * north - eastNorth * eastNorth, .leastNormalMagnitude)
      return Spread(
        east: north / determinant, north: east / determinant, eastNorth: -eastNorth / determinant)
    }

    /// aᵀ (this) b.
    fileprivate func product(_ a: Value, _ b: Value) -> Double {
      east * a.0 * b.0 + north * a.1 * b.1 + eastNorth * (a.0 * b.1 + a.1 * b.0)
    }
  }

  /// Fewer residuals than this say nothing.
  package static let leastCount = 5
  /// Outliers cost no more than this [variances].
  private static let costLimit = 16.0
  /// By so much a shift must make the residuals smaller [variances].
  private static let leastGain = 25.0

  /// Fits either shift robustly and tells which one explains more.
  ///
  /// The standard deviations are scaled to the scatter that is left: those of orbits without a
  /// covariance are assumed ones.
  package init(_ residuals: [Residual]) {
    count = residuals.count
    guard count >= Self.leastCount else { return }
    let start = (
      Self.median(residuals.map(\.east)), Self.median(residuals.map(\.north))
    )
    let weights = residuals.map(\.spread.inverse)
    let offset = Self.refined(residuals, weights, start) { residual, value in
      (residual.east - value.0, residual.north - value.1)
    } solve: {
      Self.meanOffset(residuals, $0)
    }
    let clock = Self.refined(residuals, weights, (Self.medianClock(residuals), 0)) {
      residual, value in
      (residual.east - residual.rateEast * value.0, residual.north - residual.rateNorth * value.0)
    } solve: {
      Self.meanClock(residuals, $0)
    }
    // One yardstick for all three: the scatter about the better of the shifts.
    let scale = min(offset.scale, clock.scale)
    offsetRa = offset.value.0
    offsetDec = offset.value.1
    offsetSigma = scale / offset.information.squareRoot()
    clockSeconds = clock.value.0
    clockSigma = scale / clock.information.squareRoot()
    func cost(_ left: (Residual) -> (Double, Double)) -> Double {
      zip(residuals, weights).reduce(0) { sum, pair in
        let rest = left(pair.0)
        return sum + min(Self.costLimit, pair.1.product(rest, rest) / (scale * scale))
      }
    }
    let none = cost { ($0.east, $0.north) }
    let (ra, dec, seconds) = (offsetRa, offsetDec, clockSeconds)
    let byOffset = cost { ($0.east - ra, $0.north - dec) }
    let byClock = cost { ($0.east - $0.rateEast * seconds, $0.north - $0.rateNorth * seconds) }
    guard none - min(byOffset, byClock) >= Self.leastGain else { return }
    // A shift in time has one number to fit, one in place two.
    cause = byClock <= byOffset + 2 ? .clock : .offset
  }

  // MARK: - Fits

  fileprivate typealias Value = (Double, Double)

  /// Iterated with Tukey's weights (Beaton & Tukey 1974, Technometrics 16, 147).
  private static func refined(
    _ residuals: [Residual], _ inverses: [Spread], _ start: Value,
    left: (Residual, Value) -> (Double, Double),
    solve: ([Spread]) -> (value: Value, information: Double)
  ) -> (value: Value, scale: Double, information: Double) {
    var value = start
    var scale = 1.0
    var information = 0.0
    for _ in 0..<20 {
      let norms = zip(residuals, inverses).map { residual, inverse in
        let rest = left(residual, value)
        return max(0, inverse.product(rest, rest)).squareRoot()
      }
      // The median of a two-dimensional normal distribution's length is 1.177.
      scale = max(leastScale, median(norms) / 1.177)
      let weights = zip(inverses, norms).map { inverse, norm in
        let x = norm / (6 * scale)
        let tukey = x < 1 ? (1 - x * x) * (1 - x * x) : 0
        return tukey * inverse
      }
      let next = solve(weights)
      guard next.information > 0 else { break }
      information = next.information
      let step = abs(next.value.0 - value.0) + abs(next.value.1 - value.1)
      value = next.value
      if step < 1e-9 { break }
    }
    return (value, scale, max(information, .leastNormalMagnitude))
  }

  private static let leastScale = 0.01

  /// Its information is that of the direction that is known least.
  private static func meanOffset(
    _ residuals: [Residual], _ weights: [Spread]
  ) -> (value: Value, information: Double) {
    var sum = Spread(east: 0, north: 0)
    var (east, north) = (0.0, 0.0)
    for (residual, weight) in zip(residuals, weights) {
      sum = sum + weight
      east += weight.east * residual.east + weight.eastNorth * residual.north
      north += weight.eastNorth * residual.east + weight.north * residual.north
    }
    let middle = (sum.east + sum.north) / 2
    let least = middle - hypot((sum.east - sum.north) / 2, sum.eastNorth)
    guard least > 1e-12 * middle else { return ((0, 0), 0) }
    let inverse = sum.inverse
    return (
      (
        inverse.east * east + inverse.eastNorth * north,
        inverse.eastNorth * east + inverse.north * north
      ), least
    )
  }

  private static func meanClock(
    _ residuals: [Residual], _ weights: [Spread]
  ) -> (value: Value, information: Double) {
    var (sum, along) = (0.0, 0.0)
    for (r, weight) in zip(residuals, weights) {
      let rate = (r.rateEast, r.rateNorth)
      sum += weight.product(rate, rate)
      along += weight.product(rate, (r.east, r.north))
    }
    return sum > 0 ? ((along / sum, 0), sum) : ((0, 0), 0)
  }

  private static func medianClock(_ residuals: [Residual]) -> Double {
    median(
      residuals.compactMap { r in
        let speed2 = r.rateEast * r.rateEast + r.rateNorth * r.rateNorth
        return speed2 > 0 ? (r.rateEast * r.east + r.rateNorth * r.north) / speed2 : nil
      })
  }

  package static func median(_ values: [Double]) -> Double {
    guard !values.isEmpty else { return 0 }
    let sorted = values.sorted()
    return (sorted[sorted.count / 2] + sorted[(sorted.count - 1) / 2]) / 2
  }
}
