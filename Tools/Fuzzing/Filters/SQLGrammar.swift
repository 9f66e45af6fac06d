/// Makes SQL of bytes, so that the fuzzer's mutations change statements and not only letters: each
/// choice takes a byte, and bytes that are all used up choose the simplest.
struct SQLGrammar {
  private var bytes: ArraySlice<UInt8>
  private var depth = 0
  private var names: [String] = []

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  private mutating func choice(_ count: Int) -> Int {
    guard let byte = bytes.popFirst() else { return 0 }
    return Int(byte) % count
  }

  private mutating func one(of words: [String]) -> String { words[choice(words.count)] }

  mutating func statement() -> String {
    switch choice(8) {
    case 0: return condition() + order()
    case 1: return one(of: Self.hostile)
    case 2: return with() + select()
    case 3:
      return
        "WITH RECURSIVE r(x) AS (SELECT \(expression()) UNION ALL SELECT \(expression()) FROM r) "
        + "SELECT x AS diaSourceId FROM r"
    default: return select()
    }
  }

  private mutating func with() -> String {
    let body = select()
    names.append("w")
    return "WITH w AS \(one(of: ["", "MATERIALIZED ", "NOT MATERIALIZED "]))(\(body)) "
  }

  private mutating func select() -> String {
    depth += 1
    defer { depth -= 1 }
    let source = source()
    var text = "SELECT \(one(of: ["", "DISTINCT ", "ALL "]))"
    text += one(of: [
      "diaSourceId", "a.diaSourceId", "min(diaSourceId) AS diaSourceId", "*", "missingId",
      "max(rowid) AS diaSourceId",
    ])
    for _ in 0..<choice(4) { text += ", \(expression()) AS x" }
    text += " FROM \(source)"
    if choice(2) == 1 { text += " WHERE \(condition())" }
    if choice(4) == 1 { text += " GROUP BY \(expression()) HAVING \(condition())" }
    if choice(6) == 1, depth < 4 {
      text += " \(one(of: ["UNION", "UNION ALL", "EXCEPT", "INTERSECT"])) \(select())"
    }
    text += order()
    if choice(5) == 1 { text += " LIMIT \(expression())" }
    return text
  }

  private mutating func order() -> String {
    guard choice(3) == 1 else { return "" }
    return " ORDER BY \(expression()) \(one(of: ["", "DESC", "NULLS LAST", "COLLATE NOCASE"]))"
  }

  private mutating func source() -> String {
    var text = item()
    for index in 0..<choice(5) {
      text += one(of: [", ", " JOIN ", " LEFT JOIN ", " CROSS JOIN ", " NATURAL JOIN "])
      text += "\(one(of: ["alerts", "candidates", "missing"])) t\(depth)\(index)"
    }
    return text
  }

  private mutating func item() -> String {
    switch choice(10) {
    case 0, 1, 2, 3, 4: return "alerts"
    case 5: return "alerts a"
    case 6: return one(of: ["missing", "candidates", "alerts JOIN candidates USING (diaSourceId)"])
    case 7 where depth < 4: return "(\(select())) a"
    case 8: return names.last ?? "alerts"
    default: return one(of: Self.forbidden)
    }
  }

  private mutating func condition() -> String {
    depth += 1
    defer { depth -= 1 }
    guard depth < 7 else { return "snr > 5" }
    switch choice(9) {
    case 0:
      return "\(expression()) \(one(of: ["<", ">", "=", "<>", "IS", "IS NOT"])) \(expression())"
    case 1: return "(\(condition()) AND \(condition()))"
    case 2: return "(\(condition()) OR \(condition()))"
    case 3: return "NOT \(condition())"
    case 4: return "\(expression()) \(one(of: ["LIKE", "GLOB", "NOT LIKE"])) \(pattern())"
    case 5: return "\(expression()) BETWEEN \(expression()) AND \(expression())"
    case 6: return "\(expression()) IN (\(expression()), \(expression()))"
    case 7 where depth < 5: return "\(one(of: ["EXISTS", "NOT EXISTS"])) (\(select()))"
    case 8 where depth < 5: return "\(expression()) IN (\(select()))"
    default: return "\(expression()) IS NULL"
    }
  }

  private mutating func pattern() -> String {
    let unit = one(of: ["%a", "_", "%", "*a", "?", "[a-z]", "*", "%%a_"])
    return "'" + String(repeating: unit, count: 1 + choice(60)) + "'"
  }

  private mutating func expression() -> String {
    depth += 1
    defer { depth -= 1 }
    guard depth < 8 else { return one(of: Self.columns) }
    switch choice(14) {
    case 0, 1, 2: return one(of: Self.columns)
    case 3: return one(of: Self.literals)
    case 4, 5:
      let sign = one(of: ["+", "-", "*", "/", "%", "||", "<<", ">>", "&", "|"])
      return "(\(expression()) \(sign) \(expression()))"
    case 6, 7:
      let name = one(of: Self.functions)
      return "\(name)(\((0..<choice(5)).map { _ in expression() }.joined(separator: ", ")))"
    case 8: return "CASE WHEN \(condition()) THEN \(expression()) ELSE \(expression()) END"
    case 9: return "CAST(\(expression()) AS \(one(of: ["INTEGER", "TEXT", "REAL", "BLOB"])))"
    case 10:
      let text = expression()
      // Repeated within what is repeated it would fill all memory before SQLite saw it.
      guard text.utf8.count < 2_000 else { return text }
      return "(" + Array(repeating: text, count: 1 + choice(30)).joined(separator: " || ") + ")"
    case 11 where depth < 5: return "(\(select()))"
    case 12:
      return "\(one(of: Self.windows))(\(expression())) OVER (PARTITION BY \(expression()) "
        + "ORDER BY \(expression()) ROWS BETWEEN \(choice(200)) PRECEDING AND CURRENT ROW)"
    default: return "-\(expression())"
    }
  }

  private static let columns = [
    "diaSourceId", "ra", "dec", "snr", "psfFlux", "band", "tag_designation", "history_count",
    "magnitude", "rowid", "a.ra", "t00.snr", "t10.diaSourceId", "x", "ephVmag", "designation",
  ]
  private static let literals = [
    "1", "0", "-1", "NULL", "9223372036854775807", "-9223372036854775808", "1e308", "1e-308",
    "0.5", "'a'", "''", "x'00ff'", "'\u{1F600}'", "0x7fffffffffffffff", "?", ":a", "\"ra\"",
  ]
  private static let functions = [
    "abs", "avg", "coalesce", "count", "max", "min", "sum", "round", "substr", "upper", "length",
    "like", "glob", "trim", "instr", "ifnull", "iif", "nullif", "pow", "exp", "ln", "sqrt", "mod",
    "angular_separation", "in_circle", "in_box", "galactic_latitude", "ecliptic_longitude",
    "mag_from_flux", "mag_error", "hours_since", "row_number", "typeof", "total", "lag",
    "zeroblob", "randomblob", "load_extension", "printf", "replace", "hex", "group_concat",
    "readfile", "writefile", "edit", "fts3_tokenizer", "char", "quote", "json", "json_group_array",
    "sqlite_version", "random", "last_insert_rowid", "changes", "soundex", "likelihood", "format",
  ]
  private static let windows = [
    "sum", "count", "lag", "lead", "row_number", "rank", "first_value", "avg", "group_concat",
  ]
  private static let forbidden = [
    "sqlite_master", "sqlite_schema", "sqlite_temp_master", "pragma_table_info('alerts')",
    "pragma_database_list", "json_each('[1,2]')", "generate_series(1, 9e9)", "dbstat",
    "sqlite_dbpage", "main.alerts", "temp.alerts", "fts5vocab", "pragma_function_list",
    "(VALUES (1), (2))", "alerts('x')", "missing(1)",
  ]
  private static let hostile = [
    "ATTACH 'sentinel.db' AS other", "INSERT INTO alerts VALUES (1)", "DELETE FROM alerts",
    "UPDATE alerts SET ra = 0", "DROP TABLE alerts", "CREATE TABLE t (x)",
    "CREATE VIRTUAL TABLE t USING fts5(x)", "CREATE TEMP VIEW v AS SELECT 1", "VACUUM INTO 'x.db'",
    "VACUUM", "PRAGMA writable_schema = ON", "PRAGMA temp_store_directory = '/'",
    "PRAGMA journal_mode", "REINDEX", "ANALYZE", "BEGIN", "COMMIT", "SAVEPOINT a", "RELEASE a",
    "CREATE TRIGGER t AFTER INSERT ON alerts BEGIN SELECT 1; END", "ALTER TABLE alerts RENAME TO b",
    "EXPLAIN SELECT diaSourceId FROM alerts", "DETACH main",
    "SELECT diaSourceId FROM alerts; DROP TABLE alerts",
    "SELECT diaSourceId FROM alerts INDEXED BY x", "SELECT load_extension('/lib/x.so')",
  ]
}
