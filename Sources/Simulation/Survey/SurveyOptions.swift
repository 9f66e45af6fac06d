public import Dynamics

/// What a simulated survey depends on beside its orbits and visits.
public struct SurveyOptions: Sendable {
  /// Same seed, same survey, whatever the number of cores.
  public var seed: UInt64
  /// False detections for each real one, over the whole survey; every visit expects the same number.
  public var falseRatio: Double
  /// Share of the false detections that come back at fixed places of the sky (bad subtractions of
  /// bright stars), 0…1; the others are anywhere.
  public var repeatingFraction: Double
  /// Places of repeating false detections [1/deg²].
  public var sitesPerSquareDegree: Double
  /// Objects vary as they turn: mean half-amplitude [mag]; 0 for constant objects.
  public var meanLightCurveMag: Double
  /// Where the survey is made.
  public var observatory: ObservatoryCode

  public init(
    seed: UInt64, falseRatio: Double = 0, repeatingFraction: Double = 0,
    sitesPerSquareDegree: Double = 100, meanLightCurveMag: Double = 0.1,
    observatory: ObservatoryCode = .rubin
  ) {
    self.seed = seed
    self.falseRatio = falseRatio
    self.repeatingFraction = repeatingFraction
    self.sitesPerSquareDegree = sitesPerSquareDegree
    self.meanLightCurveMag = meanLightCurveMag
    self.observatory = observatory
  }
}
