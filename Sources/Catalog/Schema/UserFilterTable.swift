/// Users' filters, each version of each: what was asked of a past night stays known.
enum UserFilterTable {
  static let statements = [
    """
    CREATE TABLE userFilters (
      owner TEXT NOT NULL,
      name TEXT NOT NULL,
      version INTEGER NOT NULL,
      text TEXT NOT NULL,
      isEnabled INTEGER NOT NULL,
      created REAL NOT NULL,
      PRIMARY KEY (owner, name, version)
    ) WITHOUT ROWID
    """
  ]
}
