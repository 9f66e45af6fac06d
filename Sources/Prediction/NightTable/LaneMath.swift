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

/// Elementary functions on eight numbers, good to 1e-9: enough for magnitudes.
enum LaneMath {
  /// Natural logarithm of positive, normal numbers.
  @inline(__always)
  static func log(_ x: Lanes) -> Lanes {
    let bits = unsafe unsafeBitCast(x, to: SIMD8<UInt64>.self)
    // The exponent as a double: its bits below 2⁵², from which 2⁵² and the bias are taken.
    let raw = unsafe unsafeBitCast(
      (bits &>> 52) | SIMD8(repeating: 0x4330_0000_0000_0000), to: Lanes.self)
    var exponent = raw - Lanes(repeating: 0x1p52 + 1023)
    var mantissa = unsafe unsafeBitCast(
      (bits & SIMD8(repeating: 0x000f_ffff_ffff_ffff)) | SIMD8(repeating: 0x3ff0_0000_0000_0000),
      to: Lanes.self)
    let isHigh = mantissa .> Lanes(repeating: 1.414_213_562_373_095)
    mantissa.replace(with: mantissa * 0.5, where: isHigh)
    exponent.replace(with: exponent + 1, where: isHigh)
    // log m = 2 artanh((m − 1)/(m + 1)), argument up to 0.172.
    let f = (mantissa - 1) / (mantissa + 1)
    let s = f * f
    var sum = Lanes(repeating: 1.0 / 11)
    sum = sum * s + 1.0 / 9
    sum = sum * s + 1.0 / 7
    sum = sum * s + 1.0 / 5
    sum = sum * s + 1.0 / 3
    sum = sum * s + 1
    return 2 * f * sum + exponent * 0.693_147_180_559_945_3
  }

  /// eˣ; arguments beyond ±600 count as ±600.
  @inline(__always)
  static func exp(_ argument: Lanes) -> Lanes {
    var x = argument
    x.replace(with: 600, where: x .> 600)
    x.replace(with: -600, where: x .< -600)
    // Rounded to a whole number by adding 1.5 · 2⁵², which leaves the number in the low bits.
    let magic = Lanes(repeating: 0x1.8p52)
    let shifted = x * 1.442_695_040_888_963_4 + magic
    let whole = shifted - magic
    let r = x - whole * 0.693_147_180_559_945_3
    var sum = Lanes(repeating: 1.0 / 362_880)
    sum = sum * r + 1.0 / 40_320
    sum = sum * r + 1.0 / 5_040
    sum = sum * r + 1.0 / 720
    sum = sum * r + 1.0 / 120
    sum = sum * r + 1.0 / 24
    sum = sum * r + 1.0 / 6
    sum = sum * r + 0.5
    sum = sum * r + 1
    sum = sum * r + 1
    let power = unsafe (unsafeBitCast(shifted, to: SIMD8<UInt64>.self) &+ 1023) &<< 52
    return unsafe sum * unsafeBitCast(power, to: Lanes.self)
  }
}
