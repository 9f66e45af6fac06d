import Exchange
import GRDBSQLite

/// One connection of ``GuardedQueries``; used by one caller at a time.
final class GuardedConnection: @unchecked Sendable {
  private let connection: OpaquePointer
  private let path: String
  private let deadline: QueryDeadline

  init(path: String) throws(CatalogError) {
    self.path = path
    var opened: OpaquePointer?
    let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE
    let code = sqlite3_open_v2(path, &opened, flags, nil)
    guard code == SQLITE_OK, let opened else {
      let reason = String(cString: sqlite3_errstr(code))
      sqlite3_close_v2(opened)
      throw .database(path: path, action: "opening for queries", reason: reason)
    }
    connection = opened
    deadline = QueryDeadline(of: opened)
    sqlite3_busy_timeout(connection, 1_000)
    for (limit, value) in Self.limits { sqlite3_limit(connection, limit, value) }
    sqlite3_set_authorizer(connection, Self.authorize, nil)
  }

  deinit { sqlite3_close_v2(connection) }

  /// No value of more than 100 kB, no statement of more than 20 kB, nothing nested deeply,
  /// nothing attached.
  private static let limits: [(Int32, Int32)] = [
    (SQLITE_LIMIT_LENGTH, 100_000), (SQLITE_LIMIT_SQL_LENGTH, 20_000),
    (SQLITE_LIMIT_COLUMN, 200), (SQLITE_LIMIT_EXPR_DEPTH, 100),
    (SQLITE_LIMIT_COMPOUND_SELECT, 4), (SQLITE_LIMIT_VDBE_OP, 25_000),
    (SQLITE_LIMIT_FUNCTION_ARG, 8), (SQLITE_LIMIT_ATTACHED, 0),
    (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200), (SQLITE_LIMIT_TRIGGER_DEPTH, 1),
    (SQLITE_LIMIT_WORKER_THREADS, 0),
  ]

  /// Functions that neither read files nor make large values.
  private static let functions: Set<String> = [
    "abs", "avg", "coalesce", "count", "ifnull", "iif", "instr", "length", "like", "glob", "lower",
    "ltrim", "max", "min", "nullif", "round", "rtrim", "sign", "substr", "substring", "sum",
    "total", "trim", "typeof", "upper", "likely", "unlikely", "acos", "asin", "atan", "atan2",
    "ceil", "ceiling", "cos", "degrees", "exp", "floor", "ln", "log", "log10", "log2", "mod", "pi",
    "pow", "power", "radians", "sin", "sqrt", "tan", "row_number", "json_extract", "->", "->>",
  ]

  private static let authorize:
    @convention(c) (
      UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
      UnsafePointer<CChar>?, UnsafePointer<CChar>?
    ) -> Int32 = { _, action, first, second, _, _ in
      switch action {
      case SQLITE_SELECT: return SQLITE_OK
      case SQLITE_READ:
        // Tables of the statement's own making have no name of the schema. What users keep to
        // themselves is not for strangers, nor what SQLite and migrations say of the file.
        let table = first.map { String(cString: $0) } ?? ""
        let isHidden =
          table.hasPrefix("sqlite_") || table.hasPrefix("grdb_") || table == "userFilters"
        return isHidden ? SQLITE_DENY : SQLITE_OK
      case SQLITE_FUNCTION:
        let name = second.map { String(cString: $0) } ?? ""
        return GuardedConnection.functions.contains(name.lowercased()) ? SQLITE_OK : SQLITE_DENY
      default: return SQLITE_DENY
      }
    }

  // MARK: - Queries

  private static let objectColumns = [
    "nObs", "arc", "firstObservationMjdTai", "MOIDEarth", "tisserand_J",
  ]

  private static let objectQuery = """
    SELECT m.*, \(objectColumns.map { "o.\($0)" }.joined(separator: ", "))
    FROM mpc_orbits m LEFT JOIN SSObject o ON o.ssObjectId = m.ssObjectId
    """

  /// What a page of objects shows.
  private static let shownColumns =
    [
      "ssObjectId", "designation", "epoch_mjd", "a", "q", "e", "i", "node", "argperi",
      "mean_anomaly", "peri_time", "h", "g", "u_param", "nopp", "arc_length_total", "nobs_total",
      "normalized_rms", "earth_moid", "orbit_type_int",
    ] + objectColumns

  func objects(
    where condition: String?, after: Int64, count: Int, seconds: Double
  ) throws(CatalogError) -> (columns: [TableColumn], rows: TableBatch) {
    var known = TableColumn.known(table: "mpc_orbits")
    known.merge(TableColumn.known(table: "SSObject")) { first, _ in first }
    let columns = Self.shownColumns.map { name in
      known[name] ?? TableColumn(name, name == "designation" ? .text : .float64)
    }
    try refuseOpen(condition)
    let wanted = condition.map { "(\($0)\n) AND" } ?? ""
    let sql = """
      SELECT \(Self.shownColumns.map { "\"\($0)\"" }.joined(separator: ", "))
      FROM (\(Self.objectQuery)) t WHERE \(wanted) t.ssObjectId > \(after)
      ORDER BY t.ssObjectId LIMIT \(count)
      """
    deadline.start(seconds: seconds)
    defer { deadline.stop() }
    let statement = try prepare(sql, condition ?? "")
    defer { sqlite3_finalize(statement) }
    var rows = TableBatch(columns)
    while true {
      let code = sqlite3_step(statement)
      if code == SQLITE_DONE { return (columns, rows) }
      guard code == SQLITE_ROW else { throw fault(code, condition ?? "", seconds) }
      for index in columns.indices { rows.columns[index].append(statement, Int32(index)) }
    }
  }

  func check(_ selection: TableSelection) throws(CatalogError) {
    let base: String
    let table = selection.table == "orbits" ? "mpc_orbits" : selection.table
    do {
      base = try Catalog.query(for: table)
    } catch {
      throw .unknownTable(name: selection.table)
    }
    let own = [selection.condition, selection.order].compactMap { $0 }
    for text in own { try refuseOpen(text) }
    sqlite3_finalize(
      try prepare(try selection.query(of: base), own.joined(separator: " ORDER BY ")))
  }

  private func refuseOpen(_ text: String?) throws(CatalogError) {
    guard let text, let fault = SQLExpression.fault(of: text) else { return }
    throw .badQuery(sql: text, reason: fault)
  }

  private func prepare(_ sql: String, _ shown: String) throws(CatalogError) -> OpaquePointer {
    var statement: OpaquePointer?
    var rest = false
    let code = sql.withCString { text in
      var tail: UnsafePointer<CChar>?
      let code = sqlite3_prepare_v2(connection, text, -1, &statement, &tail)
      rest = tail.map { String(cString: $0).contains { !$0.isWhitespace } } ?? false
      return code
    }
    guard code == SQLITE_OK, let statement else { throw fault(code, shown, 0) }
    guard !rest, sqlite3_stmt_readonly(statement) != 0 else {
      sqlite3_finalize(statement)
      throw .badQuery(sql: shown, reason: "it is more than one expression")
    }
    return statement
  }

  private func fault(_ code: Int32, _ shown: String, _ seconds: Double) -> CatalogError {
    let message = String(cString: sqlite3_errmsg(connection))
    switch code & 0xFF {
    case SQLITE_INTERRUPT:
      return .badQuery(
        sql: shown, reason: "it takes more than \(seconds) s; narrow it, or export the table")
    case SQLITE_AUTH:
      return .badQuery(
        sql: shown,
        reason: "\(message): only columns of the catalog's tables and plain functions may be used")
    case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_CANTOPEN,
      SQLITE_FULL, SQLITE_NOMEM:
      return .database(path: path, action: "querying", reason: message)
    default: return .badQuery(sql: shown, reason: message)
    }
  }
}

extension ColumnValues {
  /// A column of the row that a statement stands on.
  fileprivate mutating func append(_ statement: OpaquePointer, _ index: Int32) {
    guard sqlite3_column_type(statement, index) != SQLITE_NULL else { return appendNull() }
    switch kind {
    case .float64: append(sqlite3_column_double(statement, index))
    case .boolean, .int16, .int32, .int64: append(sqlite3_column_int64(statement, index))
    case .text, .bytes:
      let start = sqlite3_column_blob(statement, index)
      let count = start == nil ? 0 : Int(sqlite3_column_bytes(statement, index))
      append(bytes: UnsafeRawBufferPointer(start: start, count: count))
    }
  }
}
