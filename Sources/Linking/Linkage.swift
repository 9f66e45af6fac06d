public import OrbitFit

/// Detections of one object over several nights, with the orbit that holds them together.
public struct Linkage: Sendable {
  /// Indices into the detections that were given, ascending in time, each in one linkage only.
  public var members: [Int]
  /// Parallel to ``members``.
  public var fit: FitResult

  public init(members: [Int], fit: FitResult) {
    self.members = members
    self.fit = fit
  }
}
