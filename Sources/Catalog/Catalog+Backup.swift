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
      do throws(CatalogError) {
        try CatalogError.wrap("backup", path: file.to) {
          try Self.copy(file.from, to: temporary)
          try Self.verify(temporary, of: file.from)
        }
      } catch {
        throw error.aboutSource(file.from, of: file.to)
      }
    }
    for (file, temporary) in zip(files, temporaries).reversed() {
      if rename(temporary, file.to) != 0 { throw .notWritable(path: file.to) }
    }
  }

  /// A copy to try things out on: of the catalog alone, whose archive files, which nobody writes to,
  /// are reached under the copy's name by links.
  ///
  /// - Returns: the files and links that were made; the caller removes them.
  public func scratchCopy(at destination: String) throws(CatalogError) -> [String] {
    let years = try read("reading archives") { try ArchiveFiles.years($0) }
    let (own, links) = (ArchiveFiles(catalogPath: path), ArchiveFiles(catalogPath: destination))
    var made = [destination]
    let folder = URL(filePath: destination).deletingLastPathComponent().path
    if access(folder, W_OK) != 0 { throw .notWritable(path: folder) }
    do throws(CatalogError) {
      try CatalogError.wrap("copying", path: destination) {
        try Self.copy(path, to: destination)
        for year in years {
          let target = URL(filePath: own.path(year: year)).standardizedFileURL.path
          if symlink(target, links.path(year: year)) != 0 {
            throw CatalogError.notWritable(path: links.path(year: year))
          }
          made.append(links.path(year: year))
        }
      }
    } catch {
      for name in made { for end in ["", "-wal", "-shm"] { unlink(name + end) } }
      throw error.aboutSource(path, of: destination)
    }
    return made
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

extension CatalogError {
  /// What is wrong with the file that is copied names that one, not the copy.
  package func aboutSource(_ source: String, of copy: String) -> CatalogError {
    switch self {
    case .damaged(copy, let action, let reason):
      .damaged(path: source, action: action, reason: reason)
    case .notACatalog(copy, let reason): .notACatalog(path: source, reason: reason)
    case .locked(copy, let holder): .locked(path: source, holder: holder)
    default: self
    }
  }
}
