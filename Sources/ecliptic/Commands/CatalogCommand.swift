import ArgumentParser
import Catalog
import Dynamics
import Foundation
import Nightly

struct CatalogCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "catalog",
    abstract: "Looks after a catalog: checks, counts, copies, brings up to date.",
    discussion: """
      EXAMPLE
        ecliptic catalog check --catalog survey.db
        ecliptic catalog backup --catalog survey.db --output copy.db --json
      """,
    subcommands: [
      Check.self, Stats.self, Backup.self, Archive.self, Migrate.self, Release.self, Merge.self,
      Split.self,
      History.self, Visits.self,
    ])
}

extension CatalogCommand {
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Checks the file and how its tables agree; exit code 1 when something is wrong.",
      discussion: "EXAMPLE\n  ecliptic catalog check --catalog survey.db")

    @OptionGroup var catalog: CatalogOption
    @OptionGroup var report: ReportOption

    func run() throws {
      let problems = try Catalog(path: catalog.catalog, access: .readOnly).problems()
      if report.json {
        try Reporting.printJSON(["problems": problems])
      } else {
        try Reporting.printText(
          problems.isEmpty ? "all is well\n" : problems.map { "\($0)\n" }.joined())
      }
      if !problems.isEmpty { throw ExitStatus.failed }
    }
  }

  struct Stats: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Counts the rows of every table, archived ones too, and the files' bytes.",
      discussion: "EXAMPLE\n  ecliptic catalog stats --catalog survey.db --digests --sizes")

    @OptionGroup var catalog: CatalogOption
    @OptionGroup var report: ReportOption
    @Flag(help: "Print a digest of each table's content too: equal digests, equal tables.")
    var digests = false
    @Flag(help: "Print the room that each table takes with its indexes; reads the whole file.")
    var sizes = false

    struct Figures: Encodable {
      var nights: [Int]?
      var rows: [String: Int]
      var digests: [String: String]?
      var fileBytes: Int?
      var sizes: [TableSize]?
    }

    func run() throws {
      let catalog = try Catalog(path: catalog.catalog, access: .readOnly)
      let nights = try catalog.nights()
      let figures = Figures(
        nights: nights.map { [$0.lowerBound, $0.upperBound] }, rows: try catalog.rowCounts(),
        digests: digests ? try catalog.contentDigests() : nil,
        fileBytes: sizes ? try catalog.fileBytes() : nil,
        sizes: sizes ? try catalog.tableSizes() : nil)
      if report.json { return try Reporting.printJSON(figures) }
      var text = ""
      for (table, count) in figures.rows.sorted(by: { $0.key < $1.key }) {
        let digest = figures.digests?[table].map { "  \($0)" } ?? ""
        let name = table.padding(toLength: 16, withPad: " ", startingAt: 0)
        text += "\(name) \(count)\(digest)\n"
      }
      if let nights { text += "nights (MJD)     \(nights.lowerBound) to \(nights.upperBound)\n" }
      if let bytes = figures.fileBytes { text += "bytes            \(bytes)\n" }
      for size in figures.sizes ?? [] where size.rows > 0 {
        let name = size.table.padding(toLength: 24, withPad: " ", startingAt: 0)
        let each = Int((size.bytesPerRow ?? 0).rounded())
        text += "\(name) \(size.bytes) bytes, \(each) a row\n"
      }
      try Reporting.printText(text)
    }
  }

  struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Copies a catalog to a new file, also while it is in use.",
      discussion: """
        By SQLite's online backup; the copy is read through before it gets its name. Archive files \
        are copied too, to OUTPUT.archive-YEAR.

        EXAMPLE
          ecliptic catalog backup --catalog survey.db --output copy.db
        """)

    @OptionGroup var catalog: CatalogOption
    @Option(help: "The copy; must not exist.")
    var output: String
    @OptionGroup var report: ReportOption

    func run() throws {
      try Catalog(path: catalog.catalog, access: .readOnly).backup(to: output)
      guard report.json else { return }
      // The rows of the copy: the catalog may have more by now.
      let rows = try Catalog(path: output, access: .readOnly).rowCounts()
      try Reporting.printJSON(Written(catalog: catalog.catalog, output: output, rows: rows))
    }
  }

  struct Migrate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Brings a catalog that an older version made up to date.",
      discussion: "EXAMPLE\n  ecliptic catalog migrate --catalog survey.db")

    @OptionGroup var catalog: CatalogOption
    @OptionGroup var report: ReportOption

    func run() throws {
      let opened = try Catalog(path: catalog.catalog, access: .readWriteExisting)
      let rows = report.json ? try opened.rowCounts() : [:]
      try opened.close()
      if report.json {
        try Reporting.printJSON(Written(catalog: catalog.catalog, output: nil, rows: rows))
      }
    }
  }

  struct Release: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Takes detections from objects that they were wrongly attributed to.",
      discussion: """
        They are free for linking and for other objects again (run nightly with --force), are never \
        given back to the same object, and the table releasedSources says why.

        EXAMPLE
          ecliptic catalog release --catalog survey.db --reason "a star" 2024050112345
        """)

    @OptionGroup var catalog: CatalogOption
    @Argument(help: "diaSourceIds of the detections.")
    var detections: [Int64]
    @Option(help: "Why, for the record.")
    var reason = "released by the operator"
    @OptionGroup var report: ReportOption

    struct Line: Encodable {
      var diaSourceId: Int64
      var ssObjectId: Int64
    }

    func run() async throws {
      let opened = try Catalog(path: catalog.catalog, access: .readWriteExisting)
      let released = try await ObjectEditor(
        catalog: opened, solarSystem: try SolarSystem.load(), jobs: 1
      ).release(detections, reason: reason)
      try opened.close()
      if report.json {
        return try Reporting.printJSON(
          released.map { Line(diaSourceId: $0.diaSourceId, ssObjectId: $0.ssObjectId) })
      }
      try Reporting.printText(
        released.map { "\($0.diaSourceId) released from \($0.ssObjectId)\n" }.joined())
    }
  }

  struct History: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists what changed the catalog, and when: the moments for --as-of.",
      discussion: """
        With --object, the life of one object: detections that came and were let go, orbits, names, \
        objects that became a part of it, and whether it is a candidate or confirmed.

        EXAMPLE
          ecliptic catalog history --catalog survey.db
          ecliptic catalog history --catalog survey.db --object "2026 WB1"
        """)

    @OptionGroup var catalog: CatalogOption
    @Option(
      help: ArgumentHelp(
        "A designation, a name of an object found here, or an ssObjectId.", valueName: "name"))
    var object: String?
    @OptionGroup var report: ReportOption

    func run() throws {
      let opened = try Catalog(path: catalog.catalog, access: .readOnly)
      if let object { return try life(of: object, opened) }
      let revisions = try opened.revisions()
      if report.json { return try Reporting.printJSON(revisions) }
      try Reporting.printText(
        revisions.map { Self.line($0.revision, $0.at, $0.what) }.joined())
    }

    private func life(of name: String, _ opened: Catalog) throws {
      guard let id = try opened.objectId(named: name) else {
        throw NightlyError.unknownObject(name: name)
      }
      let events = try opened.history(ofObject: id)
      if report.json { return try Reporting.printJSON(events) }
      var last: String?
      let lines = events.map { event in
        defer { last = event.by }
        let by = event.by ?? ""
        return Self.line(
          event.revision, event.at ?? "", event.what + (by == last || by.isEmpty ? "" : "  [\(by)]")
        )
      }
      try Reporting.printText(lines.joined())
    }

    private static func line(_ revision: Int, _ at: String, _ what: String) -> String {
      let number = String(revision)
      let room = String(repeating: " ", count: max(0, 6 - number.count))
      return "\(room)\(number)  \(at.padding(toLength: 24, withPad: " ", startingAt: 0))  \(what)\n"
    }
  }

  /// What `backup` and `migrate` wrote: the rows of every table.
  struct Written: Encodable {
    var catalog: String
    var output: String?
    var rows: [String: Int]
  }
}
