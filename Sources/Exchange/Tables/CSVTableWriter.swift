/// A table as CSV (RFC 4180) with a line of names. Nulls are empty; an empty text is `""`, so that
/// the two differ; doubles have the digits that read back the same; bytes are hexadecimal.
struct CSVTableWriter: TableWriter {
  private(set) var losses: [String] = []

  mutating func begin(
    _ table: TableDescription, into out: inout [UInt8]
  ) throws(ExchangeError) {
    for (i, column) in table.columns.enumerated() {
      if i > 0 { out.append(0x2C) }
      Self.add(Array(column.name.utf8)[...], to: &out)
    }
    out.append(0x0A)
  }

  mutating func write(_ batch: TableBatch, into out: inout [UInt8]) {
    for row in 0..<batch.rowCount {
      for c in batch.columns.indices {
        if c > 0 { out.append(0x2C) }
        Self.add(batch.columns[c], row, to: &out)
      }
      out.append(0x0A)
    }
  }

  mutating func end(into out: inout [UInt8]) throws(ExchangeError) {}

  private static func add(_ values: ColumnValues, _ row: Int, to out: inout [UInt8]) {
    guard values.present[row] else { return }
    switch values.kind {
    case .float64: out.append(contentsOf: values.doubles[row].description.utf8)
    case .boolean, .int16, .int32, .int64:
      out.append(contentsOf: values.integers[row].description.utf8)
    case .text: add(values.bytes[values.range(row)], to: &out)
    case .bytes: addHexadecimal(values.bytes[values.range(row)], to: &out)
    }
  }

  private static func add(_ text: ArraySlice<UInt8>, to out: inout [UInt8]) {
    let needsQuotes =
      text.isEmpty || text.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
    guard needsQuotes else {
      out.append(contentsOf: text)
      return
    }
    out.append(0x22)
    for byte in text {
      if byte == 0x22 { out.append(0x22) }
      out.append(byte)
    }
    out.append(0x22)
  }

  private static func addHexadecimal(_ bytes: ArraySlice<UInt8>, to out: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    for byte in bytes {
      out.append(digits[Int(byte >> 4)])
      out.append(digits[Int(byte & 15)])
    }
  }
}
