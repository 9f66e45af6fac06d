import Astro

/// Eight numbers, one for each piece of a block.
typealias Lanes = SIMD8<Double>

/// Eight vectors.
struct Lanes3 {
  var x: Lanes
  var y: Lanes
  var z: Lanes

  @inline(__always)
  init(_ x: Lanes, _ y: Lanes, _ z: Lanes) {
    self.x = x
    self.y = y
    self.z = z
  }

  /// The same vector in every lane.
  @inline(__always)
  init(_ v: Vector3) {
    self.init(Lanes(repeating: v.x), Lanes(repeating: v.y), Lanes(repeating: v.z))
  }

  @inline(__always)
  subscript(lane: Int) -> Vector3 { Vector3(x[lane], y[lane], z[lane]) }

  @inline(__always)
  static func + (a: Lanes3, b: Lanes3) -> Lanes3 { Lanes3(a.x + b.x, a.y + b.y, a.z + b.z) }
  @inline(__always)
  static func - (a: Lanes3, b: Lanes3) -> Lanes3 { Lanes3(a.x - b.x, a.y - b.y, a.z - b.z) }
  @inline(__always)
  static func * (a: Lanes3, k: Lanes) -> Lanes3 { Lanes3(a.x * k, a.y * k, a.z * k) }
  @inline(__always)
  func dot(_ b: Lanes3) -> Lanes { x * b.x + y * b.y + z * b.z }
  @inline(__always)
  var squaredNorm: Lanes { dot(self) }
}

/// Elementary functions on eight floats, good to their rounding: enough for magnitudes.
enum LaneMath {
  typealias Floats = SIMD8<Float>

  /// Natural logarithm of positive, normal numbers.
  @inline(__always)
  static func log(_ x: Floats) -> Floats {
    let bits = unsafe unsafeBitCast(x, to: SIMD8<UInt32>.self)
    var exponent = Floats(SIMD8<Int32>(truncatingIfNeeded: bits &>> 23) &- 127)
    var mantissa = unsafe unsafeBitCast(
      (bits & SIMD8(repeating: 0x007f_ffff)) | SIMD8(repeating: 0x3f80_0000), to: Floats.self)
    let isHigh = mantissa .> Floats(repeating: 1.414_213_6)
    mantissa.replace(with: mantissa * 0.5, where: isHigh)
    exponent.replace(with: exponent + 1, where: isHigh)
    // log m = 2 artanh((m − 1)/(m + 1)), argument up to 0.172.
    let f = (mantissa - 1) / (mantissa + 1)
    let s = f * f
    var sum = Floats(repeating: 1.0 / 9)
    sum = sum * s + 1.0 / 7
    sum = sum * s + 1.0 / 5
    sum = sum * s + 1.0 / 3
    sum = sum * s + 1
    return 2 * f * sum + exponent * 0.693_147_18
  }

  /// eˣ; arguments beyond ±80 count as ±80.
  @inline(__always)
  static func exp(_ argument: Floats) -> Floats {
    var x = argument
    x.replace(with: 80, where: x .> 80)
    x.replace(with: -80, where: x .< -80)
    // Rounded to a whole number by adding 1.5 · 2²³, which leaves the number in the low bits.
    let magic = Floats(repeating: 0x1.8p23)
    let shifted = x * 1.442_695 + magic
    let whole = shifted - magic
    // ln 2 in two parts, the first of few digits: the product is exact.
    let r = (x - whole * 0.693_145_75) - whole * 1.428_606_8e-6
    var sum = Floats(repeating: 1.0 / 5_040)
    sum = sum * r + 1.0 / 720
    sum = sum * r + 1.0 / 120
    sum = sum * r + 1.0 / 24
    sum = sum * r + 1.0 / 6
    sum = sum * r + 0.5
    sum = sum * r + 1
    sum = sum * r + 1
    let power = unsafe (unsafeBitCast(shifted, to: SIMD8<UInt32>.self) &+ 127) &<< 23
    return unsafe sum * unsafeBitCast(power, to: Floats.self)
  }
}
