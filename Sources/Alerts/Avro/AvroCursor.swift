/// Why bytes could not be read: small, so that throwing it costs nothing on the way that works.
struct AvroFault: Error {
  enum Reason: UInt8 {
    case truncated, varintTooLong, negativeLength, unionBranch, enumSymbol, boolean
    case intOutOfRange, tooDeep, tooManyItems, blockSize
  }
  let reason: Reason
  let offset: Int

  var text: String {
    switch reason {
    case .truncated: "the data ends inside a value"
    case .varintTooLong: "a variable-length integer has more than 10 bytes or 64 bits"
    case .negativeLength: "a length is negative"
    case .unionBranch: "a union names a branch that the schema does not have"
    case .enumSymbol: "an enum names a symbol that the schema does not have"
    case .boolean: "a boolean is neither 0 nor 1"
    case .intOutOfRange: "an int does not fit 32 bits"
    case .tooDeep: "values are nested too deep"
    case .tooManyItems: "an array or map announces more items than its bytes can hold"
    case .blockSize: "an array or map block is not as long as it says"
    }
  }

  var alertsError: AlertsError {
    .malformed(offset: offset, reason: text + "; was it written with another schema?")
  }
}

/// Reads Avro's binary primitives from memory, every read checked against the end.
///
/// The memory must outlive the cursor: cursors live inside a `withUnsafeBytes`.
struct AvroCursor {
  let base: UnsafeRawPointer
  let end: Int
  var offset: Int

  /// Nil for no bytes at all, which can't be any record of ours.
  init?(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0) {
    guard let base = bytes.baseAddress, offset >= 0, offset <= bytes.count else { return nil }
    self.base = base
    self.end = bytes.count
    self.offset = offset
  }

  @inline(__always)
  var remaining: Int { end &- offset }

  @inline(__always)
  func fault(_ reason: AvroFault.Reason) -> AvroFault {
    AvroFault(reason: reason, offset: offset)
  }

  @inline(__always)
  mutating func skip(_ count: Int) throws(AvroFault) {
    guard count <= remaining else { throw fault(.truncated) }
    offset &+= count
  }

  @inline(__always)
  mutating func byte() throws(AvroFault) -> UInt8 {
    guard offset < end else { throw fault(.truncated) }
    let value = base.load(fromByteOffset: offset, as: UInt8.self)
    offset &+= 1
    return value
  }

  /// A zig-zag variable-length integer.
  @inline(__always)
  mutating func long() throws(AvroFault) -> Int64 {
    if offset < end {
      let first = base.load(fromByteOffset: offset, as: UInt8.self)
      if first < 0x80 {
        offset &+= 1
        return Int64(first >> 1) ^ -Int64(first & 1)
      }
    }
    return try longSlow()
  }

  private mutating func longSlow() throws(AvroFault) -> Int64 {
    let start = offset
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      if shift == 63, next > 1 {
        offset = start
        throw fault(.varintTooLong)
      }
      value |= UInt64(next & 0x7f) &<< shift
      if next < 0x80 { break }
      shift &+= 7
    }
    return Int64(bitPattern: value &>> 1) ^ -Int64(bitPattern: value & 1)
  }

  mutating func int() throws(AvroFault) -> Int32 {
    let start = offset
    guard let value = Int32(exactly: try long()) else {
      offset = start
      throw fault(.intOutOfRange)
    }
    return value
  }

  /// A length: what follows it is known to be there.
  @inline(__always)
  mutating func length() throws(AvroFault) -> Int {
    let start = offset
    let value = try long()
    if value < 0 || value > Int64(remaining) {
      offset = start
      throw fault(value < 0 ? .negativeLength : .truncated)
    }
    return Int(truncatingIfNeeded: value)
  }

  mutating func boolean() throws(AvroFault) -> Bool {
    let value = try byte()
    guard value <= 1 else {
      offset &-= 1
      throw fault(.boolean)
    }
    return value == 1
  }

  @inline(__always)
  mutating func float() throws(AvroFault) -> Float {
    guard remaining >= 4 else { throw fault(.truncated) }
    let bits = base.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
    offset &+= 4
    return Float(bitPattern: UInt32(littleEndian: bits))
  }

  @inline(__always)
  mutating func double() throws(AvroFault) -> Double {
    guard remaining >= 8 else { throw fault(.truncated) }
    let bits = base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    offset &+= 8
    return Double(bitPattern: UInt64(littleEndian: bits))
  }

  mutating func octets() throws(AvroFault) -> UnsafeRawBufferPointer {
    let count = try length()
    let view = UnsafeRawBufferPointer(start: base + offset, count: count)
    offset &+= count
    return view
  }

  /// The head of an array's or map's block: its item count, 0 at the end. A negative count, which
  /// is followed by the block's size in bytes, comes back positive with that size.
  @inline(__always)
  mutating func block() throws(AvroFault) -> (count: Int, bytes: Int?) {
    let start = offset
    let count = try long()
    if count >= 0 {
      return (Int(truncatingIfNeeded: count), nil)
    }
    guard count > Int64.min else {
      offset = start
      throw fault(.tooManyItems)
    }
    let bytes = try length()
    return (Int(truncatingIfNeeded: -count), bytes)
  }
}
