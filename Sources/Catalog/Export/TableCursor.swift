public import Exchange
import GRDB

/// Reads a table of a catalog batch by batch, all from one state of the catalog, with the memory
/// of one batch.
public actor TableCursor {
  public nonisolated let description: TableDescription
  private let connection: ExportConnection
  private let reader: RowReader
  private let rowsAtOnce: Int

  /// - Parameters:
  ///   - isMeasured: count the rows and look for the longest texts first, which takes another
  ///     reading of the table; formats of fixed width need it.
  init(
    catalog: Catalog, selection: TableSelection, isMeasured: Bool, rowsAtOnce: Int
  ) throws {
    connection = try ExportConnection(catalog)
    let sql = try selection.query(of: try Catalog.query(for: selection.table))
    let reader = try connection.reader(sql, selection)
    self.reader = reader
    self.rowsAtOnce = rowsAtOnce
    var columns = try connection.access { database in
      try Self.columns(of: reader, table: selection.table, database)
    }
    var rowCount = 0
    if isMeasured { rowCount = try connection.measure(&columns, sql: sql, selection) }
    description = TableDescription(
      name: selection.table, description: TableColumn.summary(table: selection.table),
      columns: columns, rowCount: rowCount)
  }

  /// The next rows; nil at the end.
  public func next() throws -> TableBatch? {
    let columns = description.columns
    // Descriptions have texts, which cost a count of references each time one is looked at.
    let kinds = columns.map(\.kind)
    var batch = TableBatch(columns)
    for i in columns.indices { batch.columns[i].reserve(rowsAtOnce) }
    var rows = 0
    try connection.access { _ in
      while rows < rowsAtOnce, try reader.next() {
        for i in kinds.indices where try !Self.append(reader, Int32(i), kinds[i], &batch.columns[i])
        {
          throw CatalogError.badValue(
            column: columns[i].name, value: "\(reader.integer(Int32(i)))", kind: "\(kinds[i])")
        }
        rows += 1
      }
    }
    return rows == 0 ? nil : batch
  }

  /// - Returns: false for a number that its kind has no room for.
  @inline(__always)
  private static func append(
    _ reader: RowReader, _ i: Int32, _ kind: TableColumn.Kind, _ values: inout ColumnValues
  ) throws -> Bool {
    if reader.isNull(i) {
      values.appendNull()
      return true
    }
    switch kind {
    case .float64: values.append(reader.double(i))
    case .text, .bytes: values.append(bytes: reader.bytes(i))
    case .int64: values.append(reader.integer(i))
    case .boolean: values.append(reader.integer(i) != 0 ? 1 : 0)
    case .int16, .int32:
      let value = reader.integer(i)
      let fits = kind == .int16 ? Int16(exactly: value) != nil : Int32(exactly: value) != nil
      guard fits else { return false }
      values.append(value)
    }
    return true
  }

  /// Kinds as the table declares them, narrowed to what the description says of whole numbers.
  private static func columns(
    of reader: RowReader, table: String, _ database: Database
  ) throws -> [TableColumn] {
    let known = TableColumn.known(table: table)
    let source = table == "links" ? "DiaSource" : table
    let declared = try database.columns(in: source, in: "main")
    return reader.columnNames.indices.map { i in
      let name = reader.columnNames[i]
      var column = known[name] ?? TableColumn(name, .text)
      switch reader.declaredTypes[i] {
      case "INTEGER": if !column.kind.isWhole { column.kind = .int64 }
      case "REAL": column.kind = .float64
      case "BLOB": column.kind = .bytes
      default: column.kind = .text
      }
      let origin = declared.first { $0.name == name }
      column.isNullable = origin.map { !$0.isNotNull && $0.primaryKeyIndex == 0 } ?? true
      return column
    }
  }
}

extension Catalog {
  /// A cursor over a table, or over the rows of it that are wanted.
  ///
  /// - Parameters:
  ///   - isMeasured: see ``TableDescription``: count rows and longest texts before.
  /// - Throws: ``CatalogError``, among them what is wrong with the SQL of the selection.
  public func tableCursor(
    _ selection: TableSelection, isMeasured: Bool, rowsAtOnce: Int = 32_768
  ) throws -> TableCursor {
    try TableCursor(
      catalog: self, selection: selection, isMeasured: isMeasured, rowsAtOnce: rowsAtOnce)
  }
}
