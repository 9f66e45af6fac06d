public import Astro

/// Non-gravitational accelerations that were fitted together with an orbit.
public struct ForceFit: Sendable, Hashable {
  /// A1, A2, A3 [au/d²].
  public var coefficients: Vector3
  /// One standard deviation of each, all other unknowns free.
  public var sigmas: Vector3
}
