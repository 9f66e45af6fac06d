public import Astro

/// Position and velocity, ICRF axes; the origin is the one that the owner names.
@frozen
public struct StateVector: Hashable, Sendable {
  /// [au]
  public var position: Vector3
  /// [au/d]
  public var velocity: Vector3

  @inlinable
  public init(position: Vector3, velocity: Vector3) {
    self.position = position
    self.velocity = velocity
  }

  @inlinable
  public static func + (a: StateVector, b: StateVector) -> StateVector {
    StateVector(position: a.position + b.position, velocity: a.velocity + b.velocity)
  }

  @inlinable
  public static func - (a: StateVector, b: StateVector) -> StateVector {
    StateVector(position: a.position - b.position, velocity: a.velocity - b.velocity)
  }
}
