/// Visits that something is wrong with, or that the operator has decided on.
enum VisitJudgements {
  static let statements = [visitJudgements]

  /// Whether detections of known objects, as their sender had it, were left out of a visit: that it
  /// lacks them says nothing.
  static let knownLeftOut =
    "ALTER TABLE visits ADD COLUMN knownLeftOut INTEGER NOT NULL DEFAULT 0"

  /// A visit goes by its number, or by its midpoint where detections have none. Detections of
  /// those set aside stay in `DiaSource`; the nightly run leaves them out.
  static let visitJudgements = """
    CREATE TABLE visitJudgements (
      observatory TEXT NOT NULL, night INTEGER NOT NULL,
      visit TEXT NOT NULL,        -- its number, or t and its midpoint [MJD TAI]
      judgement TEXT NOT NULL,    -- suspect: set aside by a run; aside, kept: the operator's word;
                                  -- open: left to the next run
      kind TEXT NOT NULL,         -- offset, clock, order, or operator
      reason TEXT NOT NULL,
      offsetRa REAL, offsetDec REAL,   -- observed minus predicted, RA x cos(dec) [arcsec]
      clockSeconds REAL,               -- to be added to its times
      nKnown INTEGER, nDiaSources INTEGER,
      decidedAt TEXT,             -- when the operator last spoke, UTC
      PRIMARY KEY (night, observatory, visit)
    ) STRICT, WITHOUT ROWID
    """
}
