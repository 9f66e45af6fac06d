import Astro

/// Eight numbers, one for each node of an integration step.
typealias Lanes = SIMD8<Double>

/// Eight vectors, one for each node of an integration step. The force model works on all nodes at
/// once, so that its cost is that of plain arithmetic without a horizontal sum.
struct Lanes3 {
  var x: Lanes
  var y: Lanes
  var z: Lanes

  @inline(__always)
  init(x: Lanes, y: Lanes, z: Lanes) {
    self.x = x
    self.y = y
    self.z = z
  }

  /// The same vector in every lane.
  @inline(__always)
  init(_ v: Vector3) {
    x = Lanes(repeating: v.x)
    y = Lanes(repeating: v.y)
    z = Lanes(repeating: v.z)
  }

  @inline(__always) static var zero: Lanes3 { Lanes3(.zero) }

  @inline(__always)
  subscript(lane: Int) -> Vector3 {
    get { Vector3(x[lane], y[lane], z[lane]) }
    set {
      x[lane] = newValue.x
      y[lane] = newValue.y
      z[lane] = newValue.z
    }
  }

  @inline(__always)
  func dot(_ o: Lanes3) -> Lanes { x * o.x + y * o.y + z * o.z }

  @inline(__always)
  func cross(_ o: Lanes3) -> Lanes3 {
    Lanes3(x: y * o.z - z * o.y, y: z * o.x - x * o.z, z: x * o.y - y * o.x)
  }

  @inline(__always) var squaredNorm: Lanes { dot(self) }

  /// The sum over the lanes, each taken with a weight.
  @inline(__always)
  func sum(_ weights: Lanes) -> Vector3 {
    Vector3((x * weights).sum(), (y * weights).sum(), (z * weights).sum())
  }

  /// The largest component of any lane.
  @inline(__always) var largest: Double {
    let m = Lanes3.magnitude(x).replacing(
      with: Lanes3.magnitude(y), where: Lanes3.magnitude(y) .> Lanes3.magnitude(x))
    let n = m.replacing(with: Lanes3.magnitude(z), where: Lanes3.magnitude(z) .> m)
    return n.max()
  }

  @inline(__always)
  static func magnitude(_ a: Lanes) -> Lanes {
    // The sign's bit taken away: one instruction, where a comparison and a choice are four.
    let bits = unsafe unsafeBitCast(a, to: SIMD8<UInt64>.self) & 0x7fff_ffff_ffff_ffff
    return unsafe unsafeBitCast(bits, to: Lanes.self)
  }

  @inline(__always)
  static func + (a: Lanes3, b: Lanes3) -> Lanes3 {
    Lanes3(x: a.x + b.x, y: a.y + b.y, z: a.z + b.z)
  }

  @inline(__always)
  static func - (a: Lanes3, b: Lanes3) -> Lanes3 {
    Lanes3(x: a.x - b.x, y: a.y - b.y, z: a.z - b.z)
  }

  @inline(__always)
  static func * (a: Lanes3, k: Lanes) -> Lanes3 { Lanes3(x: a.x * k, y: a.y * k, z: a.z * k) }

  @inline(__always)
  static func * (a: Lanes3, k: Double) -> Lanes3 { a * Lanes(repeating: k) }

  @inline(__always)
  static func += (a: inout Lanes3, b: Lanes3) { a = a + b }
}

/// Lanes for which something holds or does not.
typealias LaneMask = SIMDMask<SIMD8<Int64>>

extension Lanes3 {
  /// `other` in the lanes of the mask, this one elsewhere.
  @inline(__always)
  func replacing(with other: Lanes3, where mask: LaneMask) -> Lanes3 {
    Lanes3(
      x: x.replacing(with: other.x, where: mask), y: y.replacing(with: other.y, where: mask),
      z: z.replacing(with: other.z, where: mask))
  }

  /// The largest component of each lane.
  @inline(__always) var magnitudes: Lanes {
    let (a, b, c) = (Lanes3.magnitude(x), Lanes3.magnitude(y), Lanes3.magnitude(z))
    let m = a.replacing(with: b, where: .!(b .<= a))
    return m.replacing(with: c, where: .!(c .<= m))
  }
}
