/// Structures in Thrift's compact protocol, which Parquet's metadata is written in.
///
/// Fields must be added in ascending order of their numbers.
/// https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
struct ThriftCompact {
  private(set) var bytes: [UInt8] = []
  /// Number of the last field of each open structure.
  private var last: [Int] = [0]

  private enum Kind: UInt8 {
    case yes = 1
    case no = 2
    case i8 = 3
    case i32 = 5
    case i64 = 6
    case binary = 8
    case list = 9
    case structure = 12
  }

  mutating func add(_ field: Int, i8 value: Int8) {
    header(field, .i8)
    bytes.append(UInt8(bitPattern: value))
  }

  mutating func add(_ field: Int, i32 value: Int) {
    header(field, .i32)
    zigzag(value)
  }

  mutating func add(_ field: Int, i64 value: Int) {
    header(field, .i64)
    zigzag(value)
  }

  mutating func add(_ field: Int, _ value: Bool) { header(field, value ? .yes : .no) }

  mutating func add(_ field: Int, _ value: String) { add(field, binary: Array(value.utf8)) }

  mutating func add(_ field: Int, binary value: [UInt8]) {
    header(field, .binary)
    varint(value.count)
    bytes += value
  }

  mutating func add(_ field: Int, _ body: (inout ThriftCompact) -> Void) {
    header(field, .structure)
    structure(body)
  }

  mutating func add(_ field: Int, i32List values: [Int]) {
    header(field, .list)
    list(values.count, .i32)
    for value in values { zigzag(value) }
  }

  mutating func add(_ field: Int, textList values: [String]) {
    header(field, .list)
    list(values.count, .binary)
    for value in values {
      varint(value.utf8.count)
      bytes += value.utf8
    }
  }

  mutating func add<Element>(
    _ field: Int, structures values: [Element], _ body: (inout ThriftCompact, Element) -> Void
  ) {
    header(field, .list)
    list(values.count, .structure)
    for value in values { structure { body(&$0, value) } }
  }

  /// Ends the outermost structure.
  mutating func end() { bytes.append(0) }

  private mutating func structure(_ body: (inout ThriftCompact) -> Void) {
    last.append(0)
    body(&self)
    bytes.append(0)
    last.removeLast()
  }

  private mutating func header(_ field: Int, _ kind: Kind) {
    let delta = field - last[last.count - 1]
    if (1...15).contains(delta) {
      bytes.append(UInt8(delta) << 4 | kind.rawValue)
    } else {
      bytes.append(kind.rawValue)
      zigzag(field)
    }
    last[last.count - 1] = field
  }

  private mutating func list(_ count: Int, _ kind: Kind) {
    if count < 15 {
      bytes.append(UInt8(count) << 4 | kind.rawValue)
    } else {
      bytes.append(0xF0 | kind.rawValue)
      varint(count)
    }
  }

  private mutating func zigzag(_ value: Int) {
    Varint.add(UInt64(bitPattern: Int64(value << 1 ^ value >> 63)), to: &bytes)
  }

  private mutating func varint(_ value: Int) { Varint.add(UInt64(value), to: &bytes) }
}

/// Unsigned numbers in groups of seven bits, the lowest first.
enum Varint {
  static func add(_ value: UInt64, to out: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      out.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    out.append(UInt8(rest))
  }
}
