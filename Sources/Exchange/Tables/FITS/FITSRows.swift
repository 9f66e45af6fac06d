/// Some rows of a FITS binary table, encoded.
struct FITSRows: Sendable {
  private(set) var bytes: [UInt8]
  private(set) var losses = LossCounter()
  private let rows: Range<Int>
  private let rowBytes: Int

  init(_ batch: TableBatch, _ rows: Range<Int>, _ columns: [TableColumn]) {
    self.rows = rows
    rowBytes = columns.map(FITSTableHeader.width).reduce(0, +)
    bytes = [UInt8](repeating: 0, count: rows.count * rowBytes)
    var offset = 0
    for (column, values) in zip(columns, batch.columns) {
      switch column.kind {
      case .float64: addDoubles(values, at: offset)
      case .boolean: addFlags(values, at: offset)
      case .int16: addWhole(values, column, Int16.self, at: offset)
      case .int32: addWhole(values, column, Int32.self, at: offset)
      case .int64: addWhole(values, column, Int64.self, at: offset)
      case .text: addText(values, column, at: offset)
      case .bytes: addBytes(values, column, at: offset)
      }
      offset += FITSTableHeader.width(of: column)
    }
  }

  private mutating func addDoubles(_ values: ColumnValues, at offset: Int) {
    var place = offset
    bytes.withUnsafeMutableBytes { target in
      for row in rows {
        let value = values.present[row] ? values.doubles[row] : .nan
        target.storeBytes(of: value.bitPattern.bigEndian, toByteOffset: place, as: UInt64.self)
        place += rowBytes
      }
    }
  }

  private mutating func addFlags(_ values: ColumnValues, at offset: Int) {
    for (i, row) in rows.enumerated() where values.present[row] {
      bytes[i * rowBytes + offset] = values.integers[row] != 0 ? 0x54 : 0x46
    }
  }

  private mutating func addWhole<Number: FixedWidthInteger>(
    _ values: ColumnValues, _ column: TableColumn, _: Number.Type, at offset: Int
  ) {
    let null = Int64(Number.min)
    var place = offset
    var taken = 0
    bytes.withUnsafeMutableBytes { target in
      for row in rows {
        let value = values.present[row] ? values.integers[row] : null
        if value == null && values.present[row] { taken += 1 }
        target.storeBytes(
          of: Number(truncatingIfNeeded: value).bigEndian, toByteOffset: place, as: Number.self)
        place += rowBytes
      }
    }
    if column.isNullable {
      losses.add(
        "values \(null) of \(column.name) read as null: the number stands for it in FITS", taken)
    }
  }

  private mutating func addText(_ values: ColumnValues, _ column: TableColumn, at offset: Int) {
    var (empty, foreign) = (0, 0)
    for (i, row) in rows.enumerated() {
      let range = values.range(row)
      if values.present[row] && range.isEmpty { empty += 1 }
      var isForeign = false
      var place = i * rowBytes + offset
      for byte in values.bytes[range] {
        // Zero bytes end a text; blanks would be part of it for some readers.
        bytes[place] = byte < 0x80 ? byte : 0x3F
        isForeign = isForeign || byte >= 0x80
        place += 1
      }
      if isForeign { foreign += 1 }
    }
    losses.add("empty texts of \(column.name) read as null: FITS can't tell them apart", empty)
    losses.add(
      "texts of \(column.name) have ? for letters that are not ASCII, as FITS needs", foreign)
  }

  private mutating func addBytes(_ values: ColumnValues, _ column: TableColumn, at offset: Int) {
    var nulls = 0
    for (i, row) in rows.enumerated() {
      if !values.present[row] { nulls += 1 }
      let place = i * rowBytes + offset
      bytes.replaceSubrange(
        place..<place + values.range(row).count, with: values.bytes[values.range(row)])
    }
    losses.add(
      "null values of \(column.name) became zero bytes: FITS has no null for them", nulls)
  }
}
