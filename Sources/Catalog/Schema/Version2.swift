/// What version 2 adds: runs that resume, attributions that can be undone.
enum Version2 {
  static let statements = [releasedSources, releasedByObject, pendingLinkages, renameLastStage]

  /// Detections that were an object's and are so no more: why, and which night's run said so. They
  /// are never given to that object again.
  static let releasedSources = """
    CREATE TABLE releasedSources (
      diaSourceId INTEGER NOT NULL, ssObjectId INTEGER NOT NULL, night INTEGER NOT NULL,
      reason TEXT NOT NULL, PRIMARY KEY (diaSourceId, ssObjectId)
    ) STRICT, WITHOUT ROWID
    """
  static let releasedByObject =
    "CREATE INDEX releasedSourcesBySSObject ON releasedSources (ssObjectId)"

  /// What a run's linking found, until its fits are in the catalog.
  static let pendingLinkages = """
    CREATE TABLE pendingLinkages (
      runId INTEGER NOT NULL, linkage INTEGER NOT NULL,
      epochMjdTdb REAL, x REAL, y REAL, z REAL, vx REAL, vy REAL, vz REAL,  -- heliocentric ICRF
      members BLOB NOT NULL,   -- diaSourceIds, 64-bit little-endian
      PRIMARY KEY (runId, linkage)
    ) STRICT
    """

  /// The stage that stands for a whole run was called by what it did.
  static let renameLastStage = "UPDATE runs SET stage = 'report' WHERE stage = 'write'"
}
