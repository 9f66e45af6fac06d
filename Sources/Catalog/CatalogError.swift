import GRDB

/// What the caller or the machine did wrong; each says what to do about it.
public enum CatalogError: Error, CustomStringConvertible {
  case missing(path: String)
  case missingFolder(path: String)
  case missingArchive(path: String)
  case notWritable(path: String)
  case notACatalog(path: String, reason: String)
  case newerVersion(path: String)
  case olderVersion(path: String)
  case locked(path: String, holder: String)
  case diskFull(path: String, action: String)
  /// Pages of the file are not what SQLite wrote, or it is cut.
  case damaged(path: String, action: String, reason: String)
  case badQuery(sql: String, reason: String)
  case unknownTable(name: String)
  case notAttributed(diaSourceId: Int64)
  /// Rows of a table can't be chosen by what an option says.
  case notSelectable(table: String, option: String)
  /// The catalog's history begins later.
  case noHistory(wanted: String, first: String)
  /// A table whose past is not kept.
  case noPast(table: String)
  /// A value that its column can't have.
  case badValue(column: String, value: String, kind: String)
  case database(path: String, action: String, reason: String)

  public var description: String {
    switch self {
    case .missing(let path):
      "\(path): no such catalog; ecliptic ingest or ecliptic import makes one"
    case .missingArchive(let path):
      "\(path): no such file; the catalog's older detections are in it: put it back beside the "
        + "catalog, under this name"
    case .missingFolder(let path): "\(path): no such folder; make it first"
    case .notWritable(let path):
      "\(path): not writable; check its permissions, or copy the catalog to a place of your own"
    case .notACatalog(let path, let reason): "\(path): not a catalog: \(reason)"
    case .newerVersion(let path):
      "\(path): made by a newer version of ecliptic; use that version (nothing was changed)"
    case .olderVersion(let path):
      "\(path): made by an older version of ecliptic; run: ecliptic catalog migrate --catalog \(path)"
    case .locked(let path, let holder):
      "\(path): held by another run (\(holder)); wait for it to end"
    case .diskFull(let path, let action):
      "\(path): the disk is full while \(action); free some space and run it again "
        + "(this step changed nothing)"
    case .damaged(let path, let action, let reason):
      "\(path): the file is damaged (\(action): \(reason)); this step changed nothing. Put a backup in "
        + "its place, or save what can be read: sqlite3 \(path) .recover"
    case .badQuery(let sql, let reason): "the condition \"\(sql)\" does not run: \(reason)"
    case .unknownTable(let name):
      "no table \"\(name)\"; there are: \(Catalog.exportableTables.joined(separator: ", "))"
    case .notAttributed(let id):
      "detection \(id) is not in the catalog, or no object's; ecliptic export --table links lists"
        + " those that are (nothing was changed)"
    case .notSelectable(let table, let option):
      "rows of \(table) have no \(option) to choose them by; use a condition on its columns"
    case .noHistory(let wanted, let first):
      "the catalog's history begins at \(first), after \(wanted); give a later time"
        + " (ecliptic catalog history lists them)"
    case .noPast(let table):
      "the past of \(table) is not kept; there is that of "
        + Catalog.versionedTables.joined(separator: ", ")
    case .badValue(let column, let value, let kind):
      "the value \(value) of \(column) is none of kind \(kind); correct it in the catalog"
    case .database(let path, let action, let reason): "\(path): \(action) failed: \(reason)"
    }
  }

  /// Runs `body`, turns SQLite's errors into ours.
  static func wrap<Value>(
    _ action: String, path: String, _ body: () throws -> Value
  ) throws(CatalogError) -> Value {
    do {
      return try body()
    } catch let error as CatalogError {
      throw error
    } catch let error as DatabaseError {
      throw CatalogError(error, action: action, path: path)
    } catch {
      throw .database(path: path, action: action, reason: String(describing: error))
    }
  }

  init(_ error: DatabaseError, action: String, path: String) {
    switch error.resultCode {
    case .SQLITE_FULL: self = .diskFull(path: path, action: action)
    case .SQLITE_CORRUPT:
      self = .damaged(path: path, action: action, reason: error.message ?? "a corrupt page")
    case .SQLITE_NOTADB: self = .notACatalog(path: path, reason: "it is no SQLite file")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self = .locked(path: path, holder: "an SQLite connection of another program")
    case .SQLITE_READONLY: self = .notWritable(path: path)
    default:
      self = .database(path: path, action: action, reason: error.message ?? "\(error.resultCode)")
    }
  }
}
