public import Foundation
package import GRDB

// Catalog: everything that is known, in one SQLite file.
//
// In:      detections, orbits, SSObjects with their sources, quarantined records, runs.
// Out:     the same, by query; tables and columns named as in LSST's schema.
// Refuses: to compute. It stores values and gives them back; files that are no catalog of ours,
//          or of a newer version; a second writer.
//
// Start reading at Schema/Migrations.swift (the tables), then Catalog+Ingest.swift.

/// An open catalog.
///
/// Many readers and one writer: a catalog opened for writing holds a lock (``CatalogLock``) until
/// it is closed. Every change is one transaction: a process that dies leaves the catalog as it
/// was before the change.
public final class Catalog: Sendable {
  public enum Access: Sendable {
    case readOnly
    /// For writing; made if it is not there.
    case readWrite
    /// For writing; an error if it is not there.
    case readWriteExisting
  }

  public let path: String
  package let database: any DatabaseWriter
  /// The revision that is read; nil: the newest.
  let asOfRevision: Int?
  private let lock: CatalogLock?

  /// Opens the catalog `path`, brings an older one up to date when it is opened for writing.
  ///
  /// - Throws: ``CatalogError``: no such file or folder, not a catalog, of a newer version, of an
  ///   older one (read-only), held by another run, not writable.
  public init(path: String, access: Access) throws(CatalogError) {
    let path = Self.file(at: path)
    self.path = path
    asOfRevision = nil
    let writes = access != .readOnly
    try Self.checkPlace(path, access: access)
    lock = writes ? try CatalogLock(catalogPath: path) : nil
    // Before anything is opened for writing, which alone changes bytes of a file.
    try Self.checkKind(path, mayBeNew: writes)
    if writes { try Self.migrate(path) }
    database = try CatalogError.wrap("opening", path: path) {
      writes
        ? try DatabasePool(path: path, configuration: Self.configuration(path))
        : try Self.openForReading(path)
    }
    if !writes { try checkUpToDate() }
  }

  /// Opens the catalog `path` for reading, as it was at a moment: everything that is asked of it has
  /// the answer that it would have had then.
  ///
  /// Objects, their sources, orbits and detections have a past (``versionedTables``); the other
  /// tables are as they are now.
  ///
  /// - Throws: ``CatalogError``, among them that the history does not go back so far.
  public init(path: String, asOf moment: Date) throws(CatalogError) {
    let path = Self.file(at: path)
    let newest = try Catalog(path: path, access: .readOnly)
    let revision = try newest.revision(at: moment)
    try newest.close()
    self.path = path
    asOfRevision = revision
    lock = nil
    database = try CatalogError.wrap("opening", path: path) {
      try Self.readOnlyQueue(path, asOf: revision)
    }
  }

  /// Closes the file; a catalog opened for writing is merged into one file and unlocked.
  public func close() throws(CatalogError) {
    try CatalogError.wrap("closing", path: path) {
      if lock != nil { Self.emptyJournal(database) }
      try database.close()
    }
    lock?.release()
  }

  /// Merges the journal into the file, unless somebody is reading it: then the next one does. The
  /// connections for reading, which are closed last, could not.
  private static func emptyJournal(_ database: any DatabaseWriter) {
    try? database.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA busy_timeout = 0")
      _ = try Row.fetchAll(database, sql: "PRAGMA main.wal_checkpoint(TRUNCATE)")
    }
  }

  // MARK: - Reading and writing

  package func read<Value>(
    _ action: String, _ body: (Database) throws -> Value
  ) throws(CatalogError) -> Value {
    try CatalogError.wrap(action, path: path) {
      try database.read { try body($0) }
    }
  }

  /// One transaction: all of `body` or nothing.
  package func write<Value>(
    _ action: String, _ body: (Database) throws -> Value
  ) throws(CatalogError) -> Value {
    try CatalogError.wrap(action, path: path) {
      try database.write { try body($0) }
    }
  }

  /// As ``write(_:_:)``, for a body that asks others: their errors come out as they are.
  package func writeRethrowing<Value>(
    _ action: String, _ body: (Database) throws -> Value
  ) throws -> Value {
    do {
      return try database.write { try body($0) }
    } catch let error as DatabaseError {
      throw CatalogError(error, action: action, path: path)
    }
  }

  // MARK: - Opening

  /// On a connection that no views of archives hide tables from.
  private static func migrate(_ path: String) throws(CatalogError) {
    try CatalogError.wrap("migrating", path: path) {
      let pool = try DatabasePool(
        path: path, configuration: configuration(path, showsArchives: false))
      try Migrations.all.migrate(pool)
      try pool.close()
    }
  }

  private static func configuration(
    _ path: String, readOnly: Bool = false, asOf revision: Int? = nil, showsArchives: Bool = true
  ) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = readOnly
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { database in
      if !readOnly { try database.execute(sql: "PRAGMA synchronous = NORMAL") }
      try database.execute(sql: "PRAGMA cache_size = -65536")
      let hasArchives =
        try showsArchives
        && ArchiveFiles(catalogPath: path).open(
          database, immutable: readOnly && isImmutable(path), hidesTable: revision == nil)
      if let revision { try viewsOfThePast(revision, hasArchives: hasArchives, database) }
    }
    return configuration
  }

  /// A catalog in a folder that can't be written has no place for SQLite's shared memory file: it
  /// can't change either, and is opened as immutable.
  private static func openForReading(_ path: String) throws -> any DatabaseWriter {
    isImmutable(path)
      ? try readOnlyQueue(path)
      : try DatabasePool(path: path, configuration: configuration(path, readOnly: true))
  }

  /// - Parameter keepsTransactions: one access may begin a transaction that later ones go on with.
  static func readOnlyQueue(
    _ path: String, keepsTransactions: Bool = false, asOf revision: Int? = nil,
    showsArchives: Bool = true
  ) throws -> DatabaseQueue {
    let place = isImmutable(path) ? URL(filePath: path).absoluteString + "?immutable=1" : path
    var configuration = configuration(
      path, readOnly: true, asOf: revision, showsArchives: showsArchives)
    configuration.allowsUnsafeTransactions = keepsTransactions
    return try DatabaseQueue(path: place, configuration: configuration)
  }

  private static func isImmutable(_ path: String) -> Bool {
    let folder = URL(filePath: path).deletingLastPathComponent().path
    return access(folder, W_OK) != 0 && access(path + "-wal", F_OK) != 0
  }

  private static func checkPlace(_ path: String, access: Access) throws(CatalogError) {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if isFolder.boolValue { throw .notACatalog(path: path, reason: "it is a folder") }
    let folder = URL(filePath: path).deletingLastPathComponent().path
    if !exists, access != .readWrite { throw .missing(path: path) }
    if !FileManager.default.fileExists(atPath: folder) { throw .missingFolder(path: folder) }
    guard access != .readOnly else { return }
    if exists, Glibc.access(path, W_OK) != 0 { throw .notWritable(path: path) }
    if Glibc.access(folder, W_OK) != 0 { throw .notWritable(path: folder) }
  }

  /// Refuses files that are no catalog, or one of a newer version, without changing them. A file
  /// that is not there yet, or is empty, passes when it may be new.
  private static func checkKind(_ path: String, mayBeNew: Bool) throws(CatalogError) {
    if mayBeNew, access(path, F_OK) != 0 { return }
    let (kind, tables, isNewer) = try CatalogError.wrap("opening", path: path) {
      do {
        return try look(try readOnlyQueue(path, showsArchives: false))
      } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {
        // A run was ended while it made the catalog: what it began is to be taken back first.
        guard mayBeNew, access(path + "-journal", F_OK) == 0 else {
          throw CatalogError.notACatalog(
            path: path, reason: "a run that was making it ended early; do that again")
        }
        return try look(try DatabaseQueue(path: path))
      }
    }
    if kind != Migrations.applicationId, tables > 0 || !mayBeNew {
      throw .notACatalog(
        path: path,
        reason: tables > 0 ? "it is an SQLite file of another program" : "it is empty")
    }
    if isNewer { throw .newerVersion(path: path) }
  }

  private static func look(
    _ queue: DatabaseQueue
  ) throws -> (kind: Int32, tables: Int, isNewer: Bool) {
    defer { try? queue.close() }
    return try queue.read { database in
      (
        try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0,
        // A run that was ended while it made the catalog leaves nothing, or this table alone.
        try Int.fetchOne(
          database,
          sql: "SELECT count(*) FROM sqlite_master WHERE tbl_name <> 'grdb_migrations'") ?? 0,
        try Migrations.all.hasBeenSuperseded(database)
      )
    }
  }

  private func checkUpToDate() throws(CatalogError) {
    let isUpToDate = try CatalogError.wrap("opening", path: path) {
      try database.read { try Migrations.all.hasCompletedMigrations($0) }
    }
    if !isUpToDate { throw .olderVersion(path: path) }
  }
}
