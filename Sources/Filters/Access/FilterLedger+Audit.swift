public import Foundation
import GRDB

extension FilterLedger {
  /// Who changed what of filters and tokens, or tried to.
  public struct AuditEntry: Sendable, Hashable, Encodable {
    public var at: Date
    /// `token ID of OWNER`, `user NAME` at the command line, or nobody who is known.
    public var actor: String
    /// Address of who asked over HTTP.
    public var client: String?
    /// `add`, `enable`, `disable`, `remove`, `token add`, `token revoke`, `authenticate`.
    public var action: String
    /// `OWNER/NAME`, or the token's owner.
    public var subject: String
    /// What came of it.
    public var result: String

    public init(
      at: Date = Date(), actor: String, client: String? = nil, action: String, subject: String,
      result: String
    ) {
      self.at = at
      self.actor = actor
      self.client = client
      self.action = action
      self.subject = subject
      self.result = result
    }
  }

  static let auditTables = [
    """
    CREATE TABLE IF NOT EXISTS audit (
      at REAL NOT NULL, actor TEXT NOT NULL, client TEXT, action TEXT NOT NULL,
      subject TEXT NOT NULL, result TEXT NOT NULL)
    """,
    "CREATE INDEX IF NOT EXISTS auditByTime ON audit (at)",
  ]

  /// Entries are kept so long [days], and so many at most: attempts without a token are entries too.
  static let auditDays = 400.0
  static let mostAuditEntries = 100_000

  public func audit(_ entry: AuditEntry) throws(FilterError) {
    try write { database in
      try database.execute(
        sql: """
          INSERT INTO audit (at, actor, client, action, subject, result) VALUES (?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          entry.at.timeIntervalSince1970, entry.actor, entry.client, entry.action, entry.subject,
          entry.result,
        ])
      try database.execute(
        sql: "DELETE FROM audit WHERE at < ?1 OR rowid <= (SELECT max(rowid) FROM audit) - ?2",
        arguments: [
          entry.at.timeIntervalSince1970 - Self.auditDays * 86_400, Self.mostAuditEntries,
        ])
    }
  }

  /// The newest entries, the newest first.
  ///
  /// - Parameter subject: only of this `OWNER/NAME` or owner.
  public func auditEntries(
    subject: String? = nil, limit: Int
  ) throws(FilterError) -> [AuditEntry] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT at, actor, client, action, subject, result FROM audit
          WHERE ?1 IS NULL OR subject = ?1 OR substr(subject, 1, length(?1) + 1) = ?1 || '/'
          ORDER BY at DESC, rowid DESC LIMIT ?2
          """, arguments: [subject, limit]
      ).map { row in
        AuditEntry(
          at: Date(timeIntervalSince1970: row[0]), actor: row[1], client: row[2], action: row[3],
          subject: row[4], result: row[5])
      }
    }
  }
}
