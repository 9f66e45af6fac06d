/// The rows that filters read, column by column in flat memory: 9 bytes a value, texts apart.
///
/// A class, because SQLite reads its memory where it lies.
public final class VisitTable: Sendable {
  public let name: String
  public let columns: [FilterColumn]
  public let rowCount: Int
  /// The rows by the integers of the key column; of several alike the first counts.
  private let rows: [Int64: Int]
  private let keyColumn: Int?

  /// What filters may read.
  static let names = ["alerts", "candidates", "missing"]
  private let textCount: Int
  /// What the virtual table reads: the value of column c in row r has index c × rowCount + r; a
  /// number's bits, a text's place in `texts`: start × 2³² + length. Written in `init` alone.
  nonisolated(unsafe) let source: UnsafePointer<VisitModule.Source>

  /// - Parameters:
  ///   - key: the column whose integers name the rows.
  ///   - parts: rows, each part with the same columns.
  ///   - order: the row of each of the table's rows among them; nil: as they come.
  package init(
    name: String, columns: [FilterColumn], key: String, parts: [VisitRows],
    order: [(part: Int, row: Int)]? = nil
  ) {
    self.name = name
    self.columns = columns
    let order =
      order
      ?? parts.indices.flatMap { part in (0..<parts[part].rowCount).map { (part, $0) } }
    rowCount = order.count
    let kinds = UnsafeMutablePointer<UInt8>.allocate(capacity: order.count * columns.count + 1)
    let bits = UnsafeMutablePointer<UInt64>.allocate(capacity: order.count * columns.count + 1)
    textCount = parts.reduce(0) { $0 + $1.texts.count }
    let texts = UnsafeMutablePointer<UInt8>.allocate(capacity: textCount + 1)
    var starts: [Int] = []
    var end = 0
    for part in parts {
      starts.append(end)
      part.texts.withUnsafeBufferPointer { source in
        if let base = source.baseAddress {
          (texts + end).initialize(from: base, count: source.count)
        }
      }
      end += part.texts.count
    }
    for column in columns.indices {
      for (row, place) in order.enumerated() {
        let cell = parts[place.part].cells[place.row * columns.count + column]
        let index = column * order.count + row
        (kinds + index).initialize(to: cell.kind.rawValue)
        let start = cell.kind == .text ? UInt64(starts[place.part]) << 32 : 0
        (bits + index).initialize(to: cell.bits + start)
      }
    }
    let text = "CREATE TABLE x(\(columns.map { "\"\($0.name)\"" }.joined(separator: ",")))"
    let declaration = UnsafeMutablePointer<CChar>.allocate(capacity: text.utf8.count + 1)
    for (index, byte) in text.utf8CString.enumerated() {
      (declaration + index).initialize(to: byte)
    }
    let source = UnsafeMutablePointer<VisitModule.Source>.allocate(capacity: 1)
    source.initialize(
      to: VisitModule.Source(
        declaration: declaration, rowCount: order.count, kinds: kinds, bits: bits, texts: texts))
    self.source = UnsafePointer(source)
    var rows: [Int64: Int] = [:]
    var groups = 0
    keyColumn = columns.firstIndex { $0.name == key }
    if let keyColumn {
      rows.reserveCapacity(order.count)
      var last: Int64?
      for row in order.indices.reversed() {
        let index = keyColumn * order.count + row
        let isKey = kinds[index] == Cell.Kind.integer.rawValue
        let value = isKey ? Int64(bitPattern: bits[index]) : nil
        if let value {
          rows[value] = row
          if value != last { groups += 1 }
        }
        last = value
      }
    }
    self.rows = rows
    // Rows with the same key must be neighbours to be found by it.
    guard let keyColumn, groups == rows.count else { return }
    source.pointee.keyColumn = Int32(keyColumn)
    source.pointee.table = Unmanaged.passUnretained(self)
  }

  deinit {
    source.pointee.kinds.deallocate()
    source.pointee.bits.deallocate()
    source.pointee.texts.deallocate()
    source.pointee.declaration.deallocate()
    source.deallocate()
  }

  /// Index of a column.
  package func column(_ name: String) -> Int? { columns.firstIndex { $0.name == name } }

  func row(ofKey key: Int64) -> Int? { rows[key] }

  /// The key of each row that has one, in the rows' order.
  var keys: [Int64] {
    guard let keyColumn else { return [] }
    return (0..<rowCount).compactMap { row in
      let index = keyColumn * rowCount + row
      guard source.pointee.kinds[index] == Cell.Kind.integer.rawValue else { return nil }
      return Int64(bitPattern: source.pointee.bits[index])
    }
  }

  /// All neighbours with a key.
  func rows(ofKey key: Int64) -> Range<Int> {
    guard let first = rows[key], let keyColumn else { return 0..<0 }
    let base = keyColumn * rowCount
    var end = first
    while end < rowCount, source.pointee.kinds[base + end] == Cell.Kind.integer.rawValue,
      Int64(bitPattern: source.pointee.bits[base + end]) == key
    { end += 1 }
    return first..<end
  }

  package func value(row: Int, column: Int) -> FilterValue {
    precondition(row >= 0 && row < rowCount && columns.indices.contains(column))
    let index = column * rowCount + row
    let bits = source.pointee.bits[index]
    switch Cell.Kind(rawValue: source.pointee.kinds[index]) ?? .null {
    case .null: return .null
    case .integer: return .integer(Int64(bitPattern: bits))
    case .real: return .real(Double(bitPattern: bits))
    case .text:
      let bytes = UnsafeBufferPointer(
        start: source.pointee.texts + Int(bits >> 32), count: Int(bits & 0xFFFF_FFFF))
      return .text(String(decoding: bytes, as: UTF8.self))
    }
  }

  /// The kinds of some columns' values, column by column, then the values' bits.
  func bytes(of range: Range<Int>) -> [UInt8] {
    let (first, count) = (range.lowerBound * rowCount, range.count * rowCount)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count * 9)
    bytes += UnsafeBufferPointer(start: source.pointee.kinds + first, count: count)
    bytes += UnsafeRawBufferPointer(
      UnsafeBufferPointer(start: source.pointee.bits + first, count: count))
    return bytes
  }

  /// All texts.
  var textBytes: [UInt8] {
    Array(UnsafeBufferPointer(start: source.pointee.texts, count: textCount))
  }

  /// One value while a table is made.
  struct Cell {
    enum Kind: UInt8 { case null, integer, real, text }
    var kind: Kind = .null
    var bits: UInt64 = 0
  }
}

/// A value of a filter's answer.
public enum FilterValue: Sendable, Hashable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
}

/// Some rows of a table while it is made, row by row.
package struct VisitRows: Sendable {
  private(set) var cells: [VisitTable.Cell] = []
  private(set) var texts: [UInt8] = []
  /// Longer texts are null [bytes].
  static let longestText = 20_000
  private let columnCount: Int
  private var row = 0
  package private(set) var rowCount = 0

  package init(columnCount: Int) { self.columnCount = columnCount }

  /// Rows of nulls, to be filled column by column.
  init(columnCount: Int, rowCount: Int) {
    self.columnCount = columnCount
    self.rowCount = rowCount
    cells = Array(repeating: VisitTable.Cell(), count: columnCount * rowCount)
  }

  /// The integer of a value; nil: it is none.
  func integer(row: Int, _ column: Int) -> Int64? {
    let cell = cells[row * columnCount + column]
    return cell.kind == .integer ? Int64(bitPattern: cell.bits) : nil
  }

  /// Fills a column from what ``VisitTable/bytes(of:)`` gave.
  ///
  /// - Parameters:
  ///   - index: the column's among those in the bytes, of `count`.
  /// - Returns: false: a value's kind is none.
  mutating func adopt(_ column: Int, _ bytes: [UInt8], _ index: Int, of count: Int) -> Bool {
    let values = rowCount * count
    return bytes.withUnsafeBytes { bytes in
      for row in 0..<rowCount {
        let place = index * rowCount + row
        guard let kind = VisitTable.Cell.Kind(rawValue: bytes[place]) else { return false }
        cells[row * columnCount + column] = VisitTable.Cell(
          kind: kind,
          bits: bytes.loadUnaligned(fromByteOffset: values + place * 8, as: UInt64.self))
      }
      return true
    }
  }

  /// Takes the texts that the cells speak of.
  ///
  /// - Returns: false: a cell speaks of what is not there.
  mutating func adopt(texts: [UInt8]) -> Bool {
    self.texts = texts
    return cells.allSatisfy { cell in
      cell.kind != .text
        || (cell.bits >> 32) + (cell.bits & 0xFFFF_FFFF) <= UInt64(texts.count)
    }
  }

  package mutating func addRow() {
    row = cells.count
    cells.append(contentsOf: repeatElement(VisitTable.Cell(), count: columnCount))
    rowCount += 1
  }

  package mutating func set(_ column: Int, integer value: Int64) {
    cells[row + column] = VisitTable.Cell(kind: .integer, bits: UInt64(bitPattern: value))
  }

  /// NaN and infinity, which SQL can't hold, are null.
  package mutating func set(_ column: Int, real value: Double?) {
    guard let value, value.isFinite else { return cells[row + column] = VisitTable.Cell() }
    cells[row + column] = VisitTable.Cell(kind: .real, bits: value.bitPattern)
  }

  package mutating func set(_ column: Int, text value: some Sequence<UInt8>) {
    let start = texts.count
    texts.append(contentsOf: value)
    // A text that no filter could read would end every filter that asks for it; it is left out, and
    // what would not fit into a table's 4 GB too.
    guard texts.count - start <= Self.longestText, texts.count < Int(UInt32.max) else {
      texts.removeLast(texts.count - start)
      return cells[row + column] = VisitTable.Cell()
    }
    cells[row + column] = VisitTable.Cell(
      kind: .text, bits: UInt64(start) << 32 + UInt64(texts.count - start))
  }

  package mutating func set(_ column: Int, _ value: FilterValue) {
    switch value {
    case .null: cells[row + column] = VisitTable.Cell()
    case .integer(let number): set(column, integer: number)
    case .real(let number): set(column, real: number)
    case .text(let text): set(column, text: text.utf8)
    }
  }
}
