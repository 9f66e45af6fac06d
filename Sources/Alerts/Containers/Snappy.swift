/// The Snappy block format, as Avro containers have it (github.com/google/snappy,
/// format_description.txt). Reading is complete; writing stores literals only, which every
/// reader takes, because no container that we make anew is snappy: only tagged copies are.
enum Snappy {
  /// - Throws: ``AlertsError/malformed(offset:reason:)``.
  static func expand(
    _ input: UnsafeRawBufferPointer, limit: Int
  ) throws(AlertsError) -> [UInt8] {
    var at = 0
    let size = try preamble(input, &at)
    guard size <= limit else {
      throw .malformed(offset: 0, reason: "a snappy block claims to hold \(size) bytes")
    }
    var output: [UInt8] = []
    // No element expands by more than 64 times: do not believe the preamble beyond that.
    output.reserveCapacity(min(size, input.count * 64))
    while at < input.count {
      let tag = input[at]
      let start = at
      at += 1
      if tag & 3 == 0 {
        var length = Int(tag >> 2)
        if length >= 60 { length = try number(input, &at, bytes: length - 59) }
        length += 1
        guard length <= input.count - at, output.count + length <= size else {
          throw damaged(start)
        }
        output += UnsafeRawBufferPointer(rebasing: input[at..<(at + length)])
        at += length
      } else {
        let length: Int
        let distance: Int
        switch tag & 3 {
        case 1:
          length = 4 + Int(tag >> 2 & 7)
          distance = Int(tag >> 5) << 8 | (try number(input, &at, bytes: 1))
        case 2:
          length = 1 + Int(tag >> 2)
          distance = try number(input, &at, bytes: 2)
        default:
          length = 1 + Int(tag >> 2)
          distance = try number(input, &at, bytes: 4)
        }
        guard distance > 0, distance <= output.count, output.count + length <= size else {
          throw damaged(start)
        }
        // Source and target may overlap: byte by byte is the meaning.
        for _ in 0..<length { output.append(output[output.count - distance]) }
      }
    }
    guard output.count == size else { throw damaged(input.count) }
    return output
  }

  /// The bytes as literals.
  static func store(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + bytes.count / 65_536 * 3 + 16)
    var rest = bytes.count
    while rest >= 0x80 {
      output.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    output.append(UInt8(rest))
    var at = 0
    while at < bytes.count {
      let length = min(65_536, bytes.count - at)
      output += [61 << 2, UInt8((length - 1) & 0xff), UInt8((length - 1) >> 8)]
      output += bytes[at..<(at + length)]
      at += length
    }
    return output
  }

  private static func preamble(
    _ input: UnsafeRawBufferPointer, _ at: inout Int
  ) throws(AlertsError) -> Int {
    var size = 0
    for shift in stride(from: 0, through: 28, by: 7) {
      guard at < input.count else { throw damaged(at) }
      let byte = input[at]
      at += 1
      size |= Int(byte & 0x7f) << shift
      if byte < 0x80 { return size }
    }
    throw damaged(0)
  }

  /// A little-endian number.
  private static func number(
    _ input: UnsafeRawBufferPointer, _ at: inout Int, bytes: Int
  ) throws(AlertsError) -> Int {
    guard bytes <= input.count - at else { throw damaged(at) }
    var value = 0
    for index in 0..<bytes { value |= Int(input[at + index]) << (8 * index) }
    at += bytes
    return value
  }

  private static func damaged(_ offset: Int) -> AlertsError {
    .malformed(offset: offset, reason: "the snappy-compressed data are damaged or cut short")
  }
}
