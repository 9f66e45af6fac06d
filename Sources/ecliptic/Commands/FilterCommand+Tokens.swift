import ArgumentParser
import Catalog
import Filters
import Foundation

extension FilterCommand {
  struct Token: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Tokens with which owners change their filters over HTTP.",
      discussion: """
        A token is shown once, when it is made; a hash of it is kept beside the catalog \
        (CATALOG.filters), not in it, so that a copy of the catalog gives nobody a right. Who has it \
        changes the owner's filters through ecliptic serve, and no other's.

        EXAMPLE
          ecliptic filter token add --catalog survey.db ana --days 365
          ecliptic filter token list --catalog survey.db
          ecliptic filter token revoke --catalog survey.db ana
        """,
      subcommands: [Add.self, List.self, Revoke.self])

    static func checkOwner(_ owner: String) throws {
      if let fault = UserFilter.fault(ofName: owner) {
        throw ValidationError("OWNER \(owner): \(fault)")
      }
      guard owner != PredefinedFilters.owner else {
        throw ValidationError("OWNER \(owner): is the program's own; take another name")
      }
    }

    static func ledger(ofCatalog path: String) throws -> FilterLedger {
      // A name mistyped must not make a file.
      try Catalog(path: path, access: .readOnly).close()
      return try FilterLedger(path: FilterLedger.path(ofCatalog: path))
    }

    struct Add: ParsableCommand {
      static let configuration = CommandConfiguration(
        abstract: "Makes a token for an owner and prints it, once.",
        discussion: "EXAMPLE\n  ecliptic filter token add --catalog survey.db ana --days 365")
      @OptionGroup var catalog: CatalogOption
      @Argument(help: "Whose filters it is for.")
      var owner: String
      @Option(help: ArgumentHelp("It ends after so many days (default: never).", valueName: "n"))
      var days: Double?
      @OptionGroup var report: ReportOption

      private struct Made: Encodable {
        var token: String
        var id: String
        var owner: String
        var expires: Date?
      }

      func validate() throws {
        try Token.checkOwner(owner)
        if let days, !(days > 0 && days <= 36_525) {
          throw ValidationError("--days \(days): expected more than 0 and at most 36525")
        }
      }

      func run() throws {
        let ledger = try Token.ledger(ofCatalog: catalog.catalog)
        let made = try ledger.addToken(
          owner: owner, expires: days.map { Date().addingTimeInterval($0 * 86_400) })
        try FilterAudit.write(ledger, "token add", owner, "token \(made.token.id)")
        guard report.json else {
          Reporting.printError(
            "token \(made.token.id) of \(owner); keep it, it can't be shown again")
          return try Reporting.printText(made.secret + "\n")
        }
        try Reporting.printJSON(
          Made(
            token: made.secret, id: made.token.id, owner: owner, expires: made.token.expires))
      }
    }

    struct List: ParsableCommand {
      static let configuration = CommandConfiguration(
        abstract: "Lists tokens by their ids, never the tokens themselves.",
        discussion: "EXAMPLE\n  ecliptic filter token list --catalog survey.db ana")
      @OptionGroup var catalog: CatalogOption
      @Argument(help: "Only this owner's.")
      var owner: String?
      @OptionGroup var report: ReportOption

      func run() throws {
        let tokens = try Token.ledger(ofCatalog: catalog.catalog).tokens(of: owner)
        if report.json { return try Reporting.printJSON(tokens) }
        try Reporting.printText(
          tokens.map { token in
            func date(_ name: String, _ value: Date?) -> String {
              value.map { "  \(name) \($0.formatted(.iso8601))" } ?? ""
            }
            return "\(token.id)  \(token.owner)  \(token.isValid(at: Date()) ? "valid" : "ended")"
              + date("made", token.created) + date("ends", token.expires)
              + date("used", token.lastUsed) + date("revoked", token.revoked) + "\n"
          }.joined())
      }
    }

    struct Revoke: ParsableCommand {
      static let configuration = CommandConfiguration(
        abstract: "Ends an owner's tokens, or one.",
        discussion: """
          EXAMPLE
            ecliptic filter token revoke --catalog survey.db ana
            ecliptic filter token revoke --catalog survey.db --id 3k9x2ab
          """)
      @OptionGroup var catalog: CatalogOption
      @Argument(help: "Whose tokens, all of them.")
      var owner: String?
      @Option(help: "One token, as filter token list names it.")
      var id: String?

      func validate() throws {
        guard (owner == nil) != (id == nil) else {
          throw ValidationError("give an OWNER, or one token by --id")
        }
      }

      func run() throws {
        let ledger = try Token.ledger(ofCatalog: catalog.catalog)
        let ended = try ledger.revokeTokens(id: id, owner: owner)
        guard !ended.isEmpty else {
          throw CommandError.unreadable(
            path: catalog.catalog, reason: "holds no valid token of \(owner ?? id ?? "")")
        }
        for id in ended {
          try FilterAudit.write(ledger, "token revoke", owner ?? id, "token \(id)")
        }
        try Reporting.printText(ended.map { "\($0) ended\n" }.joined())
      }
    }
  }

  struct Audit: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists who changed filters and tokens, the newest first.",
      discussion: "EXAMPLE\n  ecliptic filter audit --catalog survey.db --owner ana --limit 20")
    @OptionGroup var catalog: CatalogOption
    @Option(help: "Only of this owner, or of OWNER/NAME.")
    var owner: String?
    @Option(help: ArgumentHelp("So many entries at most.", valueName: "n"))
    var limit = 100
    @OptionGroup var report: ReportOption

    func validate() throws {
      if limit < 1 { throw ValidationError("--limit \(limit): expected 1 or more") }
    }

    func run() throws {
      let entries = try Token.ledger(ofCatalog: catalog.catalog)
        .auditEntries(subject: owner, limit: limit)
      if report.json { return try Reporting.printJSON(entries) }
      try Reporting.printText(
        entries.map { entry in
          "\(entry.at.formatted(.iso8601))  \(entry.actor)"
            + (entry.client.map { " from \($0)" } ?? "")
            + "  \(entry.action)  \(entry.subject)  \(entry.result)\n"
        }.joined())
    }
  }
}

/// What the command line writes into the audit.
enum FilterAudit {
  static func write(
    _ ledger: FilterLedger, _ action: String, _ subject: String, _ result: String
  ) throws {
    try ledger.audit(
      FilterLedger.AuditEntry(
        actor: "user \(NSUserName()) at the command line", action: action, subject: subject,
        result: result))
  }

  static func write(
    catalog: String, _ action: String, _ subject: String, _ result: String
  ) throws {
    try write(
      FilterLedger(path: FilterLedger.path(ofCatalog: catalog)), action, subject, result)
  }
}
