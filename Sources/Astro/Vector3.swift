/// A vector in three dimensions, unit and frame as the name of the variable says.
@frozen
public struct Vector3: Hashable, Sendable {
  public var x: Double
  public var y: Double
  public var z: Double

  @inlinable @inline(__always)
  public init(_ x: Double, _ y: Double, _ z: Double) {
    self.x = x
    self.y = y
    self.z = z
  }

  @inlinable public static var zero: Vector3 { Vector3(0, 0, 0) }

  @inlinable @inline(__always)
  public func dot(_ other: Vector3) -> Double { x * other.x + y * other.y + z * other.z }

  @inlinable @inline(__always)
  public func cross(_ other: Vector3) -> Vector3 {
    Vector3(
      y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x)
  }

  @inlinable public var squaredNorm: Double { dot(self) }
  @inlinable public var norm: Double { dot(self).squareRoot() }

  /// The vector of length one in the same direction; not a number for the zero vector.
  @inlinable public var unit: Vector3 { self * (1 / norm) }

  @inlinable public var isFinite: Bool { x.isFinite && y.isFinite && z.isFinite }

  @inlinable @inline(__always)
  public static func + (a: Vector3, b: Vector3) -> Vector3 {
    Vector3(a.x + b.x, a.y + b.y, a.z + b.z)
  }

  @inlinable @inline(__always)
  public static func - (a: Vector3, b: Vector3) -> Vector3 {
    Vector3(a.x - b.x, a.y - b.y, a.z - b.z)
  }

  @inlinable @inline(__always)
  public static prefix func - (a: Vector3) -> Vector3 { Vector3(-a.x, -a.y, -a.z) }

  @inlinable @inline(__always)
  public static func * (a: Vector3, k: Double) -> Vector3 { Vector3(a.x * k, a.y * k, a.z * k) }

  @inlinable @inline(__always)
  public static func * (k: Double, a: Vector3) -> Vector3 { a * k }

  @inlinable @inline(__always)
  public static func / (a: Vector3, k: Double) -> Vector3 { Vector3(a.x / k, a.y / k, a.z / k) }

  @inlinable @inline(__always)
  public static func += (a: inout Vector3, b: Vector3) { a = a + b }

  @inlinable @inline(__always)
  public static func -= (a: inout Vector3, b: Vector3) { a = a - b }
}
