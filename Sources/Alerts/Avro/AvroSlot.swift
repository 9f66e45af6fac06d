/// What a walk found of one wanted field.
public struct AvroSlot: Sendable {
  public enum State: UInt8, Sendable {
    /// The schema lacks it, or the record around it is null.
    case absent
    case null
    case present
  }
  public internal(set) var state: State = .absent
  var kind: Kind = .other
  /// The value's bits: of a floating-point number (widened to double), an integer or boolean;
  /// the length of a string or bytes.
  var bits: UInt64 = 0
  /// Byte range in what was walked, with the union's branch number if it has one.
  public internal(set) var start = 0
  public internal(set) var end = 0

  enum Kind: UInt8 { case other, integer, floating, octets }

  public init() {}

  /// The number, from any numeric kind; nil for null and absent.
  public var double: Double? {
    switch (state, kind) {
    case (.present, .floating): Double(bitPattern: bits)
    case (.present, .integer): Double(Int64(bitPattern: bits))
    default: nil
    }
  }

  public var integer: Int64? {
    state == .present && kind == .integer ? Int64(bitPattern: bits) : nil
  }

  public var boolean: Bool? { integer.map { $0 != 0 } }

  /// The bytes of a string field, in what was walked.
  package var octets: Range<Int>? {
    state == .present && kind == .octets ? (end - Int(bits))..<end : nil
  }

  /// What a number or string is made of.
  package var isFloating: Bool { kind == .floating }

  /// The text of a string field.
  ///
  /// - Parameter bytes: what was walked.
  public func text(in bytes: UnsafeRawBufferPointer) -> String? {
    guard state == .present, kind == .octets else { return nil }
    return String(decoding: bytes[(end - Int(bits))..<end], as: UTF8.self)
  }
}
