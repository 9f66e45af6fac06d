import GRDB

/// An index that waits while its table is filled: sorted once at the end, its entries take a third of
/// the time that they take one by one in any order. All in the transaction that fills the table: a
/// process that dies leaves the index as it was.
struct DeferredIndex {
  private let name: String
  private var creation: String?

  init(_ name: String) { self.name = name }

  /// Takes the index away, unless that has been done. No statement may be under way.
  mutating func drop(_ database: Database) throws {
    guard creation == nil else { return }
    creation = try String.fetchOne(
      database, sql: "SELECT sql FROM sqlite_master WHERE type = 'index' AND name = ?",
      arguments: [name])
    if creation != nil { try database.execute(sql: "DROP INDEX \(name)") }
  }

  /// Makes it again, if it was taken away.
  mutating func make(_ database: Database) throws {
    guard let sql = creation else { return }
    creation = nil
    try database.execute(sql: sql)
  }
}
