public import Foundation
import GRDB

/// One of the catalog's revisions: a transaction that changed objects, orbits or detections.
public struct CatalogRevision: Sendable, Hashable, Codable {
  public var revision: Int
  /// UTC, ISO 8601 with milliseconds.
  public var at: String
  public var what: String
}

/// The revision that a transaction makes.
struct Revision {
  let number: Int

  /// Begins one. Its time is never before that of the one before, also when the clock ran back.
  init(_ database: Database, _ what: String) throws {
    try database.execute(
      sql: """
        INSERT INTO revisions (at, what, firstSolutionId)
        SELECT max(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), coalesce(max(at), '')), ?,
          (SELECT coalesce(max(solutionId), 0) + 1 FROM orbitSolutions)
        FROM revisions
        """, arguments: [what])
    number = Int(database.lastInsertedRowID)
  }

  /// Takes it back when nothing changed.
  func end(_ database: Database, changes: Int) throws {
    if changes == 0 {
      try database.execute(sql: "DELETE FROM revisions WHERE revision = ?", arguments: [number])
    }
  }
}

extension Catalog {
  /// All revisions, the oldest first.
  public func revisions() throws(CatalogError) -> [CatalogRevision] {
    try read("reading revisions") { database in
      try Row.fetchAll(database, sql: "SELECT revision, at, what FROM revisions ORDER BY revision")
        .map { CatalogRevision(revision: $0[0], at: $0[1], what: $0[2]) }
    }
  }

  /// The revision that was in force at a moment.
  ///
  /// - Throws: ``CatalogError/noHistory(wanted:first:)`` for moments before the first revision.
  public func revision(at date: Date) throws(CatalogError) -> Int {
    let text = Self.text(of: date)
    let found = try read("reading revisions") { database in
      (
        try Int.fetchOne(
          database, sql: "SELECT max(revision) FROM revisions WHERE at <= ?", arguments: [text]),
        try String.fetchOne(database, sql: "SELECT min(at) FROM revisions") ?? ""
      )
    }
    guard let revision = found.0 else { throw .noHistory(wanted: text, first: found.1) }
    return revision
  }

  /// Nights that got detections, with the last revision that brought any; those of which that is not
  /// known are left out.
  public func nightRevisions() throws(CatalogError) -> [(night: Int, revision: Int)] {
    try read("reading nights") { database in
      try Row.fetchAll(database, sql: "SELECT night, addedRevision FROM nights ORDER BY night")
        .map { ($0[0], $0[1]) }
    }
  }

  /// As `revisions.at` has it: whole milliseconds, the nearest.
  private static func text(of date: Date) -> String {
    let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
    // The style cuts what is beyond the last digit, also by a rounding error.
    return Date(timeIntervalSince1970: milliseconds / 1000 + 1e-4)
      .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }

  /// Views that hide the tables behind what they held at a revision: made in each connection.
  ///
  /// - Parameter hasArchives: detections are in archive files too.
  static func viewsOfThePast(
    _ revision: Int, hasArchives: Bool = false, _ database: Database
  ) throws {
    for (table, _) in Migrations.versioned {
      let columns = try database.columns(in: table, in: "main").map { "\"\($0.name)\"" }
        .joined(separator: ", ")
      try database.execute(
        sql: """
          CREATE TEMP VIEW \(table) AS
          SELECT \(columns) FROM main.\(table) WHERE sinceRevision <= \(revision) UNION ALL
          SELECT \(columns) FROM main.\(table)History
          WHERE sinceRevision <= \(revision) AND untilRevision > \(revision)
          """)
    }
    let columns = try database.columns(in: "DiaSource", in: "main").map { column in
      column.name == "ssObjectId"
        ? "(SELECT s.ssObjectId FROM temp.SSSource s WHERE s.diaSourceId = d.diaSourceId)"
          + " AS ssObjectId"
        : "d.\"\(column.name)\""
    }
    try database.execute(
      sql: """
        CREATE TEMP VIEW DiaSource AS SELECT \(columns.joined(separator: ", "))
        FROM \(hasArchives ? "temp.storedDiaSource" : "main.DiaSource") d WHERE d.sinceRevision <= \(revision)
        """)
    for table in ["orbitSolutions", "solutionSources"] {
      try database.execute(
        sql: """
          CREATE TEMP VIEW \(table) AS SELECT * FROM main.\(table) WHERE solutionId < coalesce(
            (SELECT min(firstSolutionId) FROM main.revisions WHERE revision > \(revision)),
            9223372036854775807)
          """)
    }
    try database.execute(
      sql: """
        CREATE TEMP VIEW revisions AS
        SELECT * FROM main.revisions WHERE revision <= \(revision)
        """)
  }

  /// Tables whose past can be read.
  public static let versionedTables = [
    "DiaSource", "SSObject", "SSSource", "links", "mpc_orbits", "orbits", "orbitSolutions",
    "solutionSources", "retiredObjects", "designations", "objectStates", "revisions",
  ]
}
