import GRDB

/// What version 3 adds: the past. Every transaction that changes objects, orbits or detections is
/// a revision; what it replaces goes into a history table, so that the catalog of any revision can
/// be read again.
enum Version3 {
  /// The versioned tables and their keys.
  static let versioned = [
    ("SSObject", "ssObjectId"), ("SSSource", "diaSourceId"), ("mpc_orbits", "ssObjectId"),
    ("retiredObjects", "ssObjectId"),
  ]

  static func migrate(_ database: Database) throws {
    try database.execute(sql: revisions)
    // What was there before has no past.
    try database.execute(
      sql: """
        INSERT INTO revisions (revision, at, what, firstSolutionId)
        VALUES (1, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), 'the history begins', 0)
        """)
    // Detections never change, but for whose they are, which SSSource says; and their rows are many.
    try database.execute(
      sql: "ALTER TABLE DiaSource ADD COLUMN sinceRevision INTEGER NOT NULL DEFAULT 1")
    try database.execute(sql: "ALTER TABLE DiaSource ADD COLUMN extendedness REAL")
    for (table, key) in versioned {
      try database.execute(
        sql: "ALTER TABLE \(table) ADD COLUMN sinceRevision INTEGER NOT NULL DEFAULT 1")
      try HistoryTable(of: table, key: key).install(database)
    }
    try database.execute(sql: solutionSources)
    try database.execute(sql: lateNights)
  }

  static let revisions = """
    CREATE TABLE revisions (
      revision INTEGER PRIMARY KEY,
      at TEXT NOT NULL,                   -- UTC, never before that of the one before
      what TEXT NOT NULL,
      firstSolutionId INTEGER NOT NULL    -- orbit solutions from this one on are of it or later
    ) STRICT
    """

  /// Which detections an orbit solution was made from, for our own; for others' those that the
  /// object had when the orbit came.
  static let solutionSources = """
    CREATE VIEW solutionSources AS
    SELECT s.solutionId, s.ssObjectId, x.diaSourceId FROM (
      SELECT solutionId, ssObjectId,
        (SELECT max(revision) FROM revisions r WHERE r.firstSolutionId <= o.solutionId) AS revision
      FROM orbitSolutions o) s
    JOIN (
      SELECT ssObjectId, diaSourceId, sinceRevision, 9223372036854775807 AS untilRevision
      FROM SSSource UNION ALL
      SELECT ssObjectId, diaSourceId, sinceRevision, untilRevision FROM SSSourceHistory) x
    ON x.ssObjectId = s.ssObjectId AND x.sinceRevision <= s.revision
      AND x.untilRevision > s.revision
    """

  /// When a night last got detections: how a run finds those that came late.
  static let lateNights = """
    CREATE TABLE nights (
      night INTEGER PRIMARY KEY, addedRevision INTEGER NOT NULL
    ) STRICT
    """
}

/// The table that keeps the rows which a versioned table had, and the triggers that fill it.
///
/// A row was in force from its `sinceRevision` until, and not including, its `untilRevision`. What
/// a revision writes and writes over again leaves no trace.
struct HistoryTable {
  let table: String
  let key: String

  init(of table: String, key: String) {
    self.table = table
    self.key = key
  }

  var name: String { "\(table)History" }

  /// Makes the table, or gives it the columns that the versioned one has got since.
  func install(_ database: Database) throws {
    let columns = try database.columns(in: table)
    if try database.tableExists(name) {
      let had = Set(try database.columns(in: name).map(\.name))
      for column in columns where !had.contains(column.name) {
        try database.execute(
          sql: "ALTER TABLE \(name) ADD COLUMN \"\(column.name)\" \(column.type)")
      }
    } else {
      let list = columns.map { "\"\($0.name)\" \($0.type)" }.joined(separator: ", ")
      try database.execute(
        sql: "CREATE TABLE \(name) (\(list), untilRevision INTEGER NOT NULL) STRICT")
      try database.execute(
        sql: "CREATE INDEX \(name)ByKey ON \(name) (\(key), untilRevision)")
    }
    let names = columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
    let old = columns.map { "old.\"\($0.name)\"" }.joined(separator: ", ")
    for (event, suffix) in [("UPDATE", "Replaced"), ("DELETE", "Removed")] {
      try database.execute(sql: "DROP TRIGGER IF EXISTS \(table)\(suffix)")
      try database.execute(
        sql: """
          CREATE TRIGGER \(table)\(suffix) AFTER \(event) ON \(table)
          WHEN old.sinceRevision < (SELECT max(revision) FROM revisions) BEGIN
            INSERT INTO \(name) (\(names), untilRevision)
            SELECT \(old), (SELECT max(revision) FROM revisions);
          END
          """)
    }
  }
}
