import Astrometry
import Foundation
import GRDB

/// What one run of `archive` moved.
public struct ArchiveResult: Sendable, Hashable, Codable {
  public struct File: Sendable, Hashable, Codable {
    public var path: String
    public var nights: Int
    public var detections: Int
  }

  public var files: [File] = []
}

extension Catalog {
  /// Moves the detections of all nights before one into archive files, one a year, which every query
  /// still reaches. Objects, their sources and orbits stay.
  ///
  /// A file is written and on the disk before the catalog lets go of the rows, in one transaction
  /// a file: a run that is ended at any moment loses and doubles nothing, and the next one goes on.
  /// Connections that were open before see the archived detections when they are opened again.
  ///
  /// - Parameter night: MJD of its evening.
  public func archive(before night: Int) throws(CatalogError) -> ArchiveResult {
    let nights = try read("reading nights") { database in
      try Self.ownNights(database).filter { $0 < night }
    }
    let years = Dictionary(grouping: nights) { Night(mjd: $0).calendarDate.year }
    try checkNumber(ofNewYears: years.keys.sorted())
    var result = ArchiveResult()
    for (year, nights) in years.sorted(by: { $0.key < $1.key }) {
      result.files.append(try archive(nights.sorted(), year: year))
    }
    return result
  }

  /// SQLite reaches ten files beside its own.
  private static let mostFiles = 10

  private func checkNumber(ofNewYears years: [Int]) throws(CatalogError) {
    let known = try read("reading archives") { try ArchiveFiles.years($0) }
    if Set(known + years).count > Self.mostFiles {
      throw .database(
        path: path, action: "archiving",
        reason: "a catalog has at most \(Self.mostFiles) archive files, one a year; begin another "
          + "catalog for the years after \(known.last ?? 0)")
    }
  }

  private func archive(_ nights: [Int], year: Int) throws(CatalogError) -> ArchiveResult.File {
    let files = ArchiveFiles(catalogPath: path)
    let place = files.path(year: year)
    let (first, last) = (nights.first ?? 0, nights.last ?? 0)
    let isNew = access(place, F_OK) != 0
    do throws(CatalogError) {
      let (schema, columns) = try CatalogError.wrap("making an archive", path: place) {
        try prepareArchive(place, last: last)
        return try database.writeWithoutTransaction { database in
          if try !Self.isAttached(year, database) { try files.attach(year, database) }
          database.clearSchemaCache()
          let columns = try database.columns(in: "DiaSource", in: ArchiveFiles.schema(year))
            .map(\.name).filter { $0 != "batch" && $0 != "ssObjectId" }.map { "\"\($0)\"" }
            .joined(separator: ", ")
          return (ArchiveFiles.schema(year), columns)
        }
      }
      let batch = try copy(nights: first...last, columns, year: year, place)
      let count = try write("archiving nights") { database in
        try Self.letGo(nights: first...last, batch: batch, year: year, schema, database)
      }
      return ArchiveResult.File(path: place, nights: nights.count, detections: count)
    } catch {
      // Of a file that was there before, SQLite has taken back what was not done.
      if isNew { remove(place, year: year) }
      throw error
    }
  }

  /// Removes an archive file that nothing of the catalog is in.
  private func remove(_ place: String, year: Int) {
    let isUsed = try? read("reading archives") { try ArchiveFiles.years($0).contains(year) }
    guard isUsed == false else { return }
    try? database.writeWithoutTransaction { database in
      if try Self.isAttached(year, database) {
        try database.execute(sql: "DETACH DATABASE \(ArchiveFiles.schema(year))")
      }
    }
    for end in ["", "-wal", "-shm"] { unlink(place + end) }
  }

  /// Makes the file, or gives it the columns that the catalog has got since.
  private func prepareArchive(_ place: String, last: Int) throws {
    let columns = try read("reading columns") { try $0.columns(in: "DiaSource", in: "main") }
    let queue = try DatabaseQueue(path: place)
    defer { try? queue.close() }
    try queue.writeWithoutTransaction { database in
      // Readers of what is archived are never kept waiting.
      _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
    }
    try queue.write { database in
      if try !database.tableExists("DiaSource") {
        try database.execute(sql: "PRAGMA application_id = \(ArchiveFiles.applicationId)")
        let list = columns.map { column in
          "\"\(column.name)\" \(column.type)" + (column.name == "diaSourceId" ? " PRIMARY KEY" : "")
        }
        try database.execute(
          sql: """
            CREATE TABLE DiaSource (\(list.joined(separator: ", ")), batch INTEGER NOT NULL) STRICT;
            CREATE INDEX DiaSourceByNight ON DiaSource (night);
            CREATE INDEX DiaSourceBySSObject ON DiaSource (ssObjectId) WHERE ssObjectId IS NOT NULL
            """)
      }
      let had = Set(try database.columns(in: "DiaSource").map(\.name))
      for column in columns where !had.contains(column.name) {
        try database.execute(
          sql: "ALTER TABLE DiaSource ADD COLUMN \"\(column.name)\" \(column.type)")
      }
    }
  }

  private static func isAttached(_ year: Int, _ database: Database) throws -> Bool {
    try Row.fetchAll(database, sql: "PRAGMA database_list").contains {
      ($0[1] as String) == ArchiveFiles.schema(year)
    }
  }

  /// Copies rows into the file and sees to it that they are on the disk. What an earlier run left
  /// there without being done is replaced.
  ///
  /// - Returns: the number of the batch.
  private func copy(
    nights: ClosedRange<Int>, _ columns: String, year: Int, _ place: String
  ) throws(CatalogError) -> Int {
    let schema = ArchiveFiles.schema(year)
    return try CatalogError.wrap("archiving nights", path: place) {
      try database.writeWithoutTransaction { database in
        try database.execute(sql: "PRAGMA \(schema).synchronous = FULL")
      }
      let batch = try database.write { database in
        let done =
          try Int.fetchOne(database, sql: "SELECT max(batch) FROM main.archiveBatches") ?? 0
        try database.execute(
          sql: """
            DELETE FROM \(schema).DiaSource
            WHERE batch NOT IN (SELECT batch FROM main.archiveBatches WHERE year = ?)
            """, arguments: [year])
        try database.execute(
          sql: """
            INSERT INTO \(schema).DiaSource (\(columns), batch)
            SELECT \(columns), ? FROM main.DiaSource WHERE night BETWEEN ? AND ?
            ORDER BY diaSourceId
            """, arguments: [done + 1, nights.lowerBound, nights.upperBound])
        return done + 1
      }
      try database.writeWithoutTransaction { database in
        _ = try Row.fetchAll(database, sql: "PRAGMA \(schema).wal_checkpoint(TRUNCATE)")
      }
      return batch
    }
  }

  /// Takes from the catalog what a file has, and notes that it has it.
  private static func letGo(
    nights: ClosedRange<Int>, batch: Int, year: Int, _ schema: String, _ database: Database
  ) throws -> Int {
    let range: StatementArguments = [nights.lowerBound, nights.upperBound]
    let copied =
      try Int.fetchOne(
        database, sql: "SELECT count(*) FROM \(schema).DiaSource WHERE batch = ?",
        arguments: [batch]) ?? 0
    try database.execute(
      sql: """
        INSERT INTO main.archivedNights (night, batch, nRows)
        SELECT night, ?, count(*) FROM main.DiaSource WHERE night BETWEEN ? AND ? GROUP BY night
        """, arguments: [batch] + range)
    try database.execute(
      sql: """
        INSERT INTO main.archiveBatches
          (batch, year, nRows, firstDiaSourceId, lastDiaSourceId, archivedAt)
        SELECT ?, ?, count(*), min(diaSourceId), max(diaSourceId), ? FROM main.DiaSource
        WHERE night BETWEEN ? AND ?
        """, arguments: [batch, year, Date.now.formatted(.iso8601)] + range)
    try database.execute(
      sql: "DELETE FROM main.DiaSource WHERE night BETWEEN ? AND ?", arguments: range)
    guard database.changesCount == copied else {
      throw CatalogError.database(
        path: "", action: "archiving",
        reason: "\(copied) detections were copied, \(database.changesCount) are there (nothing was "
          + "changed)")
    }
    return copied
  }
}
