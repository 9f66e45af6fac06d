public import Astrometry
import GRDB

extension Catalog {
  /// All records in quarantine, in the order of files and places.
  public func quarantinedRecords() throws(CatalogError) -> [QuarantinedRecord] {
    try read("reading the quarantine") { database in
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT file, line, byteOffset, field, reason, record FROM quarantine
          ORDER BY file, line, byteOffset, quarantineId
          """)
      var records: [QuarantinedRecord] = []
      while let row = try rows.next() {
        let line: Int? = row[1]
        records.append(
          QuarantinedRecord(
            file: row[0], location: line.map { .line($0) } ?? .byteOffset(row[2] ?? 0),
            field: row[3], reason: row[4], record: row[5]))
      }
      return records
    }
  }

  /// A file that is read again speaks for itself: its old records go, its new ones come. What
  /// came by standard input has no name to come back by and stays.
  static func replaceQuarantine(
    _ database: Database, file: String, with records: [QuarantinedRecord]
  ) throws {
    if file != "-" {
      try database.execute(sql: "DELETE FROM quarantine WHERE file = ?", arguments: [file])
    }
    var insert = try BulkInsert(
      database,
      sql: """
        INSERT INTO quarantine (file, line, byteOffset, field, reason, record)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS (
          SELECT 1 FROM quarantine WHERE file = ?1 AND line IS ?2 AND byteOffset IS ?3
            AND field IS ?4 AND reason = ?5 AND record IS ?6)
        """)
    for record in records {
      insert.bind(record.file)
      switch record.location {
      case .line(let line):
        insert.bind(line)
        insert.bindNull()
      case .byteOffset(let offset):
        insert.bindNull()
        insert.bind(offset)
      }
      insert.bind(record.field)
      insert.bind(record.reason)
      insert.bind(record.record)
      try insert.run()
    }
  }
}
