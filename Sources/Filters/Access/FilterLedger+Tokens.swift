public import Foundation
import GRDB

extension FilterLedger {
  /// A token as the operator sees it: never the token itself, of which a hash is kept alone.
  public struct Token: Sendable, Hashable, Encodable {
    /// Names it, in lists and in the audit.
    public var id: String
    public var owner: String
    public var created: Date
    public var expires: Date?
    public var lastUsed: Date?
    public var revoked: Date?

    public func isValid(at moment: Date) -> Bool {
      revoked == nil && (expires.map { moment < $0 } ?? true)
    }
  }

  static let tokenTables = [
    """
    CREATE TABLE IF NOT EXISTS tokens (
      id TEXT NOT NULL PRIMARY KEY, owner TEXT NOT NULL, hash BLOB NOT NULL, created REAL NOT NULL,
      expires REAL, lastUsed REAL, revoked REAL) WITHOUT ROWID
    """
  ]

  /// Makes a token for an owner.
  ///
  /// - Returns: the token, which can't be had again, and what is kept of it.
  public func addToken(
    owner: String, expires: Date?, at moment: Date = Date()
  ) throws(FilterError) -> (secret: String, token: Token) {
    let secret = AccessToken.make()
    let hash = AccessToken.digest(secret)
    // An own number, not a piece of the hash.
    let id = String(UInt64.random(in: (1 << 32)...(1 << 40)), radix: 36)
    try write { database in
      try database.execute(
        sql: "INSERT INTO tokens (id, owner, hash, created, expires) VALUES (?, ?, ?, ?, ?)",
        arguments: [
          id, owner, Data(hash), moment.timeIntervalSince1970, expires?.timeIntervalSince1970,
        ])
    }
    return (secret, Token(id: id, owner: owner, created: moment, expires: expires))
  }

  /// All tokens, also those that are no longer valid, the oldest first.
  public func tokens(of owner: String? = nil) throws(FilterError) -> [Token] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT id, owner, created, expires, lastUsed, revoked FROM tokens
          WHERE ?1 IS NULL OR owner = ?1 ORDER BY created, id
          """, arguments: [owner]
      ).map { row in Self.token(row) }
    }
  }

  /// Ends tokens: one by its id, or all of an owner.
  ///
  /// - Returns: the ids of those that were valid until now.
  public func revokeTokens(
    id: String?, owner: String?, at moment: Date = Date()
  ) throws(FilterError) -> [String] {
    try write { database in
      try String.fetchAll(
        database,
        sql: """
          UPDATE tokens SET revoked = ?1
          WHERE revoked IS NULL AND (id = ?2 OR (?2 IS NULL AND owner = ?3)) RETURNING id
          """, arguments: [moment.timeIntervalSince1970, id, owner])
    }
  }

  /// Whose a token is.
  ///
  /// Its hash is compared with that of every valid token, each in constant time, so that the time taken
  /// says nothing of how near a guess was.
  ///
  /// - Returns: nil for one that is unknown, revoked or past its time.
  public func holder(
    ofToken secret: String, at moment: Date = Date()
  ) throws(FilterError) -> Token? {
    let hash = AccessToken.digest(secret)
    let rows = try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT id, owner, created, expires, lastUsed, revoked, hash FROM tokens
          WHERE revoked IS NULL
          """
      ).map { row in (Self.token(row), [UInt8](row[6] as Data)) }
    }
    var found: Token?
    for (token, kept) in rows where AccessToken.areEqual(hash, kept) && token.isValid(at: moment) {
      found = token
    }
    guard let found else { return nil }
    // Once a minute is enough to know which tokens are in use.
    if found.lastUsed.map({ moment.timeIntervalSince($0) > 60 }) ?? true {
      try write { database in
        try database.execute(
          sql: "UPDATE tokens SET lastUsed = ? WHERE id = ?",
          arguments: [moment.timeIntervalSince1970, found.id])
      }
    }
    return found
  }

  private static func token(_ row: Row) -> Token {
    func date(_ index: Int) -> Date? {
      (row[index] as Double?).map { Date(timeIntervalSince1970: $0) }
    }
    return Token(
      id: row[0], owner: row[1], created: date(2) ?? .distantPast, expires: date(3),
      lastUsed: date(4), revoked: date(5))
  }
}
