public import Astrometry

/// What a fit leaves of a radar measurement.
public struct RadarResidual: Sendable, Hashable {
  public var quantity: RadarMeasurement.Quantity
  /// Observed minus computed, [s] or [Hz]; not a number where there is no orbit.
  public var value: Double
  /// One standard deviation that it was weighed with.
  public var sigma: Double
  /// One degree of freedom, the fit's own uncertainty taken into account.
  public var chiSquare: Double
  public var used: Bool
}
