import Foundation
import GRDB

/// The archive files of a catalog on one connection: attached, and put behind the name `DiaSource`.
///
/// A file `CATALOG.archive-2026` holds the detections of nights of that year that were moved out of
/// the catalog. Their own `ssObjectId` is always NULL: SSSource, which stays in the catalog, says
/// whose they are, so that an archived detection can be attributed and released without its file
/// being written. A temporary view `DiaSource` joins catalog and files; `main.DiaSource` is the
/// catalog's own table, which alone is written.
struct ArchiveFiles {
  /// "ECLA", in the header of an archive file.
  static let applicationId: Int32 = 0x4543_4C41

  let catalogPath: String

  func path(year: Int) -> String { "\(catalogPath).archive-\(year)" }

  static func schema(_ year: Int) -> String { "archive\(year)" }

  /// Years that have files, ascending; none for a catalog of a version without archives.
  static func years(_ database: Database) throws -> [Int] {
    guard try database.tableExists("archiveBatches", in: "main") else { return [] }
    return try Int.fetchAll(
      database, sql: "SELECT DISTINCT year FROM main.archiveBatches ORDER BY year")
  }

  /// Attaches the files that the catalog has and makes the views.
  ///
  /// - Parameter hidesTable: false where another view is to stand for `DiaSource`, made from
  ///   `storedDiaSource`.
  /// - Returns: whether there are any.
  func open(_ database: Database, immutable: Bool, hidesTable: Bool = true) throws -> Bool {
    let years = try Self.years(database)
    guard !years.isEmpty else { return false }
    for year in years { try attach(year, database, immutable: immutable) }
    let columns = try database.columns(in: "DiaSource", in: "main").map(\.name)
    try database.execute(
      sql: "CREATE TEMP VIEW storedDiaSource AS " + Self.stored(columns, years, database))
    if hidesTable {
      try database.execute(
        sql: "CREATE TEMP VIEW DiaSource AS " + Self.attributed(columns, years, database))
    }
    return true
  }

  func attach(_ year: Int, _ database: Database, immutable: Bool = false) throws {
    let path = path(year: year)
    guard access(path, F_OK) == 0 else { throw CatalogError.missingArchive(path: path) }
    let name = immutable ? URL(filePath: path).absoluteString + "?immutable=1" : path
    try database.execute(
      sql: "ATTACH DATABASE ? AS \(Self.schema(year))", arguments: [name])
    let kind = try Int32.fetchOne(
      database, sql: "PRAGMA \(Self.schema(year)).application_id")
    if kind != Self.applicationId {
      throw CatalogError.notACatalog(path: path, reason: "it is no archive of a catalog")
    }
  }

  private static func counts(_ year: Int) -> String {
    "a.batch IN (SELECT batch FROM main.archiveBatches WHERE year = \(year))"
  }

  /// The rows of a file that count.
  private static func rows(_ year: Int) -> String {
    "\(schema(year)).DiaSource a WHERE \(counts(year))"
  }

  /// Everything as it came in; `ssObjectId` is NULL for what is archived.
  private static func stored(_ columns: [String], _ years: [Int], _ database: Database) -> String {
    let own = "SELECT \(list(columns) { "\"\($0)\"" }) FROM main.DiaSource"
    let archived = years.map { year in
      "SELECT \(terms(columns, year, database, object: "a.ssObjectId")) FROM \(rows(year))"
    }
    return ([own] + archived).joined(separator: "\nUNION ALL ")
  }

  /// Everything with the object that it belongs to. Two parts a file, so that a search by object
  /// goes by SSSource's index, and one by night or identifier by the file's. Columns are of one
  /// type in all parts: SQLite then takes a join with the view apart into joins with the parts.
  private static func attributed(
    _ columns: [String], _ years: [Int], _ database: Database
  ) -> String {
    var parts = ["SELECT \(list(columns) { "\"\($0)\"" }) FROM main.DiaSource"]
    for year in years {
      parts.append(
        """
        SELECT \(terms(columns, year, database, object: "s.ssObjectId")) FROM main.SSSource s
        JOIN \(schema(year)).DiaSource a ON a.diaSourceId = s.diaSourceId
        WHERE \(counts(year))
        """)
      parts.append(
        """
        SELECT \(terms(columns, year, database, object: "a.ssObjectId")) FROM \(rows(year))
        AND NOT EXISTS (SELECT 1 FROM main.SSSource s WHERE s.diaSourceId = a.diaSourceId)
        """)
    }
    return parts.joined(separator: "\nUNION ALL ")
  }

  /// The columns of an archived row; NULL for those that its file's version did not have.
  /// (NULL alone has no type.)
  private static func terms(
    _ columns: [String], _ year: Int, _ database: Database, object: String
  ) -> String {
    let has = (try? database.columns(in: "DiaSource", in: schema(year)).map(\.name)) ?? []
    let types = (try? database.columns(in: "DiaSource", in: "main")) ?? []
    return list(columns) { name in
      if name == "ssObjectId" { return "\(object) AS ssObjectId" }
      if has.contains(name) { return "a.\"\(name)\"" }
      let type = types.first { $0.name == name }?.type ?? "TEXT"
      return "CAST(NULL AS \(type)) AS \"\(name)\""
    }
  }

  private static func list(_ columns: [String], _ term: (String) -> String) -> String {
    columns.map(term).joined(separator: ", ")
  }
}
