import Foundation
import GRDB

/// How much room a table takes with its indexes.
public struct TableSize: Sendable, Hashable, Codable {
  /// `archive2026.DiaSource` for a table of an archive file.
  public var table: String
  public var rows: Int
  public var bytes: Int
  public var bytesPerRow: Double? { rows > 0 ? Double(bytes) / Double(rows) : nil }
}

extension Catalog {
  /// The room that each table takes, those of the archive files too, the largest first. Reads every
  /// page of the files.
  public func tableSizes() throws(CatalogError) -> [TableSize] {
    try read("measuring tables") { database in
      var sizes: [TableSize] = []
      for schema in ["main"] + (try ArchiveFiles.years(database).map(ArchiveFiles.schema)) {
        let rows = try Row.fetchAll(
          database,
          sql: """
            SELECT m.tbl_name, sum(d.pgsize) FROM dbstat('\(schema)', 1) d
            JOIN \(schema).sqlite_master m USING (name)
            WHERE m.tbl_name NOT LIKE 'sqlite_%' AND m.tbl_name NOT LIKE 'grdb_%' GROUP BY 1
            """)
        for row in rows {
          let name: String = row[0]
          let count = try Int.fetchOne(
            database, sql: "SELECT count(*) FROM \(schema).\"\(name)\"")
          sizes.append(
            TableSize(
              table: schema == "main" ? name : "\(schema).\(name)", rows: count ?? 0, bytes: row[1])
          )
        }
      }
      return sizes.sorted { ($1.bytes, $0.table) < ($0.bytes, $1.table) }
    }
  }

  /// Bytes of the catalog's files, archives and journals included.
  public func fileBytes() throws(CatalogError) -> Int {
    let files = ArchiveFiles(catalogPath: path)
    let years = try read("reading archives") { try ArchiveFiles.years($0) }
    return ([path] + years.map { files.path(year: $0) }).flatMap { [$0, $0 + "-wal"] }.reduce(0) {
      var status = stat()
      return $0 + (stat($1, &status) == 0 ? Int(status.st_size) : 0)
    }
  }
}
