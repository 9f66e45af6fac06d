public import OrbitFit

/// Detections of one object over several nights, with the orbit that holds them together.
public struct Linkage: Sendable {
  /// Indices into the detections that were given, ascending in time, each in one linkage only.
  public var members: [Int]
  /// Parallel to ``members``.
  public var fit: FitResult
  /// What it was preferred to others by: ten for each detection and twenty for each night with two,
  /// less χ².
  public var score: Double

  public init(members: [Int], fit: FitResult, score: Double) {
    self.members = members
    self.fit = fit
    self.score = score
  }
}

/// Detections that one orbit holds too, but of which a linkage with more to be said for it has some.
public struct Alternative: Sendable, Hashable {
  /// The linkage that has most of its detections, index into ``LinkingResult/linkages``.
  public var linkage: Int
  /// Indices into the detections that were given, ascending in time.
  public var members: [Int]
  /// As ``Linkage/score``.
  public var score: Double
}
