import Foundation
import GRDBSQLite

/// One connection to SQLite in which filters run, one after the other, on one thread: a database
/// without any table of its own, to which nothing can be attached and in which nothing can be made.
///
/// Each statement is checked while it is compiled (`sqlite3_set_authorizer`): it may read the
/// visit's tables and call the functions of ``FilterFunctions``; everything else is refused, the
/// schema tables, pragmas and recursion too. Lengths and depths are bounded, time and memory
/// watched (``FilterBudget``), files are memory (``ScratchStore``).
final class FilterSandbox {
  private let connection: OpaquePointer
  private let budget = FilterBudget()
  private let scratch: ScratchStore
  private let limits: FilterLimits
  /// Held as long as SQLite reads them.
  private let tables: [VisitTable]
  private var marks: [UInt32] = []
  private var mark: UInt32 = 0
  /// Processor time of the last filter, also of one that failed [ms].
  private(set) var lastMilliseconds = 0.0

  init(_ tables: [VisitTable], limits: FilterLimits) throws(FilterError) {
    self.limits = limits
    self.tables = tables
    scratch = try ScratchStore(budget)
    var opened: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_MEMORY
    let code = sqlite3_open_v2(":memory:", &opened, flags, scratch.name)
    guard code == SQLITE_OK, let opened else {
      let reason = String(cString: sqlite3_errstr(code))
      sqlite3_close_v2(opened)
      throw .engine(reason: reason)
    }
    connection = opened
    // A misspelt column in double quotes must not become a text.
    _disableDoubleQuotedStringLiterals(connection)
    for (limit, value) in Self.sizes { sqlite3_limit(connection, limit, value) }
    // So much is sorted in one step, in one piece of memory; what is longer goes piece by piece into
    // the scratch store. (With temporary files in SQLite's own memory each line would be a piece, and all
    // threads wait for the lock that counts them.)
    guard sqlite3_exec(opened, Self.sorting, nil, nil, nil) == SQLITE_OK else {
      throw .engine(reason: String(cString: sqlite3_errmsg(opened)))
    }
    // Before the first statement: declaring a table asks it too.
    start(limits.milliseconds, baseline: sqlite3_memory_used())
    for table in tables {
      let code = VisitModule.register(
        connection, name: table.name, source: table.source, budget: budget)
      guard code == SQLITE_OK else { throw .engine(reason: String(cString: sqlite3_errstr(code))) }
      // Declares the table's columns, which the authorizer would not allow.
      guard sqlite3_exec(opened, "SELECT 1 FROM \(table.name) LIMIT 0", nil, nil, nil) == SQLITE_OK
      else { throw .engine(reason: String(cString: sqlite3_errmsg(opened))) }
    }
    FilterFunctions.register(on: connection)
    TextFunctions.register(on: connection, budget: budget)
    sqlite3_progress_handler(
      connection, FilterBudget.steps,
      { context in
        guard let context else { return 1 }
        return Unmanaged<FilterBudget>.fromOpaque(context).takeUnretainedValue().allows() ? 0 : 1
      }, Unmanaged.passUnretained(budget).toOpaque())
    sqlite3_set_authorizer(
      connection, Self.authorize, Unmanaged.passUnretained(budget).toOpaque())
  }

  deinit { sqlite3_close_v2(connection) }

  /// Of a filter [bytes].
  private static let longestText = 21_000
  /// Of what a filter says of an alert [bytes]: lines wait in memory until the visit is done.
  private static let longestLine = 65_536

  /// [kB], as a negative number.
  private static let sorting = "PRAGMA temp_store = FILE; PRAGMA cache_size = -1024"

  private static let sizes: [(Int32, Int32)] = [
    // Nothing looks at the clock while one function works on one text: texts are short.
    (SQLITE_LIMIT_LENGTH, Int32(VisitRows.longestText)),
    (SQLITE_LIMIT_SQL_LENGTH, Int32(longestText) + 30),
    (SQLITE_LIMIT_COLUMN, 1_000), (SQLITE_LIMIT_EXPR_DEPTH, 100),
    (SQLITE_LIMIT_COMPOUND_SELECT, 8), (SQLITE_LIMIT_VDBE_OP, 25_000),
    (SQLITE_LIMIT_FUNCTION_ARG, 16), (SQLITE_LIMIT_ATTACHED, 0),
    (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, Int32(TextFunctions.longestPattern)),
    (SQLITE_LIMIT_VARIABLE_NUMBER, 1),
    (SQLITE_LIMIT_TRIGGER_DEPTH, 1), (SQLITE_LIMIT_WORKER_THREADS, 0),
  ]

  private static let authorize:
    @convention(c) (
      UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
      UnsafePointer<CChar>?, UnsafePointer<CChar>?
    ) -> Int32 = { context, action, first, second, _, _ in
      guard let context else { return SQLITE_DENY }
      // SQLite looks at no clock while it compiles: this does.
      let budget = Unmanaged<FilterBudget>.fromOpaque(context).takeUnretainedValue()
      switch action {
      case SQLITE_SELECT: return budget.allowsSelect() ? SQLITE_OK : SQLITE_DENY
      case SQLITE_READ:
        guard let first else { return SQLITE_DENY }
        return budget.reads(table: String(cString: first)) ? SQLITE_OK : SQLITE_DENY
      case SQLITE_FUNCTION:
        let name = second.map { String(cString: $0).lowercased() } ?? ""
        return FilterFunctions.allowed.contains(name) ? SQLITE_OK : SQLITE_DENY
      default: return SQLITE_DENY
      }
    }

  // MARK: - Running

  /// What a filter chose of a table, in its order.
  struct Answer {
    /// The row of `alerts` (or `missing`) of each line.
    var rows: [Int] = []
    var values: [[FilterValue]] = []
    var columns: [String] = []
    var isOfMissing = false
    /// Different rows altogether, with those that were not kept.
    var matched = 0
    var milliseconds = 0.0
  }

  /// Compiles a filter without running it.
  ///
  /// - Returns: the names of its columns, and the visit's tables that it reads.
  func check(
    _ text: FilterText
  ) throws(FilterError) -> (columns: [String], tables: Set<String>) {
    start(limits.milliseconds, baseline: sqlite3_memory_used())
    let statement = try prepare(text)
    defer { sqlite3_finalize(statement) }
    let columns = names(statement)
    _ = try Self.key(of: columns)
    return (columns, budget.tables)
  }

  /// SQLite's plan of a filter, a line a step.
  func explain(_ text: FilterText) throws(FilterError) -> [String] {
    start(limits.milliseconds, baseline: sqlite3_memory_used())
    let statement = try prepare(FilterText(statement: "EXPLAIN QUERY PLAN " + text.statement))
    defer { sqlite3_finalize(statement) }
    var lines: [String] = []
    while sqlite3_step(statement) == SQLITE_ROW {
      lines.append(sqlite3_column_text(statement, 3).map { String(cString: $0) } ?? "")
    }
    return lines
  }

  private func start(_ milliseconds: Double, baseline: Int64) {
    budget.start(milliseconds: milliseconds, bytes: limits.bytes, baseline: baseline)
  }

  /// What a filter may take of a visit, and what it must not leave out.
  struct Allowance {
    /// Processor time [ms].
    var milliseconds: Double
    /// So many lines are kept, the first ones, and those that were promised.
    var lines: Int
    /// The alerts (or missing objects) that it was promised before, by their keys.
    var promised: Set<Int64> = []
    /// Memory that SQLite has in use without it [bytes].
    var baseline: Int64
  }

  /// Runs a filter.
  func run(_ text: FilterText, _ allowance: Allowance) throws(FilterError) -> Answer {
    start(allowance.milliseconds, baseline: allowance.baseline)
    let begin = FilterBudget.threadTime()
    defer { lastMilliseconds = Double(FilterBudget.threadTime() - begin) * 1e-6 }
    let statement = try prepare(text)
    defer { sqlite3_finalize(statement) }
    var answer = Answer(columns: names(statement))
    let (keyColumn, isOfMissing) = try Self.key(of: answer.columns)
    answer.isOfMissing = isOfMissing
    guard let table = tables.first(where: { $0.name == (isOfMissing ? "missing" : "alerts") })
    else { throw .engine(reason: "the visit has no such table") }
    beginMarking(table.rowCount)
    while true {
      let code = sqlite3_step(statement)
      if code == SQLITE_DONE { break }
      guard code == SQLITE_ROW else { throw fault(code) }
      guard let key = try Self.key(statement, keyColumn, answer.columns),
        let row = table.row(ofKey: key), marks[row] != mark
      else { continue }
      marks[row] = mark
      answer.matched += 1
      let promised = isOfMissing ? FilterLedger.key(ofMissing: key) : key
      guard answer.matched <= allowance.lines || allowance.promised.contains(promised) else {
        continue
      }
      try add(row, statement, to: &answer)
    }
    // SQLite looks at the clock between its steps, and one of them may have taken all the time.
    answer.milliseconds = Double(FilterBudget.threadTime() - begin) * 1e-6
    guard answer.milliseconds <= allowance.milliseconds else {
      throw .tooSlow(limitMs: allowance.milliseconds)
    }
    return answer
  }

  private func add(
    _ row: Int, _ statement: OpaquePointer, to answer: inout Answer
  ) throws(FilterError) {
    let columns = 0..<Int32(answer.columns.count)
    guard columns.reduce(0, { $0 + Self.textBytes(statement, $1) }) <= Self.longestLine
    else { throw .refused(reason: "a line of it has more than \(Self.longestLine) bytes") }
    answer.rows.append(row)
    answer.values.append(columns.map { Self.value(statement, $0) })
  }

  /// Rows that the running filter has given carry its mark: no set is made for each filter.
  private func beginMarking(_ rowCount: Int) {
    mark &+= 1
    if marks.count < rowCount || mark == 0 {
      marks = Array(repeating: 0, count: rowCount)
      mark = 1
    }
  }

  /// Which alert a line is; nil where it says null.
  private static func key(
    _ statement: OpaquePointer, _ column: Int32, _ names: [String]
  ) throws(FilterError) -> Int64? {
    switch sqlite3_column_type(statement, column) {
    case SQLITE_INTEGER: return sqlite3_column_int64(statement, column)
    case SQLITE_NULL: return nil
    default:
      // A number with a fraction has 53 bits, and would name another alert.
      throw .invalid(
        reason: "its column \(names[Int(column)]) gives something that is no whole number; select "
          + "the table's own column, unchanged")
    }
  }

  /// The column that says which alert (or missing object) a line is.
  private static func key(
    of columns: [String]
  ) throws(FilterError) -> (column: Int32, isOfMissing: Bool) {
    // Else a line could pass for that of another's filter.
    if let name = columns.first(where: { LightRecord.ownKeys.contains($0.lowercased()) }) {
      throw .invalid(
        reason: "its column \(name) is called as what every line says of itself; name it by AS")
    }
    if let index = columns.firstIndex(where: { $0.lowercased() == "diasourceid" }) {
      return (Int32(index), false)
    }
    if let index = columns.firstIndex(where: { $0.lowercased() == "missingid" }) {
      return (Int32(index), true)
    }
    throw .invalid(
      reason: "its columns lack diaSourceId, which says which alert a line is; add it to SELECT")
  }

  /// What a line calls its values: of several alike the later ones are `name:1`, `name:2`, as in SQLite's
  /// own tables.
  private func names(_ statement: OpaquePointer) -> [String] {
    var taken: Set<String> = []
    return (0..<sqlite3_column_count(statement)).map { index in
      let name = sqlite3_column_name(statement, index).map { String(cString: $0) } ?? ""
      var (own, number) = (name, 0)
      while !taken.insert(own.lowercased()).inserted {
        number += 1
        own = "\(name):\(number)"
      }
      return own
    }
  }

  /// Of a text or blob; 0 of others, which asking for bytes would turn into texts.
  private static func textBytes(_ statement: OpaquePointer, _ index: Int32) -> Int {
    switch sqlite3_column_type(statement, index) {
    case SQLITE_TEXT, SQLITE_BLOB: Int(sqlite3_column_bytes(statement, index))
    default: 0
    }
  }

  private static func value(_ statement: OpaquePointer, _ index: Int32) -> FilterValue {
    switch sqlite3_column_type(statement, index) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, index))
    case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, index))
    case SQLITE_TEXT, SQLITE_BLOB:
      guard let start = sqlite3_column_blob(statement, index) else { return .text("") }
      let count = Int(sqlite3_column_bytes(statement, index))
      return .text(
        String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self))
    default: return .null
    }
  }

  private func prepare(_ text: FilterText) throws(FilterError) -> OpaquePointer {
    guard !text.statement.utf8.contains(0) else { throw .invalid(reason: "it has a zero byte") }
    // Before anything reads all of it.
    guard text.statement.utf8.count <= Self.longestText else {
      throw .refused(reason: "it has more than \(Self.longestText) bytes")
    }
    guard FilterReach.count(text.statement) <= FilterReach.most else {
      throw .refused(
        reason:
          "it reads the visit's tables more than \(FilterReach.most) times, each name that stands "
          + "for a SELECT written out")
    }
    var statement: OpaquePointer?
    var rest = ""
    let code = text.statement.withCString { sql in
      var tail: UnsafePointer<CChar>?
      let code = sqlite3_prepare_v2(connection, sql, -1, &statement, &tail)
      if let tail { rest = String(cString: tail) }
      return code
    }
    guard code == SQLITE_OK else { throw fault(code) }
    guard let statement else { throw .invalid(reason: "it is empty") }
    guard FilterText.isBlank(rest) else {
      sqlite3_finalize(statement)
      throw .invalid(reason: "it is more than one statement; a filter is one SELECT")
    }
    return statement
  }

  private func fault(_ code: Int32) -> FilterError {
    let message = String(cString: sqlite3_errmsg(connection))
    if budget.isOverMemory { return .tooLarge(limitBytes: limits.bytes) }
    if budget.isOverTime { return .tooSlow(limitMs: budget.milliseconds) }
    if budget.isTooNested {
      return .refused(reason: "too many SELECTs; names that stand for one count each time")
    }
    switch code & 0xFF {
    case SQLITE_INTERRUPT: return .tooSlow(limitMs: budget.milliseconds)
    case SQLITE_NOMEM: return .tooLarge(limitBytes: limits.bytes)
    case SQLITE_AUTH,
      SQLITE_ERROR where message.hasPrefix("not authorized"):
      return .refused(
        reason:
          "\(message): a filter reads the tables \(VisitTable.names.joined(separator: ", ")), "
          + "with the functions that `ecliptic filter columns` lists")
    case SQLITE_TOOBIG: return .refused(reason: "\(message): a value or the statement is too long")
    case SQLITE_ERROR where message == "incomplete input":
      return .invalid(reason: "it is empty, or ends too early: \(message)")
    case SQLITE_ERROR, SQLITE_RANGE, SQLITE_MISMATCH: return .invalid(reason: message)
    default: return .engine(reason: message)
    }
  }
}
