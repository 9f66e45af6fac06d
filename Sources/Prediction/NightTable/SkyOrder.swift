import Astro

/// Orders places of the sky so that neighbours stand together: the faces of a cube, each along a
/// Hilbert curve of 4096 × 4096 cells of 1.3′.
enum SkyOrder {
  private static let bits: UInt32 = 12

  /// - Parameters:
  ///   - direction: unit vector.
  ///   - radius: of the piece's cap [rad]: wide ones stand apart, so that they do not widen the
  ///     caps of the many narrow ones.
  static func key(_ direction: Vector3, radius: Double) -> UInt64 {
    let group: UInt64 = radius < 0.005 ? 0 : radius < 0.012 ? 1 : radius < 0.05 ? 2 : 3
    let (x, y, z) = (direction.x, direction.y, direction.z)
    let (ax, ay, az) = (abs(x), abs(y), abs(z))
    let face: UInt64
    let u: Double
    let v: Double
    if ax >= ay, ax >= az {
      (face, u, v) = (x > 0 ? 0 : 1, y / ax, z / ax)
    } else if ay >= az {
      (face, u, v) = (y > 0 ? 2 : 3, x / ay, z / ay)
    } else {
      (face, u, v) = (z > 0 ? 4 : 5, x / az, y / az)
    }
    return group << 32 | face << 28 | UInt64(hilbert(cell(u), cell(v)))
  }

  private static func cell(_ value: Double) -> UInt32 {
    let scaled = (value + 1) * Double(1 << (bits - 1))
    return UInt32(max(0, min(Double((1 << bits) - 1), scaled.isNaN ? 0 : scaled)))
  }

  /// Steps along the curve (Warren, Hacker's Delight, chapter 16).
  private static func hilbert(_ cellX: UInt32, _ cellY: UInt32) -> UInt32 {
    var (x, y) = (cellX, cellY)
    var distance: UInt32 = 0
    var side: UInt32 = 1 << (bits - 1)
    let last: UInt32 = (1 << bits) - 1
    while side > 0 {
      let rx: UInt32 = x & side > 0 ? 1 : 0
      let ry: UInt32 = y & side > 0 ? 1 : 0
      distance += side * side * ((3 * rx) ^ ry)
      if ry == 0 {
        if rx == 1 {
          x = last - x
          y = last - y
        }
        (x, y) = (y, x)
      }
      side >>= 1
    }
    return distance
  }
}
