import GRDBSQLite

/// SQLite's virtual table over a ``VisitTable``: nothing is copied into SQLite, and a filter that
/// uses three of four hundred columns touches three.
///
/// The module is eponymous: its name is the table's, and there is no schema to read or to change.
enum VisitModule {
  /// A table during a run of filters. Its memory must outlive the connection.
  struct Source {
    let declaration: UnsafeMutablePointer<CChar>
    let rowCount: Int
    let kinds: UnsafeMutablePointer<UInt8>
    let bits: UnsafeMutablePointer<UInt64>
    let texts: UnsafeMutablePointer<UInt8>
    /// The column by whose values rows are found at once; nil: by none.
    var keyColumn: Int32?
    /// Finds them; it outlives the source, which is its own.
    var table: Unmanaged<VisitTable>?
  }

  /// What a connection knows of a table.
  private final class Registration {
    let source: UnsafePointer<Source>
    let budget: FilterBudget

    init(_ source: UnsafePointer<Source>, _ budget: FilterBudget) {
      self.source = source
      self.budget = budget
    }
  }

  private struct Table {
    var base: sqlite3_vtab
    var source: UnsafePointer<Source>
    /// The registration holds it as long as the connection lives.
    var budget: Unmanaged<FilterBudget>
  }

  private struct Cursor {
    var base: sqlite3_vtab_cursor
    var source: UnsafePointer<Source>
    var row: Int
    /// After the last row.
    var end: Int
  }

  /// Never changed and never freed: connections may hold it as long as the program runs.
  nonisolated(unsafe) private static let module: UnsafePointer<sqlite3_module> = {
    let module = UnsafeMutablePointer<sqlite3_module>.allocate(capacity: 1)
    var methods = sqlite3_module()
    methods.iVersion = 1
    methods.xConnect = connect
    methods.xBestIndex = bestIndex
    methods.xDisconnect = disconnect
    methods.xOpen = open
    methods.xClose = close
    methods.xFilter = filter
    methods.xNext = next
    methods.xEof = isAtEnd
    methods.xColumn = column
    methods.xRowid = rowid
    module.initialize(to: methods)
    return UnsafePointer(module)
  }()

  /// - Parameter budget: asked while SQLite plans a statement, when nobody else is.
  /// - Returns: SQLite's result code.
  static func register(
    _ connection: OpaquePointer, name: String, source: UnsafePointer<Source>, budget: FilterBudget
  ) -> Int32 {
    sqlite3_create_module_v2(
      connection, name, module,
      Unmanaged.passRetained(Registration(source, budget)).toOpaque(),
      { registration in
        if let registration { Unmanaged<Registration>.fromOpaque(registration).release() }
      })
  }

  // MARK: - What SQLite calls

  private static let connect:
    @convention(c) (
      OpaquePointer?, UnsafeMutableRawPointer?, Int32, UnsafePointer<UnsafePointer<CChar>?>?,
      UnsafeMutablePointer<UnsafeMutablePointer<sqlite3_vtab>?>?,
      UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    ) -> Int32 = { connection, auxiliary, _, _, result, _ in
      guard let auxiliary, let result else { return SQLITE_ERROR }
      let registration = Unmanaged<Registration>.fromOpaque(auxiliary).takeUnretainedValue()
      let source = registration.source
      let code = sqlite3_declare_vtab(connection, source.pointee.declaration)
      guard code == SQLITE_OK else { return code }
      let table = UnsafeMutablePointer<Table>.allocate(capacity: 1)
      table.initialize(
        to: Table(
          base: sqlite3_vtab(), source: source,
          budget: Unmanaged.passUnretained(registration.budget)))
      result.pointee = UnsafeMutableRawPointer(table).assumingMemoryBound(to: sqlite3_vtab.self)
      return SQLITE_OK
    }

  private static let disconnect: @convention(c) (UnsafeMutablePointer<sqlite3_vtab>?) -> Int32 = {
    table in
    UnsafeMutableRawPointer(table)?.assumingMemoryBound(to: Table.self).deallocate()
    return SQLITE_OK
  }

  private static let bestIndex:
    @convention(c) (
      UnsafeMutablePointer<sqlite3_vtab>?, UnsafeMutablePointer<sqlite3_index_info>?
    ) -> Int32 = { table, info in
      guard let table = UnsafeMutableRawPointer(table)?.assumingMemoryBound(to: Table.self),
        let info
      else { return SQLITE_ERROR }
      guard table.pointee.budget.takeUnretainedValue().allows() else { return SQLITE_INTERRUPT }
      let source = table.pointee.source
      for index in 0..<Int(info.pointee.nConstraint) {
        let constraint = info.pointee.aConstraint[index]
        guard constraint.usable != 0, Int32(constraint.op) == SQLITE_INDEX_CONSTRAINT_EQ,
          constraint.iColumn == source.pointee.keyColumn
        else { continue }
        // SQLite compares once more: a text may be equal to a number, too.
        info.pointee.aConstraintUsage[index].argvIndex = 1
        info.pointee.idxNum = byKey
        info.pointee.estimatedCost = 2
        info.pointee.estimatedRows = 1
        return SQLITE_OK
      }
      // From the first row to the last. For SQLite's plan it is always a visit of some size: a filter
      // is checked on no alerts at all, and shall run as it was checked.
      let rows = max(1_000, source.pointee.rowCount)
      info.pointee.estimatedCost = Double(rows)
      info.pointee.estimatedRows = Int64(rows)
      return SQLITE_OK
    }

  /// The plan that looks rows up by the key column.
  private static let byKey: Int32 = 1

  private static let open:
    @convention(c) (
      UnsafeMutablePointer<sqlite3_vtab>?,
      UnsafeMutablePointer<UnsafeMutablePointer<sqlite3_vtab_cursor>?>?
    ) -> Int32 = { table, result in
      guard let table = UnsafeMutableRawPointer(table)?.assumingMemoryBound(to: Table.self),
        let result
      else { return SQLITE_ERROR }
      let cursor = UnsafeMutablePointer<Cursor>.allocate(capacity: 1)
      cursor.initialize(
        to: Cursor(base: sqlite3_vtab_cursor(), source: table.pointee.source, row: 0, end: 0))
      result.pointee = UnsafeMutableRawPointer(cursor)
        .assumingMemoryBound(to: sqlite3_vtab_cursor.self)
      return SQLITE_OK
    }

  @inline(__always)
  private static func cursor(
    _ pointer: UnsafeMutablePointer<sqlite3_vtab_cursor>?
  ) -> UnsafeMutablePointer<Cursor>? {
    UnsafeMutableRawPointer(pointer)?.assumingMemoryBound(to: Cursor.self)
  }

  private static let close: @convention(c) (UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> Int32 = {
    cursor($0)?.deallocate()
    return SQLITE_OK
  }

  private static let filter:
    @convention(c) (
      UnsafeMutablePointer<sqlite3_vtab_cursor>?, Int32, UnsafePointer<CChar>?, Int32,
      UnsafeMutablePointer<OpaquePointer?>?
    ) -> Int32 = { pointer, plan, _, count, values in
      guard let cursor = cursor(pointer) else { return SQLITE_ERROR }
      let source = cursor.pointee.source
      cursor.pointee.row = 0
      cursor.pointee.end = source.pointee.rowCount
      guard plan == byKey, count == 1, let values, let table = source.pointee.table else {
        return SQLITE_OK
      }
      let key: Int64?
      switch sqlite3_value_type(values[0]) {
      case SQLITE_INTEGER: key = sqlite3_value_int64(values[0])
      case SQLITE_FLOAT: key = Int64(exactly: sqlite3_value_double(values[0]))
      case SQLITE_NULL: key = nil
      default: return SQLITE_OK
      }
      let rows = key.map { table.takeUnretainedValue().rows(ofKey: $0) } ?? 0..<0
      (cursor.pointee.row, cursor.pointee.end) = (rows.lowerBound, rows.upperBound)
      return SQLITE_OK
    }

  private static let next: @convention(c) (UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> Int32 = {
    cursor($0)?.pointee.row += 1
    return SQLITE_OK
  }

  private static let isAtEnd: @convention(c) (UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> Int32 =
    { pointer in
      guard let cursor = cursor(pointer) else { return 1 }
      return cursor.pointee.row >= cursor.pointee.end ? 1 : 0
    }

  private static let column:
    @convention(c) (
      UnsafeMutablePointer<sqlite3_vtab_cursor>?, OpaquePointer?, Int32
    ) -> Int32 = { pointer, context, column in
      guard let cursor = cursor(pointer) else { return SQLITE_ERROR }
      let source = cursor.pointee.source
      let index = Int(column) &* source.pointee.rowCount &+ cursor.pointee.row
      let bits = source.pointee.bits[index]
      switch VisitTable.Cell.Kind(rawValue: source.pointee.kinds[index]) {
      case .integer: sqlite3_result_int64(context, Int64(bitPattern: bits))
      case .real: sqlite3_result_double(context, Double(bitPattern: bits))
      case .text:
        // No copy: the table outlives the statement.
        let text = UnsafeRawPointer(source.pointee.texts + Int(bits >> 32))
        sqlite3_result_text64(
          context, text.assumingMemoryBound(to: CChar.self), bits & 0xFFFF_FFFF, nil,
          UInt8(SQLITE_UTF8))
      default: sqlite3_result_null(context)
      }
      return SQLITE_OK
    }

  private static let rowid:
    @convention(c) (
      UnsafeMutablePointer<sqlite3_vtab_cursor>?, UnsafeMutablePointer<sqlite3_int64>?
    ) -> Int32 = { pointer, result in
      guard let cursor = cursor(pointer) else { return SQLITE_ERROR }
      result?.pointee = sqlite3_int64(cursor.pointee.row)
      return SQLITE_OK
    }
}
