import Foundation
import GRDB

extension Catalog {
  /// Rows in every table.
  public func rowCounts() throws(CatalogError) -> [String: Int] {
    try read("counting rows") { database in
      var counts: [String: Int] = [:]
      for table in try Self.tableNames(database) {
        counts[table] = try Int.fetchOne(database, sql: "SELECT count(*) FROM \"\(table)\"") ?? 0
      }
      return counts
    }
  }

  /// First and last night with detections (MJD of the evening); nil for a catalog without any.
  public func nights() throws(CatalogError) -> ClosedRange<Int>? {
    let nights = try nightList()
    guard let first = nights.first, let last = nights.last else { return nil }
    return first...last
  }

  /// All nights with detections, ascending.
  public func nightList() throws(CatalogError) -> [Int] {
    try read("reading nights") { database in
      let archived = try Int.fetchAll(database, sql: "SELECT DISTINCT night FROM archivedNights")
      return Set(try Self.ownNights(database) + archived).sorted()
    }
  }

  /// The nights of detections that are not archived, ascending.
  static func ownNights(_ database: Database) throws -> [Int] {
    // From one night to the next by the index, not over all detections.
    try Int.fetchAll(
      database,
      sql: """
        WITH RECURSIVE nights (night) AS (
          SELECT min(night) FROM main.DiaSource UNION ALL
          SELECT (SELECT min(night) FROM main.DiaSource d WHERE d.night > nights.night) FROM nights
          WHERE night IS NOT NULL)
        SELECT night FROM nights WHERE night IS NOT NULL
        """)
  }
}

extension Catalog {
  /// Lets the file grow to no more than a number of pages, as if the disk were full beyond: for
  /// tests, and for catalogs with a quota. Holds while the catalog is open.
  package func limitPages(_ count: Int) throws(CatalogError) {
    try CatalogError.wrap("limiting its size", path: path) {
      try database.writeWithoutTransaction {
        try $0.execute(sql: "PRAGMA max_page_count = \(count)")
      }
    }
  }
}
