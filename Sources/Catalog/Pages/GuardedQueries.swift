public import Exchange
import Synchronization

/// Conditions in SQL that strangers write, on connections that can do nothing but read a few
/// tables: each statement is checked as it is compiled (`sqlite3_set_authorizer`), is bounded in
/// length, depth and memory of its values, and ends when its time is over.
public final class GuardedQueries: Sendable {
  private let idle: Mutex<[GuardedConnection]>
  private let path: String

  /// - Parameter connections: kept open at most.
  public init(_ catalog: Catalog, connections: Int) throws(CatalogError) {
    path = catalog.path
    idle = Mutex([])
    // The first shows at once whether it can be done.
    let first = try GuardedConnection(path: path)
    idle.withLock { $0.append(first) }
    self.connections = connections
  }

  private let connections: Int

  /// Objects that meet a condition, by ascending `ssObjectId`.
  ///
  /// - Parameters:
  ///   - condition: an SQL expression on the columns of `mpc_orbits` and on nObs, arc,
  ///     firstObservationMjdTai, MOIDEarth and tisserand_J of `SSObject`; nil: all.
  ///   - after: only objects with a larger `ssObjectId`.
  ///   - count: so many at most.
  ///   - seconds: the time that it may take.
  /// - Throws: ``CatalogError/badQuery(sql:reason:)`` for what the condition has wrong, also when
  ///   it takes too long.
  public func objects(
    where condition: String?, after: Int64, count: Int, seconds: Double
  ) throws(CatalogError) -> (columns: [TableColumn], rows: TableBatch) {
    try with { connection throws(CatalogError) in
      try connection.objects(where: condition, after: after, count: count, seconds: seconds)
    }
  }

  /// Checks the conditions of a selection from a table without running them.
  ///
  /// - Throws: ``CatalogError/badQuery(sql:reason:)``.
  public func check(_ selection: TableSelection) throws(CatalogError) {
    try with { connection throws(CatalogError) in try connection.check(selection) }
  }

  private func with<Value>(
    _ body: (GuardedConnection) throws(CatalogError) -> Value
  ) throws(CatalogError) -> Value {
    let connection: GuardedConnection
    if let free = idle.withLock({ $0.popLast() }) {
      connection = free
    } else {
      connection = try GuardedConnection(path: path)
    }
    defer {
      idle.withLock { if $0.count < connections { $0.append(connection) } }
    }
    return try body(connection)
  }
}
