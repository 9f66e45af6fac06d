import Foundation

/// How measured magnitudes scatter about predicted ones, and those of unrelated detections at all.
///
/// Most objects are within half a magnitude (rotation, colour, H from few measurements); some are
/// anywhere, their H being wrong or a flare on: a wrong magnitude makes a match doubtful, never
/// impossible.
public struct MagnitudeModel: Sendable {
  /// One standard deviation of true objects, beside the measurement's own [mag].
  public var sigma = 0.5
  /// The share of objects whose predicted magnitude says nothing.
  public var outliers = 0.05
  /// Unrelated detections are spread over so many magnitudes.
  public var range = 6.0

  public init() {}

  /// How much likelier a magnitude is for the object than for something else.
  ///
  /// - Parameters:
  ///   - offset: measured minus predicted [mag]; nil, which says nothing, gives 1.
  ///   - measured: standard deviation of the measurement [mag].
  public func likelihoodRatio(offset: Double?, sigma measured: Double) -> Double {
    guard let offset, offset.isFinite else { return 1 }
    let variance = sigma * sigma + measured * measured
    let density = exp(-0.5 * offset * offset / variance) / (2 * .pi * variance).squareRoot()
    return outliers + (1 - outliers) * density * range
  }
}
