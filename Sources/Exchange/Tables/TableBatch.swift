/// Some rows of a table, column by column in flat arrays.
public struct TableBatch: Sendable {
  public var columns: [ColumnValues]

  public init(_ columns: [TableColumn]) { self.columns = columns.map { ColumnValues($0.kind) } }

  public var rowCount: Int { columns.first?.count ?? 0 }

  public mutating func removeAll() {
    for i in columns.indices { columns[i].removeAll() }
  }
}

/// The values of one column. A null takes a place (zero, or an empty text) like any other.
public struct ColumnValues: Sendable {
  public let kind: TableColumn.Kind
  /// Of whole numbers and truth values (0, 1).
  public private(set) var integers: [Int64] = []
  public private(set) var doubles: [Double] = []
  /// Of text (UTF-8) and bytes: value i is `bytes[ends[i - 1]..<ends[i]]`.
  public private(set) var bytes: [UInt8] = []
  public private(set) var ends: [Int] = []
  /// False where the value is null.
  public private(set) var present: [Bool] = []
  public private(set) var nullCount = 0

  public init(_ kind: TableColumn.Kind) { self.kind = kind }

  public var count: Int { present.count }

  /// The bytes of value `index` of a text or bytes column.
  public func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

  public func text(_ index: Int) -> String {
    String(decoding: bytes[range(index)], as: UTF8.self)
  }

  public mutating func append(_ value: Int64) {
    integers.append(value)
    present.append(true)
  }

  public mutating func append(_ value: Double) {
    doubles.append(value)
    present.append(true)
  }

  public mutating func append(bytes value: UnsafeRawBufferPointer) {
    bytes.append(contentsOf: value)
    ends.append(bytes.count)
    present.append(true)
  }

  public mutating func append(_ value: String) {
    bytes.append(contentsOf: value.utf8)
    ends.append(bytes.count)
    present.append(true)
  }

  public mutating func appendNull() {
    switch kind {
    case .float64: doubles.append(0)
    case .text, .bytes: ends.append(bytes.count)
    case .boolean, .int16, .int32, .int64: integers.append(0)
    }
    present.append(false)
    nullCount += 1
  }

  /// Makes room for so many values.
  public mutating func reserve(_ count: Int) {
    present.reserveCapacity(count)
    switch kind {
    case .float64: doubles.reserveCapacity(count)
    case .text, .bytes: ends.reserveCapacity(count)
    case .boolean, .int16, .int32, .int64: integers.reserveCapacity(count)
    }
  }

  public mutating func removeAll() {
    integers.removeAll(keepingCapacity: true)
    doubles.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    present.removeAll(keepingCapacity: true)
    nullCount = 0
  }
}

extension ColumnValues {
  public mutating func append(_ value: Double?) {
    if let value, value.isFinite { append(value) } else { appendNull() }
  }

  public mutating func append(_ value: Int?) {
    if let value { append(Int64(value)) } else { appendNull() }
  }

  public mutating func append(_ value: Bool?) {
    if let value { append(Int64(value ? 1 : 0)) } else { appendNull() }
  }

  public mutating func append(_ value: String?) {
    if let value { append(value) } else { appendNull() }
  }
}

extension TableBatch {
  /// Adds the rows of a batch with the same columns.
  public mutating func append(_ other: TableBatch) {
    for i in columns.indices { columns[i].append(other.columns[i]) }
  }
}

extension ColumnValues {
  mutating func append(_ other: ColumnValues) {
    let start = bytes.count
    integers += other.integers
    doubles += other.doubles
    bytes += other.bytes
    ends += other.ends.map { start + $0 }
    present += other.present
    nullCount += other.nullCount
  }
}
