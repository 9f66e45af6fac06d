import GRDB

/// What version 4 adds: who is who. Names of objects beside the one that their number comes from,
/// and whether an object is a candidate or confirmed.
enum Version4 {
  static func migrate(_ database: Database) throws {
    try database.execute(sql: designations)
    try database.execute(sql: designationsByObject)
    try database.execute(sql: objectStates)
    for (table, key) in [("designations", "nameId"), ("objectStates", "ssObjectId")] {
      try HistoryTable(of: table, key: key).install(database)
    }
    // Objects that were merged before keep their names.
    try database.execute(
      sql: """
        INSERT INTO designations (nameId, name, kind, ssObjectId, source, sinceRevision)
        SELECT ssObjectId, designation, 'own', mergedInto, 'merged', sinceRevision
        FROM retiredObjects
        """)
    try database.execute(sql: identifications)
  }

  /// Names whose own number (the bytes of the packed form, or a hash) is not their object's.
  static let designations = """
    CREATE TABLE designations (
      nameId INTEGER PRIMARY KEY,    -- the ssObjectId that the name alone would give
      name TEXT NOT NULL,            -- readable
      packed TEXT,                   -- as the MPC packs it; NULL for names that are not the MPC's
      kind TEXT NOT NULL,            -- number, provisional, comet, satellite, own, name
      ssObjectId INTEGER NOT NULL,   -- whose it is
      source TEXT NOT NULL,          -- the file or command that said so
      sinceRevision INTEGER NOT NULL
    ) STRICT
    """
  static let designationsByObject =
    "CREATE INDEX designationsBySSObject ON designations (ssObjectId)"

  /// An object of ours is a candidate until its orbit is determined by four nights or more; one
  /// whose orbit is known elsewhere is confirmed.
  static let objectStates = """
    CREATE TABLE objectStates (
      ssObjectId INTEGER PRIMARY KEY,
      state TEXT NOT NULL,           -- candidate, confirmed
      reason TEXT NOT NULL,
      sinceRevision INTEGER NOT NULL
    ) STRICT
    """

  /// Every name that an object has or had, with the times from which and until which.
  static let identifications = """
    CREATE VIEW identifications AS
    SELECT x.ssObjectId, x.name, x.packed, x.kind, x.source,
      (SELECT at FROM revisions r WHERE r.revision = x.sinceRevision) AS since,
      (SELECT at FROM revisions r WHERE r.revision = x.untilRevision) AS until
    FROM (
      SELECT ssObjectId, name, packed, kind, source, sinceRevision, NULL AS untilRevision
      FROM designations UNION ALL
      SELECT ssObjectId, name, packed, kind, source, sinceRevision, untilRevision
      FROM designationsHistory UNION ALL
      SELECT ssObjectId, designation, packed_primary_provisional_designation, 'primary', '',
        sinceRevision, NULL
      FROM mpc_orbits UNION ALL
      SELECT ssObjectId, designation, packed_primary_provisional_designation, 'primary', '',
        min(sinceRevision), max(untilRevision)
      FROM mpc_orbitsHistory h WHERE NOT EXISTS (
        SELECT 1 FROM mpc_orbits m
        WHERE m.ssObjectId = h.ssObjectId AND m.designation = h.designation)
      GROUP BY ssObjectId, designation) x
    """
}
