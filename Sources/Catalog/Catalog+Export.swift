import GRDB

/// One value of a table, as SQLite has it.
public enum CatalogValue: Sendable, Hashable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])
}

extension Catalog {
  /// Names that ``rows(of:where:header:row:)`` takes.
  public static let exportableTables = [
    "DiaSource", "SSObject", "SSSource", "links", "mpc_orbits", "orbitSolutions", "visits", "runs",
    "ingestedFiles", "quarantine", "retiredObjects", "releasedSources", "solutionSources",
    "designations", "identifications", "objectStates", "revisions",
  ]

  /// The identifier of a detection as it came in.
  private static let obsId = "coalesce(d.sourceId, CAST(d.diaSourceId AS TEXT)) AS obs_id"

  static func query(for table: String) throws -> String {
    switch table {
    case "DiaSource": "SELECT d.*, observatory AS obscode, \(obsId) FROM DiaSource d"
    case "SSObject": "SELECT \(SSObjectColumns.all.joined(separator: ", ")) FROM SSObject"
    case "SSSource":
      """
      SELECT \(SSSourceRecord.columns.map { "s.\($0)" }.joined(separator: ", ")), \(obsId)
      FROM SSSource s JOIN DiaSource d USING (diaSourceId)
      """
    case "links":
      """
      SELECT d.ssObjectId AS linkId, d.diaSourceId, \(obsId), d.ssObjectId
      FROM DiaSource d WHERE d.ssObjectId IS NOT NULL ORDER BY d.ssObjectId, d.midpointMjdTai
      """
    case _ where exportableTables.contains(table): "SELECT * FROM \"\(table)\""
    default: throw CatalogError.unknownTable(name: table)
    }
  }

  /// Reads a table, or the rows of it that meet an SQL condition on its columns.
  ///
  /// The condition runs on a read-only connection; it can't change the catalog.
  ///
  /// - Parameters:
  ///   - table: one of ``exportableTables``. `links` is made from DiaSource; `SSSource` and
  ///     `DiaSource` have besides LSST's columns `obs_id`, the identifier as it came in.
  ///   - condition: an SQL expression, e.g. `nObs > 10`.
  ///   - header: called once with the column names.
  ///   - row: called for each row.
  public func rows(
    of table: String, where condition: String? = nil, header: ([String]) throws -> Void,
    row body: ([CatalogValue]) throws -> Void
  ) throws {
    let base = try Self.query(for: table)
    let sql = condition.map { "SELECT * FROM (\(base)) WHERE (\($0)\n)" } ?? base
    try database.read { database in
      let rows: RowCursor
      do {
        rows = try Row.fetchCursor(database, sql: sql)
      } catch let error as DatabaseError {
        throw CatalogError.badQuery(
          sql: condition ?? "", reason: error.message ?? "\(error.resultCode)")
      }
      let names = Array(rows._statement.columnNames)
      try header(names)
      while let row = try rows.next() {
        try body((0..<names.count).map { Self.value(row[$0]) })
      }
    }
  }

  static func value(_ value: DatabaseValue) -> CatalogValue {
    switch value.storage {
    case .null: .null
    case .int64(let number): .integer(number)
    case .double(let number): .real(number)
    case .string(let text): .text(text)
    case .blob(let data): .blob([UInt8](data))
    }
  }
}
