public import Dynamics

/// A known object near a field whose motion ends before the moment asked for, so that it has no
/// place: in an impact, or in a passage that can't be followed.
public struct EndedOrbit: Error, Sendable {
  /// Index into the predictor's orbits.
  public var orbit: Int
  /// How the motion ends.
  public var verdict: Propagation.Verdict
}
