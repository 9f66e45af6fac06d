import Foundation
import GRDB

extension Catalog {
  /// Copies the catalog and its archive files, while they may be in use, by SQLite's online backup.
  /// The copies are read through (`integrity_check`) and on the disk before they appear under their
  /// names, the catalog's own last.
  ///
  /// - Throws: ``CatalogError``, also when `destination` or an archive of it exists, or a copy is
  ///   not sound; nothing is left behind then.
  public func backup(to destination: String) throws(CatalogError) {
    let years = try read("reading archives") { try ArchiveFiles.years($0) }
    let (own, copies) = (ArchiveFiles(catalogPath: path), ArchiveFiles(catalogPath: destination))
    var files = [(from: path, to: destination)]
    // After the catalog: a batch that is archived meanwhile is too much in the copy, not missing.
    files += years.map { (own.path(year: $0), copies.path(year: $0)) }
    for file in files where access(file.to, F_OK) == 0 {
      throw .database(path: file.to, action: "backup", reason: "the file exists; remove it")
    }
    let temporaries = files.map { "\($0.to).\(getpid()).tmp" }
    defer {
      for name in temporaries { for end in ["", "-wal", "-shm"] { unlink(name + end) } }
    }
    for (file, temporary) in zip(files, temporaries) {
      try CatalogError.wrap("backup", path: file.to) {
        try Self.copy(file.from, to: temporary)
        try Self.verify(temporary, of: file.from)
      }
    }
    for (file, temporary) in zip(files, temporaries).reversed() {
      if rename(temporary, file.to) != 0 { throw .notWritable(path: file.to) }
    }
  }

  private static func copy(_ from: String, to temporary: String) throws {
    let source = try readOnlyQueue(from, showsArchives: false)
    defer { try? source.close() }
    let target = try DatabaseQueue(path: temporary)
    try source.backup(to: target)
    // One file that stands alone; a catalog in use has the end of it in another.
    try target.writeWithoutTransaction { database in
      _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = DELETE")
    }
    try target.close()
  }

  private static func verify(_ copy: String, of original: String) throws {
    let queue = try readOnlyQueue(copy, showsArchives: false)
    defer { try? queue.close() }
    let found = try queue.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }
    if found != ["ok"] {
      throw CatalogError.damaged(
        path: original, action: "backup", reason: found.first ?? "the copy can't be read")
    }
    let file = open(copy, O_RDONLY)
    defer { if file >= 0 { _ = Glibc.close(file) } }
    if file < 0 || fsync(file) != 0 {
      throw CatalogError.database(
        path: copy, action: "backup", reason: String(cString: strerror(errno)))
    }
  }
}
