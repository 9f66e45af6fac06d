import Exchange
import GRDB

/// A connection of its own that sees one state of the catalog from its first query to its end,
/// while others may write.
final class ExportConnection {
  /// Outlives the connection, which asks it.
  private var deadline: QueryDeadline?
  private let queue: DatabaseQueue
  private let path: String
  private var secondsAtOnce = 0.0

  init(_ catalog: Catalog) throws(CatalogError) {
    path = catalog.path
    queue = try CatalogError.wrap("reading", path: catalog.path) {
      let queue = try Catalog.readOnlyQueue(
        catalog.path, keepsTransactions: true, asOf: catalog.asOfRevision)
      // Ends when the connection is closed.
      try queue.inDatabase { try $0.execute(sql: "BEGIN") }
      return queue
    }
  }

  func access<Value>(_ body: (Database) throws -> Value) throws -> Value {
    deadline?.start(seconds: secondsAtOnce)
    defer { deadline?.stop() }
    return try CatalogError.wrap("reading", path: path) {
      try queue.inDatabase { try body($0) }
    }
  }

  /// From now on each access ends when it takes longer.
  private func limit(_ seconds: Double) {
    queue.inDatabase { database in
      deadline = database.sqliteConnection.map { QueryDeadline(of: $0) }
    }
    secondsAtOnce = seconds
  }

  /// - Throws: ``CatalogError/badQuery(sql:reason:)`` for what the selection's SQL has wrong.
  func reader(_ sql: String, _ selection: TableSelection) throws -> RowReader {
    if let seconds = selection.secondsAtOnce { limit(seconds) }
    return try access { database in
      try explaining(selection, database) { try RowReader(database, sql: sql) }
    }
  }

  /// Counts rows, finds the longest value of each text column and whether it is all ASCII.
  func measure(
    _ columns: inout [TableColumn], sql: String, _ selection: TableSelection
  ) throws -> Int {
    let wanted = columns.indices.filter { columns[$0].kind == .text || columns[$0].kind == .bytes }
    // Read row by row: SQLite's own functions of lengths take three times as long.
    let names = wanted.map { "\"\(columns[$0].name.replacing("\"", with: "\"\""))\"" }
    let query = "SELECT \(names.isEmpty ? "1" : names.joined(separator: ", ")) FROM (\(sql))"
    var count = 0
    var widest = [Int](repeating: 0, count: wanted.count)
    var isASCII = [Bool](repeating: true, count: wanted.count)
    let isText = wanted.map { columns[$0].kind == .text }
    try access { database in
      try explaining(selection, database) {
        let reader = try RowReader(database, sql: query)
        while try reader.next() {
          count += 1
          for i in widest.indices {
            let bytes = reader.bytes(Int32(i))
            widest[i] = max(widest[i], bytes.count)
            if isText[i] && isASCII[i] { isASCII[i] = bytes.allSatisfy { $0 < 0x80 } }
          }
        }
      }
    }
    for (i, column) in wanted.enumerated() {
      columns[column].maximumBytes = widest[i]
      columns[column].isASCII = isASCII[i]
    }
    return count
  }

  /// Turns what SQLite says of a query into what the user can mend.
  private func explaining<Value>(
    _ selection: TableSelection, _ database: Database, _ body: () throws -> Value
  ) throws -> Value {
    do {
      return try body()
    } catch let error as DatabaseError {
      let own = [selection.condition, selection.order].compactMap { $0 }
      guard !own.isEmpty, error.resultCode == .SQLITE_ERROR || error.resultCode == .SQLITE_MISUSE
      else { throw error }
      var reason = error.message ?? "\(error.resultCode)"
      if reason.hasPrefix("no such column") {
        let table = selection.table == "orbits" ? "mpc_orbits" : selection.table
        let names = try RowReader(database, sql: try Catalog.query(for: table)).columnNames
        reason += "; there are: \(names.joined(separator: ", "))"
      }
      throw CatalogError.badQuery(sql: own.joined(separator: " ORDER BY "), reason: reason)
    }
  }
}
