import Foundation

/// Decimal numbers from bytes: exact (correctly rounded) and fast.
enum NumberText {
  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// A decimal number, correctly rounded; nil for anything else, also for `nan`, `inf` and hex.
  ///
  /// A mantissa below 2⁵³ with a power of ten up to 10²² needs one exact operation (Clinger 1990,
  /// doi:10.1145/93542.93557); up to 19 digits with 19 decimals need one division of 128 by 64
  /// bits; all else goes to `strtod`.
  static func double(_ text: Bytes) -> Double? {
    var i = 0
    let count = text.count
    guard count > 0 else { return nil }
    var negative = false
    if text[0] == 0x2D || text[0] == 0x2B {
      negative = text[0] == 0x2D
      i = 1
    }
    var mantissa: UInt64 = 0
    var digits = 0
    var significant = 0
    var scale = 0
    var seenPoint = false
    while i < count {
      let c = text[i]
      if c >= 0x30 && c <= 0x39 {
        digits += 1
        if significant > 0 || c != 0x30 { significant += 1 }
        if significant <= 19 { mantissa = mantissa &* 10 &+ UInt64(c &- 0x30) }
        if seenPoint { scale -= 1 }
      } else if c == 0x2E && !seenPoint {
        seenPoint = true
      } else {
        break
      }
      i += 1
    }
    guard digits > 0 else { return nil }
    if i < count {
      guard text[i] | 0x20 == 0x65, let exponent = smallInteger(text, from: i + 1) else {
        return nil
      }
      scale += exponent
    }
    if significant <= 19 && mantissa < 1 << 53 && scale >= -22 && scale <= 22 {
      let value =
        scale < 0 ? Double(mantissa) / powersOfTen[-scale] : Double(mantissa) * powersOfTen[scale]
      return negative ? -value : value
    }
    if significant <= 19 && mantissa > 0 && scale >= -19 && scale < 0 {
      let value = quotient(mantissa, integerPowersOfTen[-scale])
      return negative ? -value : value
    }
    return slowDouble(text)
  }

  private static let integerPowersOfTen: [UInt64] = (0..<20).map { exponent in
    (0..<exponent).reduce(1) { product, _ in product * 10 }
  }

  /// m / d, correctly rounded: 63 bits or more of the quotient, the last of which is set when
  /// anything remains, are rounded once.
  private static func quotient(_ m: UInt64, _ d: UInt64) -> Double {
    let mShift = m.leadingZeroBitCount
    let dShift = d.leadingZeroBitCount
    let numerator = m << UInt64(mShift)
    let (quotient, remainder) = (d << UInt64(dShift)).dividingFullWidth(
      (numerator >> 1, numerator << 63))
    let sticky = remainder == 0 ? quotient : quotient | 1
    return Double(sign: .plus, exponent: dShift - mShift - 63, significand: Double(sticky))
  }

  /// A whole number that fits; nil for anything else.
  static func int64(_ text: Bytes) -> Int64? {
    guard let first = text.first else { return nil }
    let negative = first == 0x2D
    var i = negative || first == 0x2B ? 1 : 0
    guard i < text.count else { return nil }
    var value: Int64 = 0
    while i < text.count {
      let c = text[i]
      guard c >= 0x30 && c <= 0x39 else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let digit = Int64(c &- 0x30)
      let (sum, overflowToo) =
        negative
        ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
      if overflow || overflowToo { return nil }
      value = sum
      i += 1
    }
    return value
  }

  /// A date as whole days and fraction, each correctly rounded, so that no digit of the text is
  /// lost; nil when it is not a decimal number.
  static func twoPart(_ text: Bytes) -> (day: Double, fraction: Double)? {
    guard let point = text.firstIndex(of: 0x2E), !text.contains(where: { $0 | 0x20 == 0x65 })
    else { return double(text).map { ($0, 0) } }
    let whole = Bytes(rebasing: text[..<point])
    let rest = Bytes(rebasing: text[point...])
    guard let first = text.first else { return nil }
    let negative = first == 0x2D
    let unsigned = negative || first == 0x2B ? Bytes(rebasing: whole.dropFirst()) : whole
    let day: Double
    if unsigned.isEmpty {
      day = 0
    } else {
      guard unsigned[0] != 0x2D, unsigned[0] != 0x2B, let value = double(unsigned) else {
        return nil
      }
      day = value
    }
    guard rest.count > 1 else { return unsigned.isEmpty ? nil : (negative ? -day : day, 0) }
    guard let fraction = double(rest) else { return nil }
    return negative ? (-day, -fraction) : (day, fraction)
  }

  private static func smallInteger(_ text: Bytes, from start: Int) -> Int? {
    guard let value = int64(Bytes(rebasing: text[start...])) else { return nil }
    return Int(min(max(value, -100_000), 100_000))
  }

  private static func slowDouble(_ text: Bytes) -> Double? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: text.count + 1) { copy in
      for i in 0..<text.count { copy[i] = CChar(bitPattern: text[i]) }
      copy[text.count] = 0
      guard let base = copy.baseAddress else { return nil }
      let value = strtod(base, nil)
      return value.isFinite ? value : nil
    }
  }
}
