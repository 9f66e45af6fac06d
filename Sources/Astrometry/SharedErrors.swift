/// What the errors of a source's observations of one object have in common, and how well their size
/// is known.
///
/// The variance of an observation is split in three: its own part; what a night's observations
/// share (plate solution, seeing, clock); what all of some weeks share (the zone errors of the star
/// catalog that the source used). The size of the own part is the table's on the average only: it
/// depends on the object's brightness, so that it has to be estimated from the arc itself.
@frozen
public struct SharedErrors: Hashable, Sendable, BitwiseCopyable {
  /// Observations with different sources share nothing. 0 for observations that share nothing at all.
  public var source: UInt32
  /// Fractions of the variance, 0…1 together.
  public var night: Float
  public var field: Float
  /// Degrees of freedom with which the size of the own part is known beforehand; infinite when the
  /// errors were measured with the observation.
  public var freedom: Float
  /// One standard deviation of the clock [s].
  public var clockSeconds: Float

  @inlinable
  public init(
    source: UInt32, night: Float, field: Float, freedom: Float, clockSeconds: Float = 0
  ) {
    self.source = source
    self.night = night
    self.field = field
    self.freedom = freedom
    self.clockSeconds = clockSeconds
  }

  @inlinable public static var none: SharedErrors {
    SharedErrors(source: 0, night: 0, field: 0, freedom: .infinity)
  }

  /// The own part of the variance.
  @inlinable public var own: Double { max(0.02, 1 - Double(night) - Double(field)) }
}
