public import Astro

/// The origin that a state is reckoned from.
public enum Origin: String, Sendable, Hashable, BitwiseCopyable {
  case sun = "SUN"
  case solarSystemBarycenter = "SSB"
}

/// The motion of one body: a state at an epoch, ICRF axes, au and au/d.
///
/// Elements (``KeplerianElements``) are heliocentric ecliptic J2000 and are made from this on
/// demand; they are never the stored truth.
@frozen
public struct Orbit: Hashable, Sendable, BitwiseCopyable {
  public var epoch: Epoch<TDB>
  public var state: StateVector
  public var origin: Origin

  @inlinable
  public init(epoch: Epoch<TDB>, state: StateVector, origin: Origin) {
    self.epoch = epoch
    self.state = state
    self.origin = origin
  }
}
