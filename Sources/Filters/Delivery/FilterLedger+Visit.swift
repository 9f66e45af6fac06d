import Foundation
import GRDB

extension FilterLedger {
  // MARK: - What is promised

  /// What a missing object is called among what was promised; alerts have numbers from 0 up.
  static func key(ofMissing missingId: Int64) -> Int64 { ~missingId }

  /// What owners were promised of a visit before: alerts (and missing objects) that are given out again
  /// when it is run again.
  package func promised(visit: String) throws(FilterError) -> [String: Set<Int64>] {
    try read { database in
      var promised: [String: Set<Int64>] = [:]
      let rows = try Row.fetchCursor(
        database, sql: "SELECT owner, diaSourceId FROM deliveries WHERE visit = ?",
        arguments: [visit])
      while let row = try rows.next() { promised[row[0], default: []].insert(row[1]) }
      return promised
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
      let keys = Dictionary(uniqueKeysWithValues: members.map { ($0, outcomes[$0].keys) })
      let longest = keys.values.map(\.count).max() ?? 0
      for turn in 0..<longest {
        for index in members {
          guard let all = keys[index], turn < all.count else { continue }
          if !given.contains(all[turn]) {
            guard given.count < cap else { continue }
            given.insert(all[turn])
            try insert.execute(
              arguments: [visit, owner, all[turn], outcomes[index].filter.name, today])
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

  // MARK: - What is counted

  /// The outcomes of filters that did not run on these alerts before; from now on they did.
  private static func uncounted(
    _ outcomes: [FilterOutcome], visit: String, part: String, _ database: Database
  ) throws -> [FilterOutcome] {
    let blob =
      try Data.fetchOne(
        database, sql: "SELECT filters FROM counted WHERE visit = ? AND part = ?",
        arguments: [visit, part]) ?? Data()
    var counted: Set<UInt64> = []
    blob.withUnsafeBytes { bytes in
      for start in stride(from: 0, to: bytes.count - 7, by: 8) {
        counted.insert(bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self).littleEndian)
      }
    }
    var all = blob
    let new = outcomes.filter { outcome in
      var hash = StableHash()
      hash.combine("\(outcome.filter.id)/\(outcome.filter.version)".utf8)
      guard counted.insert(hash.value).inserted else { return false }
      withUnsafeBytes(of: hash.value.littleEndian) { all.append(contentsOf: $0) }
      return true
    }
    guard !new.isEmpty else { return [] }
    try database.execute(
      sql: """
        INSERT INTO counted (visit, part, day, filters) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT DO UPDATE SET filters = ?4
        """, arguments: [visit, part, today, all])
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
