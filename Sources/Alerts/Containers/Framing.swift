/// Messages as they stand on the wire.
public enum Framing {
  /// Bytes before a Confluent message's body: a zero and the schema id, big-endian.
  public static let confluentHeaderLength = 5

  /// A body as a Confluent message: `00`, schema id, body.
  package static func confluent(schemaID: UInt32, body: some Collection<UInt8>) -> [UInt8] {
    [0] + bigEndian(schemaID) + body
  }

  /// A message of a stream file: its length (4 bytes, big-endian) before it.
  ///
  /// - Throws: ``AlertsError/encoding(field:reason:)`` for messages of 4 GiB and more.
  package static func lengthPrefixed(_ message: [UInt8]) throws(AlertsError) -> [UInt8] {
    try lengthPrefix(message.count) + message
  }

  static func lengthPrefix(_ count: Int) throws(AlertsError) -> [UInt8] {
    guard let length = UInt32(exactly: count) else {
      throw .encoding(field: "message", reason: "has \(count) bytes, 4 GiB is the limit")
    }
    return bigEndian(length)
  }

  static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// A big-endian number at an offset that is known to have four bytes.
  static func bigEndian(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt32 {
    UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  /// Where the messages of a length-prefixed stream lie, and where it stops making sense.
  static func messages(
    _ bytes: UnsafeRawBufferPointer, of mapping: FileMapping? = nil
  ) -> (messages: [Range<Int>], fault: ObjectContainer.Fault?) {
    var messages: [Range<Int>] = []
    var sweep = PageSweep(mapping)
    var at = 0
    while at < bytes.count {
      sweep.pass(at)
      guard bytes.count - at >= 4 else {
        return (messages, .init(offset: at, reason: "the file ends inside a message's length"))
      }
      let length = Int(bigEndian(bytes, at: at))
      guard length > 0, length <= bytes.count - at - 4 else {
        return (
          messages,
          .init(
            offset: at,
            reason: "a message of \(length) bytes should follow, \(bytes.count - at - 4) bytes do; "
              + "the file is cut short or is not a stream of length-prefixed messages")
        )
      }
      messages.append((at + 4)..<(at + 4 + length))
      at += 4 + length
    }
    return (messages, nil)
  }
}
