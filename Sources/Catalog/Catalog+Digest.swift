import Astro
import GRDB

extension Catalog {
  /// Columns that say when a row was written, not what it says.
  private static let clockColumns: Set<String> = [
    "created_at", "updated_at", "fitting_datetime", "startedAt", "seconds", "ingestedAt", "figures",
    "at", "archivedAt",
  ]

  /// A digest of the content of every table: equal digests, equal tables (times of writing
  /// apart). For comparing a catalog before and after, or two catalogs of the same input.
  public func contentDigests() throws(CatalogError) -> [String: String] {
    try read("computing digests") { database in
      var digests: [String: String] = [:]
      for table in try Self.tableNames(database) {
        let columns = try database.columns(in: table).map(\.name)
          .filter { !Self.clockColumns.contains($0) }.map { "\"\($0)\"" }
        let list = columns.joined(separator: ", ")
        let rows = try Row.fetchCursor(
          database, sql: "SELECT \(list) FROM \"\(table)\" ORDER BY \(list)")
        var digest = ContentDigest()
        while let row = try rows.next() {
          for index in 0..<columns.count {
            let value: DatabaseValue = row[index]
            digest.add(value)
          }
        }
        digests[table] = digest.text
      }
      return digests
    }
  }

  static func tableNames(_ database: Database) throws -> [String] {
    try String.fetchAll(
      database,
      sql: """
        SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
          AND name NOT LIKE 'grdb_%' ORDER BY name
        """)
  }
}

/// FNV-1a, 64 bits: tells contents apart, is no protection against a forger.
public struct ContentDigest: Sendable {
  private var state: UInt64 = 0xcbf2_9ce4_8422_2325

  public init() {}

  public mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  public mutating func add(_ number: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) {
      state = (state ^ (number >> UInt64(shift) & 0xff)) &* 0x100_0000_01b3
    }
  }

  public mutating func add(_ text: String) {
    add(UInt64(text.utf8.count))
    add(text.utf8)
  }

  mutating func add(_ value: DatabaseValue) {
    switch value.storage {
    case .null: add(0)
    case .int64(let number): add(UInt64(bitPattern: number))
    case .double(let number): add(number.bitPattern)
    case .string(let text): add(text)
    case .blob(let data): add(data)
    }
  }

  package var value: UInt64 { state }

  public var text: String {
    let hex = String(state, radix: 16)
    return String(repeating: "0", count: 16 - hex.count) + hex
  }
}
