/// The tables that say which detections live in archive files.
enum ArchiveTables {
  static let statements = [batches, nights, quarantineByFile]

  /// A file of many bad records is read again and again.
  static let quarantineByFile =
    "CREATE INDEX quarantineByFile ON quarantine (file, line, byteOffset)"

  /// What one run of `archive` moved into one file. What a file holds beyond the batches that are
  /// listed here does not count: a run ended before it was done.
  static let batches = """
    CREATE TABLE archiveBatches (
      batch INTEGER PRIMARY KEY,
      year INTEGER NOT NULL,            -- names the file: CATALOG.archive-YEAR
      nRows INTEGER NOT NULL,
      firstDiaSourceId INTEGER NOT NULL, lastDiaSourceId INTEGER NOT NULL,
      archivedAt TEXT NOT NULL
    ) STRICT
    """

  static let nights = """
    CREATE TABLE archivedNights (
      night INTEGER NOT NULL, batch INTEGER NOT NULL, nRows INTEGER NOT NULL,
      PRIMARY KEY (night, batch)
    ) STRICT, WITHOUT ROWID
    """
}
