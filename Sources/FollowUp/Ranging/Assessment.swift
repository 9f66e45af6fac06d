import Astro
import Foundation

/// What a tracklet is likely to be.
public struct Assessment: Sendable, Hashable {
  /// Whether there is an answer.
  public enum Verdict: Sendable, Hashable, CustomStringConvertible {
    case ranged
    /// One detection, or several at one time: nothing is known of the motion.
    case noMotion(observations: Int)
    /// It moves by less than two standard deviations of its motion: nothing tells it from a star.
    case stationary
    /// No orbit about the Sun or the Earth comes near the observations.
    case noOrbit

    public var description: String {
      switch self {
      case .ranged: "ranged"
      case .noMotion(let count):
        count < 2 ? "one detection: no motion is known" : "no two times: no motion is known"
      case .stationary: "no motion beyond its errors: a star, an artefact, or an arc too short"
      case .noOrbit: "no orbit about the Sun or the Earth fits: an artefact, or two objects"
      }
    }
  }

  /// Quantiles of 5, 50 and 95 %.
  public struct Spread: Sendable, Hashable {
    public var low: Double
    public var median: Double
    public var high: Double
  }

  public var name: String
  public var verdict: Verdict
  /// By ``ObjectClass/rawValue``; all zero without an answer.
  public var probabilities: [Double]
  /// One standard deviation of a probability by the number of orbits that were tried.
  public var samplingError: Double = 0
  /// 0 to 100, comparable with the MPC's digest2: 100 × near-Earth over all, counted by the cells
  /// of the population that orbits reach, not by their probability.
  public var score: Double = 0
  public var absoluteMagnitude: Spread?
  /// Diameter [km]: low for albedo 0.4 and the fainter end of H, high for 0.04 and the brighter one.
  public var diameterKm: (low: Double, high: Double)? {
    absoluteMagnitude.map { h in
      (
        1329 / 0.4.squareRoot() * pow(10, -0.2 * h.high),
        1329 / 0.04.squareRoot() * pow(10, -0.2 * h.low)
      )
    }
  }
  /// From the observer [au].
  public var distanceAU: Spread?
  /// Motion on the sky at the epoch [arcsec/h], and its position angle from north through east [deg].
  public var rateArcsecPerHour: Double = 0
  public var positionAngleDeg: Double = 0
  /// Least χ² of the observations over its degrees of freedom; nil for two observations.
  public var reducedChiSquare: Double?
  public var remarks: [String]

  /// Probability of a perihelion within 1.3 au, interior objects among them.
  public var nearEarth: Double {
    probabilities[ObjectClass.nearEarth.rawValue] + probabilities[ObjectClass.interior.rawValue]
  }

  /// The class with the greatest probability; nil without an answer.
  public var likeliest: ObjectClass? {
    guard verdict == .ranged else { return nil }
    return ObjectClass.allCases.max {
      probabilities[$0.rawValue] < probabilities[$1.rawValue]
    }
  }

  init(_ tracklet: Tracklet, verdict: Verdict) {
    name = tracklet.name
    self.verdict = verdict
    probabilities = Array(repeating: 0, count: ObjectClass.count)
    remarks = tracklet.remarks
  }

  init(_ tracklet: Tracklet, frame: TrackletFrame, samples: [RangingSample], score: Double) {
    self.init(tracklet, verdict: .ranged)
    let total = samples.totalWeight
    guard total > 0, total.isFinite else {
      verdict = .noOrbit
      return
    }
    var squares = 0.0
    for k in 0..<samples.count {
      let p = samples[k].weight / total
      probabilities[samples[k].kind.rawValue] += p
      squares += p * p
    }
    let p = nearEarth
    samplingError = (squares * max(0, p * (1 - p))).squareRoot()
    self.score = score
    absoluteMagnitude = Self.spread(samples, \.h, total)
    distanceAU = Self.spread(samples, \.distance, total)
    let fit = MotionFit(frame, radialRate: 0, pullE: 0, pullN: 0, pullU: 0, perDistance: 0)
    rateArcsecPerHour =
      (fit.eastRate * fit.eastRate + fit.northRate * fit.northRate).squareRoot()
      / Angle.arcsecond / 24
    let (e, n) = (fit.eastRate / fit.eastSigma, fit.northRate / fit.northSigma)
    if e * e + n * n < 4 {
      verdict = .stationary
      probabilities = Array(repeating: 0, count: ObjectClass.count)
      self.score = 0
    }
    positionAngleDeg = Angle.wrapPositive(atan2(fit.eastRate, fit.northRate)) / Angle.degree
    judge(samples, degrees: Int(frame.degrees), scale: frame.scale)
  }

  /// What the least squares left over say.
  private mutating func judge(_ samples: [RangingSample], degrees: Int, scale: Double) {
    guard degrees > 0, let least = samples.map(\.chiSquare).min() else { return }
    let reduced = least * scale * scale / Double(degrees)
    reducedChiSquare = reduced
    if reduced > 25 {
      verdict = .noOrbit
      probabilities = Array(repeating: 0, count: ObjectClass.count)
    } else if reduced > 4 {
      remarks.append("residuals are larger than their errors: rate and class are in doubt")
    }
  }

  private static func spread(
    _ samples: [RangingSample], _ value: (RangingSample) -> Double, _ total: Double
  ) -> Spread {
    var values: [Double] = []
    var weights: [Double] = []
    for k in samples.indices where samples[k].weight > 1e-9 * total {
      values.append(value(samples[k]))
      weights.append(samples[k].weight)
    }
    // By a histogram along the value's range: sorting thousands of samples costs more than all else.
    var (low, high) = (Double.infinity, -Double.infinity)
    for k in values.indices {
      low = min(low, values[k])
      high = max(high, values[k])
    }
    guard high > low else { return Spread(low: low, median: low, high: low) }
    let bins = 512
    // Distances spread over decades.
    let isRatio = low > 0 && high > 20 * low
    func forward(_ x: Double) -> Double { isRatio ? log(x) : x }
    func back(_ x: Double) -> Double { isRatio ? exp(x) : x }
    let start = forward(low)
    let scale = Double(bins) / (forward(high) - start)
    var sums = Array(repeating: 0.0, count: bins)
    for k in values.indices {
      sums[min(bins - 1, max(0, Int((forward(values[k]) - start) * scale)))] += weights[k]
    }
    func quantile(_ level: Double) -> Double {
      var sum = 0.0
      let wanted = level * sums.reduce(0, +)
      for k in 0..<bins {
        if sum + sums[k] >= wanted, sums[k] > 0 {
          return back(start + (Double(k) + (wanted - sum) / sums[k]) / scale)
        }
        sum += sums[k]
      }
      return high
    }
    return Spread(low: quantile(0.05), median: quantile(0.5), high: quantile(0.95))
  }
}
