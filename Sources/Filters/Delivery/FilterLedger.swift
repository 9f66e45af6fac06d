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
        // Who runs a visit again after so long gets a new cap.
        try database.execute(
          sql: "DELETE FROM deliveries WHERE day < ?", arguments: [Self.today - Self.keptDays])
      }
    } catch {
      throw .engine(reason: "\(path): \(error)")
    }
  }

  /// The ledger of a catalog.
  public static func path(ofCatalog path: String) -> String { path + ".filters" }

  private static let tables = [
    """
    CREATE TABLE IF NOT EXISTS deliveries (
      visit TEXT NOT NULL, owner TEXT NOT NULL, diaSourceId INTEGER NOT NULL,
      filter TEXT NOT NULL, day INTEGER NOT NULL, PRIMARY KEY (visit, owner, diaSourceId))
      WITHOUT ROWID
    """,
    "CREATE INDEX IF NOT EXISTS deliveriesByDay ON deliveries (day)",
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

  // MARK: - A visit

  /// Applies the owners' caps to a visit's outcomes and writes down what happened, in one
  /// transaction.
  ///
  /// An owner's filters take turns: the best alert of each, then the second of each. An alert that
  /// several of an owner's filters chose counts once.
  ///
  /// - Parameters:
  ///   - outcomes: of ``FilterRunner/run(on:jobs:)``; lines beyond the cap are taken out and counted.
  ///   - id: diaSourceId of a row.
  /// - Returns: filters that are suspended from now on, with the reason.
  public func settle(
    _ outcomes: inout [FilterOutcome], visit: String, cap: Int, id: (Int) -> Int64
  ) throws(FilterError) -> [(filter: UserFilter, reason: String)] {
    var settled = outcomes
    let suspended = try wrap {
      try self.database.write { database in
        try Self.claim(&settled, visit: visit, cap: cap, id: id, database)
        for outcome in settled { try Self.record(outcome, database) }
        return try settled.compactMap { try Self.judge($0, database) }
      }
    }
    outcomes = settled
    return suspended
  }

  private static func claim(
    _ outcomes: inout [FilterOutcome], visit: String, cap: Int, id: (Int) -> Int64,
    _ database: Database
  ) throws {
    let insert = try database.cachedStatement(
      sql: """
        INSERT INTO deliveries (visit, owner, diaSourceId, filter, day) VALUES (?, ?, ?, ?, ?)
        """)
    let known = try database.cachedStatement(
      sql: "SELECT diaSourceId FROM deliveries WHERE visit = ? AND owner = ?")
    let owners = Dictionary(grouping: outcomes.indices) { outcomes[$0].filter.owner }
    for (owner, members) in owners.sorted(by: { $0.key < $1.key }) {
      var given = Set(try Int64.fetchAll(known, arguments: [visit, owner]))
      var kept = [Int: Set<Int>]()
      let longest = members.map { outcomes[$0].lines.count }.max() ?? 0
      for turn in 0..<longest {
        for index in members where turn < outcomes[index].lines.count {
          guard !outcomes[index].isOfMissing else {
            kept[index, default: []].insert(turn)
            continue
          }
          let alert = id(outcomes[index].lines[turn].row)
          if !given.contains(alert) {
            guard given.count < cap else { continue }
            given.insert(alert)
            try insert.execute(arguments: [visit, owner, alert, outcomes[index].filter.name, today])
          }
          kept[index, default: []].insert(turn)
        }
      }
      for index in members {
        let lines = outcomes[index].lines
        outcomes[index].lines = lines.indices.filter { kept[index]?.contains($0) ?? false }
          .map { lines[$0] }
        outcomes[index].cut = outcomes[index].matched - outcomes[index].lines.count
      }
    }
  }

  private static func record(_ outcome: FilterOutcome, _ database: Database) throws {
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO runs (owner, filter, version, day, visits, matched, delivered, cut, failures,
          milliseconds, longestMilliseconds, lastFailure)
        VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?7, ?8, ?9, ?9, ?10)
        ON CONFLICT DO UPDATE SET visits = visits + 1, matched = matched + ?5,
          delivered = delivered + ?6, cut = cut + ?7, failures = failures + ?8,
          milliseconds = milliseconds + ?9,
          longestMilliseconds = max(longestMilliseconds, ?9),
          lastFailure = coalesce(?10, lastFailure)
        """)
    let filter = outcome.filter
    try statement.execute(arguments: [
      filter.owner, filter.name, filter.version, today, outcome.matched, outcome.lines.count,
      outcome.cut, outcome.failure == nil ? 0 : 1, outcome.milliseconds,
      outcome.failure?.description,
    ])
  }

  /// Days since 1970, UTC.
  private static var today: Int { Int(Date().timeIntervalSince1970 / 86_400) }

  /// Counts overruns in a row.
  private static func judge(
    _ outcome: FilterOutcome, _ database: Database
  ) throws -> (filter: UserFilter, reason: String)? {
    let filter = outcome.filter
    let key: StatementArguments = [filter.owner, filter.name, filter.version]
    guard let failure = outcome.failure, failure.isOverrun else {
      try database.cachedStatement(
        sql: """
          DELETE FROM health WHERE owner = ? AND filter = ? AND version = ? AND suspended IS NULL
          """
      ).execute(arguments: key)
      return nil
    }
    try database.cachedStatement(
      sql: """
        INSERT INTO health (owner, filter, version, overruns) VALUES (?, ?, ?, 1)
        ON CONFLICT DO UPDATE SET overruns = overruns + 1
        """
    ).execute(arguments: key)
    let overruns =
      try Int.fetchOne(
        database,
        sql: "SELECT overruns FROM health WHERE owner = ? AND filter = ? AND version = ?",
        arguments: key) ?? 0
    guard overruns >= patience else { return nil }
    let reason = "\(overruns) visits in a row: \(failure)"
    try database.execute(
      sql: "UPDATE health SET suspended = ? WHERE owner = ? AND filter = ? AND version = ?",
      arguments: [reason] + key)
    return (filter, reason)
  }

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
      throw .engine(reason: "\(path): \(error)")
    }
  }
}
