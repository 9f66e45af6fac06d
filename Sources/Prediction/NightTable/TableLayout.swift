import Astro

// The file of a night's table, little-endian throughout:
//
//   header | blocks | covariances | nodes | object ids | stamps | ended orbits | laws
//
// Each section begins at a multiple of 64 bytes. A *piece* is one object's motion over the whole
// night or, for a fast one near the Earth, over a half, quarter … of it. Eight pieces that are
// neighbours on the sky make a *block*, number after number in lanes of eight.

/// Offsets inside a block [bytes].
enum BlockLayout {
  /// r(x) = Σ cₖ xᵏ, x from −1 to 1 over the piece: barycentric ICRF [au]. c₀ and c₁ are doubles,
  /// three axes of eight lanes; c₂, c₃ and c₄, thousands of times smaller, floats.
  static let c0 = 0
  static let c1 = 192
  static let higher = 384
  /// Absolute magnitude, float, NaN where there is none; slope G in units of 1e-4, Int16. Where
  /// the slope is ``otherLaw`` the float's bits are the index of the law instead.
  static let magnitude = 672
  static let slope = 736
  static let otherLaw = Int16.min
  /// Index of the object, UInt32.
  static let object = 704
  /// Which part of the night, UInt16: ``PieceSpan``.
  static let span = 752
  /// Widest standard deviation on the sky, UInt8: ``SigmaCode``.
  static let sigma = 768
  /// Index of the block's first covariance, UInt32; UInt8 of lanes that have one; of lanes in use.
  static let firstCovariance = 776
  static let covarianceMask = 780
  static let laneMask = 781
  /// Of all before and the block's covariances.
  static let checksum = 784
  static let size = 792
}

/// The header [bytes].
enum TableHeader {
  static let size = 256
  /// `ECLNIGHT`.
  static let magic: UInt64 = 0x5448_4749_4e4c_4345
  static let version: UInt32 = 1
  static let byteOrder: UInt32 = 0x0102_0304

  static let magicAt = 0
  static let versionAt = 8
  static let byteOrderAt = 12
  static let fileSizeAt = 16
  static let headerChecksumAt = 24
  static let indexChecksumAt = 32
  static let startDayAt = 40
  static let startFractionAt = 48
  static let daysAt = 56
  static let objectCountAt = 64
  static let pieceCountAt = 68
  static let blockCountAt = 72
  static let covarianceCountAt = 76
  static let endedCountAt = 80
  static let fingerprintAt = 88
  static let lawCountAt = 96
}

/// 21 floats: the lower triangle, by rows, of L with L Lᵀ the covariance of (x, y, z, vx, vy, vz)
/// in the middle of the piece [au, au/d].
enum CovarianceLayout {
  static let count = 21
  static let size = 4 * count
}

/// Eight sky caps side by side: centre x, y, z, cosine and sine of the radius, floats of eight
/// lanes. A cap that holds everything has −4 and 0 for them.
enum NodeLayout {
  static let size = 5 * 32
}

/// One orbit that ends before or within the night: 17 numbers of 8 bytes.
enum EndedLayout {
  static let size = 136
}

/// A brightness law other than H, G: its kind and three parameters, 8 bytes each.
enum LawLayout {
  static let size = 32
}

/// Part of a night, as a heap index: 1 the whole, 2 and 3 its halves, 4 … 7 its quarters.
struct PieceSpan: Hashable {
  let code: UInt16

  static let whole = PieceSpan(code: 1)
  /// Pieces are not cut shorter than 1/4096 of the night, 21 s.
  static let deepest = 12

  var level: Int { 15 - code.leadingZeroBitCount }
  var halves: (PieceSpan, PieceSpan) {
    (PieceSpan(code: code << 1), PieceSpan(code: code << 1 | 1))
  }

  /// Middle and half length in units of the night.
  @inline(__always)
  var middleAndHalf: (middle: Double, half: Double) {
    let length = 1 / Double(1 << level)
    let index = Double(Int(code) - 1 << level)
    return ((index + 0.5) * length, 0.5 * length)
  }
}

/// Standard deviations on the sky in one byte, rounded up by at most 9 %: 1e-9 rad … 2 rad; 0 for
/// none.
enum SigmaCode {
  private static let least = 1e-9
  private static let factor = 1.09

  static func code(_ sigmaRad: Double) -> UInt8 {
    guard sigmaRad > 0 else { return 0 }
    guard sigmaRad.isFinite else { return 255 }
    return UInt8(table.firstIndex { Double($0) >= sigmaRad } ?? 255)
  }

  /// [rad]; of the last code: all of the sky.
  static let table: [Float] = (0..<256).map { code in
    guard code > 0, code < 255 else { return code == 0 ? 0 : 4 }
    var value = least
    for _ in 1..<code { value *= factor }
    return Float(value)
  }
}
