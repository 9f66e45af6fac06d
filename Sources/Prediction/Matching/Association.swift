public import Astro

/// A predicted object as the source of one detection.
public struct Association: Sendable {
  /// Index into the predicted objects that were given.
  public var object: Int
  /// 1 for the most probable one of its detection.
  public var rank = 1
  /// Observed minus predicted: RA × cos(dec), and dec [rad].
  public var offsetRa: Double
  public var offsetDec: Double
  /// Components along the predicted motion, and to the left of it (north of eastward motion) [rad].
  public var along: Double
  public var across: Double
  /// One standard deviation of each, of prediction and measurement together [rad].
  public var sigmaAlong: Double
  public var sigmaAcross: Double
  /// Of the offset, two degrees of freedom.
  public var chi2: Double
  /// Measured minus predicted magnitude (V); nil when either is unknown.
  public var magnitudeOffset: Double?
  /// That this detection is this object, given all others, 0…1.
  public var probability = 0.0
  /// 1 when no other detection of the exposure is nearer to the predicted place.
  public var distanceRank = 1

  public var separation: Double {
    (offsetRa * offsetRa + offsetDec * offsetDec).squareRoot()
  }
}

/// One detection for the matcher.
public struct MatchInput: Sendable {
  /// Unit vector, ICRF.
  public var direction: Vector3
  /// Of the measured place [rad²].
  public var covariance: SkyCovariance
  /// As V, and one standard deviation of the measurement [mag].
  public var magnitudeV: Double?
  public var magnitudeSigma: Double

  public init(
    direction: Vector3, covariance: SkyCovariance, magnitudeV: Double? = nil,
    magnitudeSigma: Double = 0
  ) {
    self.direction = direction
    self.covariance = covariance
    self.magnitudeV = magnitudeV
    self.magnitudeSigma = magnitudeSigma
  }
}
