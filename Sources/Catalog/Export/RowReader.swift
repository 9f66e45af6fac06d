import GRDB
import GRDBSQLite

/// A query on the raw SQLite connection, read row by row: several times as fast as GRDB's rows,
/// for tables of millions. Use it inside an access to the database that keeps the connection open.
final class RowReader {
  private let connection: OpaquePointer
  private let statement: OpaquePointer
  /// SQLite would begin again when a statement that is done is asked for more.
  private var isDone = false
  let columnNames: [String]
  /// As the table declares them (`INTEGER`, `REAL`, `TEXT`, `BLOB`); nil for expressions.
  let declaredTypes: [String?]

  /// - Throws: ``GRDB/DatabaseError``: the query does not parse, or is more than one statement.
  init(_ database: Database, sql: String) throws {
    guard let connection = database.sqliteConnection else {
      throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "the connection is closed", sql: sql)
    }
    var statement: OpaquePointer?
    var rest = ""
    let code = sql.withCString { text in
      var tail: UnsafePointer<CChar>?
      let code = sqlite3_prepare_v2(connection, text, -1, &statement, &tail)
      rest = tail.map { String(cString: $0) } ?? ""
      return code
    }
    guard code == SQLITE_OK, let statement else {
      throw DatabaseError(
        resultCode: ResultCode(rawValue: code),
        message: String(cString: sqlite3_errmsg(connection)), sql: sql)
    }
    guard rest.allSatisfy(\.isWhitespace), sqlite3_stmt_readonly(statement) != 0 else {
      sqlite3_finalize(statement)
      throw DatabaseError(
        resultCode: .SQLITE_MISUSE, message: "it is more than one statement", sql: sql)
    }
    self.connection = connection
    self.statement = statement
    let count = sqlite3_column_count(statement)
    columnNames = (0..<count).map { String(cString: sqlite3_column_name(statement, $0)) }
    declaredTypes = (0..<count).map { i in
      sqlite3_column_decltype(statement, i).map { String(cString: $0) }
    }
  }

  deinit { sqlite3_finalize(statement) }

  /// Goes to the next row.
  /// - Returns: false at the end.
  func next() throws -> Bool {
    if isDone { return false }
    switch sqlite3_step(statement) {
    case SQLITE_ROW: return true
    case SQLITE_DONE:
      isDone = true
      return false
    case let code:
      throw DatabaseError(
        resultCode: ResultCode(rawValue: code),
        message: String(cString: sqlite3_errmsg(connection)))
    }
  }

  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }

  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

  func double(_ column: Int32) -> Double { sqlite3_column_double(statement, column) }

  /// The bytes of a text or blob; valid until the next row.
  func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
    // The pointer first: asking for it may convert the value, and so change its length.
    let start = sqlite3_column_blob(statement, column)
    return UnsafeRawBufferPointer(
      start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(statement, column)))
  }

  func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }

  func optionalInteger(_ column: Int32) -> Int? { isNull(column) ? nil : Int(integer(column)) }
  func optionalDouble(_ column: Int32) -> Double? { isNull(column) ? nil : double(column) }
  func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }
  func optionalFlag(_ column: Int32) -> Bool? { isNull(column) ? nil : integer(column) != 0 }
}
