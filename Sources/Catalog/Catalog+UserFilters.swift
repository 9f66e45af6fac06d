public import Foundation
import GRDB

/// A user's filter as the catalog keeps it.
public struct StoredFilter: Sendable, Hashable {
  public var owner: String
  public var name: String
  public var version: Int
  public var text: String
  public var isEnabled: Bool
  public var created: Date
}

extension Catalog {
  /// The newest version of every filter that was not removed, by owner and name.
  ///
  /// - Parameter owner: only that one's.
  public func userFilters(of owner: String? = nil) throws(CatalogError) -> [StoredFilter] {
    try read("reading filters") { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT owner, name, version, text, isEnabled, created FROM userFilters f
          WHERE version = (
              SELECT max(version) FROM userFilters WHERE owner = f.owner AND name = f.name)
            AND (?1 IS NULL OR owner = ?1) AND text <> ''
          ORDER BY owner, name
          """, arguments: [owner]
      ).map { row in
        StoredFilter(
          owner: row[0], name: row[1], version: row[2], text: row[3], isEnabled: row[4],
          created: Date(timeIntervalSince1970: row[5]))
      }
    }
  }

  /// Keeps a filter: a new one as version 1, a changed one as the next version, enabled. A filter that
  /// has not changed stays as it is.
  ///
  /// - Returns: its version, and whether that is new.
  public func addUserFilter(
    owner: String, name: String, text: String, at moment: Date = Date()
  ) throws(CatalogError) -> (version: Int, isNew: Bool) {
    try write("adding a filter") { database in
      let last = try Row.fetchOne(
        database,
        sql: """
          SELECT version, text FROM userFilters WHERE owner = ? AND name = ?
          ORDER BY version DESC LIMIT 1
          """, arguments: [owner, name])
      if let last, last[1] == text { return (last[0], false) }
      let version = (last?[0] ?? 0) + 1
      try database.execute(
        sql: """
          INSERT INTO userFilters (owner, name, version, text, isEnabled, created)
          VALUES (?, ?, ?, ?, 1, ?)
          """, arguments: [owner, name, version, text, moment.timeIntervalSince1970])
      return (version, true)
    }
  }

  /// Switches the newest version of a filter on or off.
  ///
  /// - Returns: false: there is no such filter.
  public func setUserFilter(
    owner: String, name: String, isEnabled: Bool
  ) throws(CatalogError) -> Bool {
    try write("switching a filter") { database in
      try database.execute(
        sql: """
          UPDATE userFilters SET isEnabled = ?1
          WHERE owner = ?2 AND name = ?3 AND text <> '' AND version = (
            SELECT max(version) FROM userFilters WHERE owner = ?2 AND name = ?3)
          """, arguments: [isEnabled, owner, name])
      return database.changesCount > 0
    }
  }

  /// Removes a filter: a version without text follows the others, so that its numbers are not given
  /// again and what was asked of past nights stays known.
  ///
  /// - Returns: false: there is no such filter.
  public func removeUserFilter(
    owner: String, name: String, at moment: Date = Date()
  ) throws(CatalogError) -> Bool {
    try write("removing a filter") { database in
      try database.execute(
        sql: """
          INSERT INTO userFilters (owner, name, version, text, isEnabled, created)
          SELECT owner, name, version + 1, '', 0, ?3 FROM userFilters
          WHERE owner = ?1 AND name = ?2 AND text <> '' AND version = (
            SELECT max(version) FROM userFilters WHERE owner = ?1 AND name = ?2)
          """, arguments: [owner, name, moment.timeIntervalSince1970])
      return database.changesCount > 0
    }
  }
}
