/// A 3 × 3 matrix by rows, mostly a rotation between frames.
@frozen
public struct Matrix3: Hashable, Sendable {
  public var row0: Vector3
  public var row1: Vector3
  public var row2: Vector3

  @inlinable
  public init(_ row0: Vector3, _ row1: Vector3, _ row2: Vector3) {
    self.row0 = row0
    self.row1 = row1
    self.row2 = row2
  }

  @inlinable public static var identity: Matrix3 {
    Matrix3(Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1))
  }

  @inlinable public var transpose: Matrix3 {
    Matrix3(
      Vector3(row0.x, row1.x, row2.x), Vector3(row0.y, row1.y, row2.y),
      Vector3(row0.z, row1.z, row2.z))
  }

  @inlinable
  public static func * (m: Matrix3, v: Vector3) -> Vector3 {
    Vector3(m.row0.dot(v), m.row1.dot(v), m.row2.dot(v))
  }

  @inlinable
  public static func * (a: Matrix3, b: Matrix3) -> Matrix3 {
    let t = b.transpose
    return Matrix3(t * a.row0, t * a.row1, t * a.row2)
  }
}
