/// One column of one row group, encoded: a dictionary page where few values come again and again,
/// and one data page (version 1).
struct ParquetColumnChunk: Sendable {
  /// Thrift's numbers of what we use.
  enum Physical: Int {
    case boolean = 0
    case int32 = 1
    case int64 = 2
    case double = 5
    case byteArray = 6

    init(_ kind: TableColumn.Kind) {
      switch kind {
      case .boolean: self = .boolean
      case .int16, .int32: self = .int32
      case .int64: self = .int64
      case .float64: self = .double
      case .text, .bytes: self = .byteArray
      }
    }
  }

  private(set) var bytes: [UInt8] = []
  private(set) var dictionaryLength = 0
  private(set) var uncompressedLength = 0
  private(set) var hasDictionary = false
  let valueCount: Int
  let nullCount: Int
  /// Smallest and largest value as PLAIN bytes, for numbers.
  private(set) var bounds: (lowest: [UInt8], highest: [UInt8])?

  init(
    _ values: ColumnValues, _ column: TableColumn, compressed: Bool
  ) throws(ExchangeError) {
    valueCount = values.count
    nullCount = values.nullCount
    bounds = Self.bounds(of: values)
    var body: [UInt8] = []
    if column.isNullable { Self.addLevels(values, to: &body) }
    if let dictionary = ParquetDictionary(values) {
      hasDictionary = true
      try addPage(dictionary.plain, compressed) { header in
        header.add(7) {
          $0.add(1, i32: dictionary.count)
          $0.add(2, i32: Encoding.plain)
        }
      }
      dictionaryLength = bytes.count
      let width = max(1, Int.bitWidth - (dictionary.count - 1).leadingZeroBitCount)
      body.append(UInt8(width))
      RunLengths.encode(dictionary.indices, width: width, into: &body)
    } else {
      Self.addPlain(values, to: &body)
    }
    let encoding = hasDictionary ? Encoding.dictionary : Encoding.plain
    try addPage(body, compressed) { header in
      header.add(5) {
        $0.add(1, i32: values.count)
        $0.add(2, i32: encoding)
        $0.add(3, i32: Encoding.runLengths)
        $0.add(4, i32: Encoding.runLengths)
      }
    }
  }

  /// What the footer needs; the bytes themselves were written.
  var withoutBytes: ParquetColumnChunk {
    var copy = self
    copy.bytes = []
    return copy
  }

  /// Thrift's numbers of encodings.
  enum Encoding {
    static let plain = 0
    static let runLengths = 3
    static let dictionary = 8
  }

  private mutating func addPage(
    _ body: [UInt8], _ compressed: Bool, _ details: (inout ThriftCompact) -> Void
  ) throws(ExchangeError) {
    let stored = compressed ? try GzipCompressor.compress(body) : body
    let isDictionary = hasDictionary && bytes.isEmpty
    var header = ThriftCompact()
    header.add(1, i32: isDictionary ? 2 : 0)
    header.add(2, i32: body.count)
    header.add(3, i32: stored.count)
    details(&header)
    header.end()
    uncompressedLength += header.bytes.count + body.count
    bytes += header.bytes
    bytes += stored
  }

  /// 1 where there is a value, 0 for a null, with their length before them.
  private static func addLevels(_ values: ColumnValues, to out: inout [UInt8]) {
    var levels: [UInt8] = []
    RunLengths.encode(values.present.map { $0 ? 1 : 0 }, width: 1, into: &levels)
    LittleEndian.add(UInt32(levels.count), to: &out)
    out += levels
  }

  private static func addPlain(_ values: ColumnValues, to out: inout [UInt8]) {
    out.reserveCapacity(out.count + values.count * 8 + values.bytes.count)
    if values.kind == .boolean {
      addBits(values, to: &out)
      return
    }
    for i in 0..<values.count where values.present[i] { addPlain(values, i, to: &out) }
  }

  /// One value of any kind but boolean.
  @inline(__always)
  static func addPlain(_ values: ColumnValues, _ index: Int, to out: inout [UInt8]) {
    switch Physical(values.kind) {
    case .double: LittleEndian.add(values.doubles[index], to: &out)
    case .int64: LittleEndian.add(values.integers[index], to: &out)
    case .int32, .boolean:
      LittleEndian.add(Int32(truncatingIfNeeded: values.integers[index]), to: &out)
    case .byteArray:
      let range = values.range(index)
      LittleEndian.add(UInt32(range.count), to: &out)
      out.append(contentsOf: values.bytes[range])
    }
  }

  private static func addBits(_ values: ColumnValues, to out: inout [UInt8]) {
    var byte: UInt8 = 0
    var bits = 0
    for i in 0..<values.count where values.present[i] {
      if values.integers[i] != 0 { byte |= 1 << UInt8(bits) }
      bits += 1
      if bits == 8 {
        out.append(byte)
        (byte, bits) = (0, 0)
      }
    }
    if bits > 0 { out.append(byte) }
  }

  private static func bounds(of values: ColumnValues) -> (lowest: [UInt8], highest: [UInt8])? {
    guard values.nullCount < values.count, values.kind != .boolean else { return nil }
    switch Physical(values.kind) {
    case .byteArray, .boolean: return nil
    case .double:
      var (low, high) = (Double.infinity, -Double.infinity)
      for i in 0..<values.count where values.present[i] {
        low = min(low, values.doubles[i])
        high = max(high, values.doubles[i])
      }
      // Readers may order the two zeros either way.
      return (plain(low == 0 ? -0.0 : low), plain(high == 0 ? 0.0 : high))
    case .int32, .int64:
      var (low, high) = (Int64.max, Int64.min)
      for i in 0..<values.count where values.present[i] {
        low = min(low, values.integers[i])
        high = max(high, values.integers[i])
      }
      let isLong = values.kind == .int64
      func bytes(_ value: Int64) -> [UInt8] {
        var out: [UInt8] = []
        if isLong {
          LittleEndian.add(value, to: &out)
        } else {
          LittleEndian.add(Int32(truncatingIfNeeded: value), to: &out)
        }
        return out
      }
      return (bytes(low), bytes(high))
    }
  }

  private static func plain(_ value: Double) -> [UInt8] {
    var out: [UInt8] = []
    LittleEndian.add(value, to: &out)
    return out
  }
}
