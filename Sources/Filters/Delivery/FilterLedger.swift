import Foundation
import GRDB

/// What users' filters did visit by visit: a SQLite file beside the catalog that all processes share
/// which run filters, so that a user's cap holds over all of them.
///
/// An alert that was once promised to a user stays so: who runs a visit again, after a crash or with
/// more of its alerts, gives the same ones out again, under the same ids.
public final class FilterLedger: Sendable {
  public let path: String
  private let database: DatabaseQueue
  /// Visits in a row in which a filter may overrun its time or memory before it is suspended.
  public static let patience = 3

  /// How long it is known what was given out [days].
  private static let keptDays = 7

  /// - Throws: ``FilterError/engine(reason:)``.
  public init(path: String) throws(FilterError) {
    self.path = path
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
    do {
      database = try DatabaseQueue(path: path, configuration: configuration)
      try database.writeWithoutTransaction { database in
        _ = try Row.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
      }
      try database.write { database in
        for table in Self.tables + Self.tokenTables + Self.auditTables {
          try database.execute(sql: table)
        }
        try Self.adoptDeliveries(database)
        // Who runs a visit again after so long gets a new cap.
        for table in ["promises", "counted"] {
          try database.execute(
            sql: "DELETE FROM \(table) WHERE day < ?", arguments: [Self.today - Self.keptDays])
        }
      }
    } catch {
      throw Self.error(error, path)
    }
  }

  /// The ledger of a catalog.
  public static func path(ofCatalog path: String) -> String { path + ".filters" }

  private static let tables = [
    """
    CREATE TABLE IF NOT EXISTS promises (
      visit TEXT NOT NULL, owner TEXT NOT NULL, filter TEXT NOT NULL, day INTEGER NOT NULL,
      alerts BLOB NOT NULL, PRIMARY KEY (visit, owner, filter)) WITHOUT ROWID
    """,
    "CREATE INDEX IF NOT EXISTS promisesByDay ON promises (day)",
    """
    CREATE TABLE IF NOT EXISTS counted (
      visit TEXT NOT NULL, part TEXT NOT NULL, day INTEGER NOT NULL, filters BLOB NOT NULL,
      PRIMARY KEY (visit, part)) WITHOUT ROWID
    """,
    "CREATE INDEX IF NOT EXISTS countedByDay ON counted (day)",
    """
    CREATE TABLE IF NOT EXISTS runs (
      owner TEXT NOT NULL, filter TEXT NOT NULL, version INTEGER NOT NULL, day INTEGER NOT NULL,
      visits INTEGER NOT NULL, matched INTEGER NOT NULL, delivered INTEGER NOT NULL,
      cut INTEGER NOT NULL, failures INTEGER NOT NULL, milliseconds REAL NOT NULL,
      longestMilliseconds REAL NOT NULL, lastFailure TEXT,
      PRIMARY KEY (owner, filter, version, day)) WITHOUT ROWID
    """,
    """
    CREATE TABLE IF NOT EXISTS health (
      owner TEXT NOT NULL, filter TEXT NOT NULL, version INTEGER NOT NULL,
      overruns INTEGER NOT NULL, suspended TEXT, PRIMARY KEY (owner, filter, version))
      WITHOUT ROWID
    """,
  ]

  // MARK: - Suspended filters

  /// Why filters are suspended, by ``UserFilter/id`` and version.
  public func suspended() throws(FilterError) -> [Key: String] {
    try wrap {
      try self.database.read { database in
        let rows = try Row.fetchAll(
          database,
          sql: "SELECT owner, filter, version, suspended FROM health WHERE suspended IS NOT NULL")
        return Dictionary(
          rows.map { (Key(owner: $0[0], name: $0[1], version: $0[2]), $0[3] as String) },
          uniquingKeysWith: { first, _ in first })
      }
    }
  }

  /// Lets a suspended filter run again.
  public func resume(_ filter: UserFilter) throws(FilterError) {
    try wrap {
      try self.database.write { database in
        try database.execute(
          sql: "DELETE FROM health WHERE owner = ? AND filter = ? AND version = ?",
          arguments: [filter.owner, filter.name, filter.version])
      }
    }
  }

  /// What a filter did, over all days.
  public struct Totals: Sendable, Encodable, Hashable {
    public var filter: String
    public var version: Int
    public var visits: Int
    public var matched: Int
    public var delivered: Int
    public var cut: Int
    public var failures: Int
    public var milliseconds: Double
    public var longestMilliseconds: Double
    public var lastFailure: String?
  }

  /// - Parameter days: only the last so many; nil: all.
  public func totals(days: Int? = nil) throws(FilterError) -> [Totals] {
    let first = days.map { Self.today - $0 + 1 } ?? 0
    return try wrap {
      try self.database.read { database in
        try Row.fetchAll(
          database,
          sql: """
            SELECT owner || '/' || filter, version, sum(visits), sum(matched), sum(delivered),
              sum(cut), sum(failures), sum(milliseconds), max(longestMilliseconds),
              max(lastFailure)
            FROM runs WHERE day >= ? GROUP BY owner, filter, version
            ORDER BY owner, filter, version
            """, arguments: [first]
        ).map { row in
          Totals(
            filter: row[0], version: row[1], visits: row[2], matched: row[3], delivered: row[4],
            cut: row[5], failures: row[6], milliseconds: row[7], longestMilliseconds: row[8],
            lastFailure: row[9])
        }
      }
    }
  }

  public struct Key: Hashable, Sendable {
    public var owner: String
    public var name: String
    public var version: Int

    public init(owner: String, name: String, version: Int) {
      self.owner = owner
      self.name = name
      self.version = version
    }

    public init(_ filter: UserFilter) {
      self.init(owner: filter.owner, name: filter.name, version: filter.version)
    }
  }

  /// Days since 1970, UTC.
  static var today: Int { Int(Date().timeIntervalSince1970 / 86_400) }

  func read<Value>(_ body: (Database) throws -> Value) throws(FilterError) -> Value {
    try wrap { try self.database.read { try body($0) } }
  }

  func write<Value>(_ body: (Database) throws -> Value) throws(FilterError) -> Value {
    try wrap { try self.database.write { try body($0) } }
  }

  private func wrap<Value>(_ body: () throws -> Value) throws(FilterError) -> Value {
    do {
      return try body()
    } catch {
      throw Self.error(error, path)
    }
  }

  /// With what to do about it.
  private static func error(_ error: any Error, _ path: String) -> FilterError {
    let remedy =
      switch (error as? DatabaseError)?.resultCode {
      case .some(.SQLITE_NOTADB), .some(.SQLITE_CORRUPT):
        "the file is damaged: put a copy of it back, or move it away (a new one begins empty: caps of "
          + "visits that run again, statistics, suspensions, tokens and the audit are gone, the "
          + "filters themselves are in the catalog)"
      case .some(.SQLITE_BUSY), .some(.SQLITE_LOCKED):
        "another process holds the file: try again, or end that process"
      case .some(.SQLITE_READONLY), .some(.SQLITE_CANTOPEN), .some(.SQLITE_PERM):
        "can it and its folder be written by this user?"
      case .some(.SQLITE_FULL), .some(.SQLITE_IOERR): "is its disk full?"
      default: "see that the file is one of this program's"
      }
    return .engine(reason: "\(path): \(error); \(remedy)")
  }
}
