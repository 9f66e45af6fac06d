public import Linking

/// What a nightly run does.
public struct NightlyOptions: Sendable {
  /// MJD of the evening of the last night of the window.
  public var night: Int
  /// Nights in the window, the last one included.
  public var windowDays: Int
  public var linking: LinkingOptions
  public var jobs: Int
  /// Do the work even if the same input was seen before.
  public var force: Bool

  public init(
    night: Int, windowDays: Int = 15, linking: LinkingOptions = LinkingOptions(), jobs: Int,
    force: Bool = false
  ) {
    self.night = night
    self.windowDays = windowDays
    self.linking = linking
    self.jobs = jobs
    self.force = force
  }

  /// Nights of the window, MJD of the evening.
  public var window: ClosedRange<Int> { (night - max(1, windowDays) + 1)...night }

  var criteria: ObjectCriteria {
    var criteria = ObjectCriteria()
    criteria.minimumNights = linking.minimumNights
    criteria.minimumDetections = linking.minimumDetections
    criteria.maximumRmsArcsec = linking.maximumRmsArcsec
    criteria.maximumRmsSigmas = linking.maximumRmsSigmas
    return criteria
  }
}
