package import GRDB
import GRDBSQLite

/// A prepared statement on the raw SQLite connection, for many rows: 2 to 6 times as fast as
/// GRDB's own statements and records. Use it inside a write transaction.
///
/// Columns are bound in order: call the `bind` functions once a column, then ``run()``.
package struct BulkInsert: ~Copyable {
  private let connection: OpaquePointer
  private let statement: OpaquePointer
  private let sql: String
  private var column: Int32 = 0

  package init(_ database: Database, sql: String) throws {
    guard let connection = database.sqliteConnection else {
      throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "the connection is closed", sql: sql)
    }
    var statement: OpaquePointer?
    let code = sqlite3_prepare_v2(connection, sql, -1, &statement, nil)
    guard code == SQLITE_OK, let statement else {
      throw DatabaseError(
        resultCode: ResultCode(rawValue: code),
        message: String(cString: sqlite3_errmsg(connection)), sql: sql)
    }
    self.connection = connection
    self.statement = statement
    self.sql = sql
  }

  deinit { sqlite3_finalize(statement) }

  package mutating func bind(_ value: Int64) {
    column += 1
    sqlite3_bind_int64(statement, column, value)
  }

  package mutating func bind(_ value: Int) { bind(Int64(value)) }

  package mutating func bind(_ value: Bool) { bind(Int64(value ? 1 : 0)) }

  package mutating func bind(_ value: Int64?) {
    if let value { bind(value) } else { bindNull() }
  }

  package mutating func bind(_ value: Int?) { bind(value.map(Int64.init)) }

  package mutating func bind(_ value: Bool?) { bind(value.map { $0 ? Int64(1) : 0 }) }

  /// A value that is not finite becomes NULL.
  package mutating func bind(_ value: Double?) {
    guard let value, value.isFinite else { return bindNull() }
    column += 1
    sqlite3_bind_double(statement, column, value)
  }

  package mutating func bind(_ value: String?) {
    guard let value else { return bindNull() }
    column += 1
    sqlite3_bind_text(statement, column, value, -1, transient)
  }

  package mutating func bind(blob: [UInt8]?) {
    guard let blob else { return bindNull() }
    column += 1
    sqlite3_bind_blob(statement, column, blob, Int32(blob.count), transient)
  }

  package mutating func bindNull() {
    column += 1
    sqlite3_bind_null(statement, column)
  }

  // Values by column, from 1. What was bound stays bound: columns that don't change from row to
  // row need no binding again.

  package func set(_ column: Int32, _ value: Int64) {
    sqlite3_bind_int64(statement, column, value)
  }

  /// A value that is not finite becomes NULL.
  package func set(_ column: Int32, _ value: Double) {
    if value.isFinite {
      sqlite3_bind_double(statement, column, value)
    } else {
      sqlite3_bind_null(statement, column)
    }
  }

  package func set(_ column: Int32, _ value: String) {
    sqlite3_bind_text(statement, column, value, -1, transient)
  }

  package func setNull(_ column: Int32) { sqlite3_bind_null(statement, column) }

  /// The key of the row that was inserted last.
  package var insertedKey: Int64 { sqlite3_last_insert_rowid(connection) }

  /// Runs the statement with what was bound.
  ///
  /// - Returns: the number of rows that it changed.
  @discardableResult
  package mutating func run() throws -> Int {
    let code = step()
    guard code == SQLITE_DONE else { throw failure(code) }
    return Int(sqlite3_changes(connection))
  }

  /// Runs the statement with what was bound, unless it would break a constraint: then SQLite takes
  /// all of it back.
  ///
  /// - Returns: whether it ran.
  package mutating func runUnlessConstrained() throws -> Bool {
    let code = step()
    if code & 0xFF == SQLITE_CONSTRAINT { return false }
    guard code == SQLITE_DONE else { throw failure(code) }
    return true
  }

  /// Runs a query with what was bound.
  ///
  /// - Returns: whether it has a row.
  package mutating func exists() throws -> Bool {
    let code = step()
    guard code == SQLITE_ROW || code == SQLITE_DONE else { throw failure(code) }
    return code == SQLITE_ROW
  }

  /// Runs a query with what was bound.
  ///
  /// - Returns: the integer in the first column of its first row, if it has a row.
  package mutating func firstInteger() throws -> Int64? {
    let code = sqlite3_step(statement)
    defer {
      sqlite3_reset(statement)
      column = 0
    }
    guard code == SQLITE_ROW || code == SQLITE_DONE else { throw failure(code) }
    return code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : nil
  }

  private mutating func step() -> Int32 {
    let code = sqlite3_step(statement)
    sqlite3_reset(statement)
    column = 0
    return code
  }

  private func failure(_ code: Int32) -> DatabaseError {
    DatabaseError(
      resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(connection)),
      sql: sql)
  }
}

/// SQLite's SQLITE_TRANSIENT, a cast that is not imported: SQLite copies the bytes at once.
private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
