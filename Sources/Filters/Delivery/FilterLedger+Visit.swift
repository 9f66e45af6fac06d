import Foundation
import GRDB

extension FilterLedger {
  // MARK: - What is promised

  /// What a missing object is called among what was promised; alerts have numbers from 0 up.
  static func key(ofMissing missingId: Int64) -> Int64 { ~missingId }

  /// What filters were promised of a visit before, by ``UserFilter/id``: alerts (and missing objects)
  /// that they give out again when it is run again.
  package func promised(visit: String) throws(FilterError) -> [String: Set<Int64>] {
    try read { database in
      var promised: [String: Set<Int64>] = [:]
      for promise in try Self.promises(visit, database) {
        promised["\(promise.owner)/\(promise.filter)"] = promise.alerts
      }
      return promised
    }
  }

  private struct Promise {
    var owner: String
    var filter: String
    var alerts: Set<Int64>
  }

  private static func promises(_ visit: String, _ database: Database) throws -> [Promise] {
    try Row.fetchAll(
      database.cachedStatement(
        sql: "SELECT owner, filter, alerts FROM promises WHERE visit = ?"), arguments: [visit]
    ).map { Promise(owner: $0[0], filter: $0[1], alerts: Set(numbers($0[2]))) }
  }

  private static func keep(
    _ alerts: Set<Int64>, visit: String, owner: String, filter: String, day: Int,
    _ database: Database
  ) throws {
    try database.cachedStatement(
      sql: """
        INSERT INTO promises (visit, owner, filter, day, alerts) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT DO UPDATE SET alerts = ?5
        """
    ).execute(arguments: [visit, owner, filter, day, data(alerts.sorted())])
  }

  /// Promises as they were kept before: a line an alert.
  static func adoptDeliveries(_ database: Database) throws {
    guard try database.tableExists("deliveries") else { return }
    var alerts: [[String]: Set<Int64>] = [:]
    let rows = try Row.fetchCursor(
      database, sql: "SELECT visit, owner, filter, day, diaSourceId FROM deliveries")
    while let row = try rows.next() {
      let day: Int = row[3]
      alerts[[row[0], row[1], row[2], "\(day)"], default: []].insert(row[4])
    }
    for (key, alerts) in alerts {
      try keep(
        alerts, visit: key[0], owner: key[1], filter: key[2], day: Int(key[3]) ?? today, database)
    }
    try database.execute(sql: "DROP TABLE deliveries")
  }

  /// Numbers of eight bytes each, the least significant first.
  private static func data(_ numbers: [Int64]) -> Data {
    var data = Data(capacity: numbers.count * 8)
    for number in numbers {
      withUnsafeBytes(of: number.littleEndian) { data.append(contentsOf: $0) }
    }
    return data
  }

  private static func numbers(_ data: Data) -> [Int64] {
    data.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count - 7, by: 8).map {
        Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: Int64.self))
      }
    }
  }

  // MARK: - A visit

  /// Applies the owners' caps to a visit's outcomes and writes down what happened, in one
  /// transaction.
  ///
  /// An owner's filters take turns: the best alert of each, then the second of each. An alert that
  /// several of an owner's filters chose counts once; a missing object counts as an alert does. What runs
  /// again gives out what was promised, and is not counted again.
  ///
  /// - Parameters:
  ///   - outcomes: of ``FilterRunner/run(on:promised:jobs:)``; lines beyond the cap are taken out and
  ///     counted.
  ///   - part: which of the visit's alerts these are, ``FilterVisit/part``.
  /// - Returns: filters that are suspended from now on, with the reason.
  public func settle(
    _ outcomes: inout [FilterOutcome], visit: String, part: String, cap: Int
  ) throws(FilterError) -> [(filter: UserFilter, reason: String)] {
    var settled = outcomes
    let suspended = try write { database in
      try Self.claim(&settled, visit: visit, cap: cap, database)
      let new = try Self.uncounted(settled, visit: visit, part: part, database)
      for outcome in new { try Self.record(outcome, database) }
      return try new.compactMap { try Self.judge($0, database) }
    }
    outcomes = settled
    return suspended
  }

  private static func claim(
    _ outcomes: inout [FilterOutcome], visit: String, cap: Int, _ database: Database
  ) throws {
    let promises = Dictionary(grouping: try promises(visit, database), by: \.owner)
    let owners = Dictionary(grouping: outcomes.indices) { outcomes[$0].filter.owner }
    for (owner, members) in owners.sorted(by: { $0.key < $1.key }) {
      var given = (promises[owner] ?? []).reduce(into: Set<Int64>()) { $0.formUnion($1.alerts) }
      var kept = [Int: [Int]]()
      let keys = Dictionary(uniqueKeysWithValues: members.map { ($0, outcomes[$0].keys) })
      let longest = keys.values.map(\.count).max() ?? 0
      for turn in 0..<longest {
        for index in members {
          guard let all = keys[index], turn < all.count else { continue }
          if !given.contains(all[turn]) {
            guard given.count < cap else { continue }
            given.insert(all[turn])
          }
          kept[index, default: []].append(turn)
        }
      }
      for index in members {
        let (lines, turns) = (outcomes[index].lines, kept[index] ?? [])
        outcomes[index].lines = turns.map { lines[$0] }
        outcomes[index].cut = outcomes[index].matched - turns.count
        let name = outcomes[index].filter.name
        let before = promises[owner]?.first { $0.filter == name }?.alerts ?? []
        let now = before.union(turns.compactMap { keys[index]?[$0] })
        guard now.count > before.count else { continue }
        try keep(now, visit: visit, owner: owner, filter: name, day: today, database)
      }
    }
  }

  // MARK: - What is counted

  /// The outcomes of filters that did not run on these alerts before; from now on they did.
  private static func uncounted(
    _ outcomes: [FilterOutcome], visit: String, part: String, _ database: Database
  ) throws -> [FilterOutcome] {
    let blob =
      try Data.fetchOne(
        database, sql: "SELECT filters FROM counted WHERE visit = ? AND part = ?",
        arguments: [visit, part]) ?? Data()
    var counted = numbers(blob)
    var known = Set(counted)
    let new = outcomes.filter { outcome in
      var hash = StableHash()
      hash.combine("\(outcome.filter.id)/\(outcome.filter.version)".utf8)
      let number = Int64(bitPattern: hash.value)
      guard known.insert(number).inserted else { return false }
      counted.append(number)
      return true
    }
    guard !new.isEmpty else { return [] }
    try database.execute(
      sql: """
        INSERT INTO counted (visit, part, day, filters) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT DO UPDATE SET filters = ?4
        """, arguments: [visit, part, today, data(counted)])
    return new
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

  /// Counts overruns in a row.
  private static func judge(
    _ outcome: FilterOutcome, _ database: Database
  ) throws -> (filter: UserFilter, reason: String)? {
    let filter = outcome.filter
    let key: StatementArguments = [filter.owner, filter.name, filter.version]
    // That others of its owner took the time says nothing of it.
    if case .noTimeLeft = outcome.failure { return nil }
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
}
