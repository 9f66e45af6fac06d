import Astro
import Astrometry

/// Picks the objects that an exposure should show and does not.
public struct MissingObjects: Sendable {
  /// Objects must be so much brighter than the exposure's limit [mag].
  public var magnitudeMargin = 0.5
  /// An object counts as seen when detections are it with at least this probability together.
  public var seenProbability = 0.3
  /// Places less certain than this say nothing, one σ [rad].
  public var widestSigmaRad = 5e-5

  public init() {}

  /// An exposure's limit by its own detections: the magnitude that four in five are brighter than.
  ///
  /// - Returns: nil for fewer than 20 detections, which say nothing.
  public static func limit(of magnitudes: [Double]) -> Double? {
    guard magnitudes.count >= 20 else { return nil }
    return magnitudes.sorted()[magnitudes.count * 4 / 5]
  }

  /// - Parameters:
  ///   - objects: predicted for the exposure.
  ///   - matches: of all its detections, from ``Matcher``.
  ///   - field: what the exposure covers for sure.
  ///   - limitV: the faintest magnitude that it shows [mag, V].
  /// - Returns: indices into the objects, ascending.
  public func find(
    among objects: [PredictedObject], matches: [[Association]], field: SkyField, limitV: Double
  ) -> [Int] {
    var seen = [Double](repeating: 0, count: objects.count)
    for list in matches { for pair in list { seen[pair.object] += pair.probability } }
    return objects.indices.filter { index in
      let object = objects[index]
      guard let magnitude = object.magnitudeV, magnitude <= limitV - magnitudeMargin,
        seen[index] < seenProbability
      else { return false }
      let sigma = object.covariance?.ellipse.major ?? 0
      return sigma <= widestSigmaRad
        && field.centre.angle(to: object.place.offset) + 3 * sigma <= field.radiusRad
    }
  }
}
