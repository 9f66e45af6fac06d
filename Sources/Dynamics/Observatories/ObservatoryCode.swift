/// An MPC observatory code: three (some day four) ASCII letters and digits, e.g. `X05`.
@frozen
public struct ObservatoryCode: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The ASCII bytes, big-endian, as one number.
  public let packed: UInt32

  /// Nil unless the text is three or four ASCII letters or digits. Whether the code is known is
  /// for ``Observatories`` to say.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard (3...4).contains(bytes.count) else { return nil }
    var value: UInt32 = 0
    for byte in bytes {
      guard
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
          || (0x61...0x7A).contains(byte)
      else { return nil }
      value = value << 8 | UInt32(byte)
    }
    packed = value
  }

  /// The Vera C. Rubin Observatory.
  public static let rubin = ObservatoryCode(packed: 0x58_3035)

  private init(packed: UInt32) { self.packed = packed }

  public var description: String {
    let bytes = (0..<4).map { UInt8(truncatingIfNeeded: packed >> (24 - 8 * $0)) }
    return String(decoding: bytes.drop { $0 == 0 }, as: UTF8.self)
  }

  public static func < (a: ObservatoryCode, b: ObservatoryCode) -> Bool { a.packed < b.packed }
}
