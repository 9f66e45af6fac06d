/// What the linker looks for. The defaults are those of a survey like Rubin's and of mixed
/// observations of many sites alike; each comment says what a change does.
public struct LinkingOptions: Sendable, Hashable, Codable {
  /// Fastest motion of a tracklet [deg/d]. The number of chance pairs grows with its square;
  /// ``chancePartners`` bounds it where the sky is crowded.
  public var maximumRateDegPerDay = 40.0
  /// In a crowded field pairs are sought as far out as this many chance partners a detection and
  /// exposure are expected, but at least to ``crowdedRateDegPerDay``. Higher finds more fast
  /// near-Earth objects and makes more false pairs.
  public var chancePartners = 0.3
  /// Motion up to which pairs are always sought [deg/d].
  public var crowdedRateDegPerDay = 1.5
  /// Longest time from the first to the last detection of a tracklet [d].
  public var maximumTrackletDays = 0.085
  /// Largest difference of magnitude inside a tracklet [mag]: a loose veto, as colours and
  /// rotation change magnitudes by 1 and more.
  public var maximumMagnitudeDifference = 3.0
  /// Nights and detections that a linkage must have.
  public var minimumNights = 3
  public var minimumDetections = 6
  /// Longest arc that is sought [d]; arcs are extended beyond it afterwards.
  public var windowDays = 20.0
  /// Heliocentric distances that are looked for [au].
  public var minimumDistanceAU = 0.3
  public var maximumDistanceAU = 150.0
  /// Largest rms of a linkage's weighted residuals, in standard deviations.
  public var maximumRmsSigmas = 2.0
  /// Largest rms of a linkage's residuals [arcsec].
  public var maximumRmsArcsec = 2.0
  /// A detection further than this from the orbit is left out [standard deviations].
  public var rejectionSigmas = 5.0
  /// Only linkages that have a detection in one of these nights (``LinkingInput/nights``) are
  /// fitted; nil for all. What a nightly run needs: older combinations have been tried before.
  public var newNights: Set<Int>?
  /// Whether the result says what each stage looked at, see ``LinkingTrace``: for finding out why
  /// an object was missed, at the cost of memory for all of it.
  public var keepsTrace = false

  public init() {}

  /// - Throws: the first option that is out of its range.
  public func validate() throws(LinkingError) {
    try check("maximumRateDegPerDay", maximumRateDegPerDay, 0.01...180)
    try check("chancePartners", chancePartners, 0...1000)
    try check("crowdedRateDegPerDay", crowdedRateDegPerDay, 0...180)
    try check("maximumTrackletDays", maximumTrackletDays, 1e-4...0.5)
    try check("maximumMagnitudeDifference", maximumMagnitudeDifference, 0...100)
    try check("minimumNights", Double(minimumNights), 2...1000)
    try check("minimumDetections", Double(minimumDetections), 4...100_000)
    try check("windowDays", windowDays, 2...60)
    try check("minimumDistanceAU", minimumDistanceAU, 0.1...1000)
    try check("maximumDistanceAU", maximumDistanceAU, minimumDistanceAU...2000)
    try check("maximumRmsSigmas", maximumRmsSigmas, 0.1...100)
    try check("maximumRmsArcsec", maximumRmsArcsec, 0.001...3600)
    try check("rejectionSigmas", rejectionSigmas, 1...100)
  }

  private func check(
    _ name: String, _ value: Double, _ range: ClosedRange<Double>
  ) throws(LinkingError) {
    guard range.contains(value) else {
      throw .option(
        name: name, value: "\(value)", allowed: "\(range.lowerBound) to \(range.upperBound)")
    }
  }
}
