/// Something about a night that a person should look at.
public struct Alarm: Sendable, Codable, Hashable {
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Fewer detections than the nights before have.
    case fewDetections
    /// Places of a visit are shifted, or those of a night.
    case visitOffset
    /// Times of a visit are wrong, or those of a night.
    case visitClock
    /// Times run back where visit numbers go on.
    case clockRunsBack
    /// A visit shows few of the known objects that it should show.
    case knownMissing
    /// Many detections are near a known object but not its own, or were let go.
    case manyRejected
    /// Many records could not be used.
    case manyQuarantined
  }

  public var kind: Kind
  /// Date of the evening.
  public var night: String
  /// The visit that it is about, where it is about one.
  public var visit: String?
  /// What is wrong, with the numbers.
  public var message: String
  /// What to do about it.
  public var advice: String

  public init(kind: Kind, night: String, visit: String? = nil, message: String, advice: String) {
    self.kind = kind
    self.night = night
    self.visit = visit
    self.message = message
    self.advice = advice
  }
}

/// When a night is abnormal.
public struct AlarmLimits: Sendable, Hashable {
  /// A visit is wrong from this offset on [arcsec], and five standard deviations.
  public var visitOffsetArcsec = 0.5
  /// Its times are, from this on [s], and five standard deviations.
  public var visitClockSeconds = 10.0
  /// Known objects seen, of those that a visit should show, below which it is looked at.
  public var knownFoundShare = 0.3
  /// Detections of the night, of the median of the window's nights before.
  public var detectionShare = 0.25
  /// Nights before that a comparison needs, and detections that their median has.
  public var comparedNights = 4
  public var comparedDetections = 500
  /// Detections doubtful, released or of refused linkages, of those that were decided on.
  public var rejectedShare = 0.25
  public var rejectedCount = 50
  /// Records of a file taken in since the last run that were quarantined.
  public var quarantinedShare = 0.05
  public var quarantinedCount = 10
  /// Leave visits out that are found wrong.
  public var setsVisitsAside = true

  public init() {}

  /// Those that decide which visits are left out.
  var ofVisits: String {
    "\(visitOffsetArcsec) \(visitClockSeconds) \(knownFoundShare) \(setsVisitsAside)"
  }
}
