import ArgumentParser
import Filters
import Foundation

struct FilterCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "filter",
    abstract: "Users' filters on tagged alerts.",
    discussion: """
      A filter is one SELECT over the table alerts of a visit (with candidates, the known objects that \
      an alert may be), or what stands after its WHERE; an ORDER BY says which alerts are best. A \
      SELECT over the table missing tells of known objects that are not there. Each user gets at most \
      --cap alerts and missing objects of a visit, over all of the user's filters. Filters read and \
      compute; they can't write, open files, or take more than 100 ms and 64 MB; all filters of a user \
      together can't take more than half a second beyond 10 ms each.

      EXAMPLE
        ecliptic filter check --text "trailLength > 5 AND ssSource_ssObjectId IS NULL" --alerts night
        ecliptic filter add --catalog survey.db --owner ana --name movers movers.sql
        ecliptic filter run --catalog survey.db tagged.avro --output chosen
        ecliptic tag --catalog survey.db alerts.avro --output tagged.avro --filters chosen
      """,
    subcommands: [
      Add.self, Audit.self, Check.self, Columns.self, Disable.self, Enable.self, List.self,
      Remove.self, Run.self, Stats.self, Token.self,
    ])
}

extension FilterCommand {
  /// `OWNER/NAME`.
  static func split(_ id: String) throws -> (owner: String, name: String) {
    let parts = id.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else {
      throw ValidationError("\(id): expected OWNER/NAME, as `ecliptic filter list` shows it")
    }
    return (parts[0], parts[1])
  }

  struct Columns: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists what filters can use: columns and functions.",
      discussion: "EXAMPLE\n  ecliptic filter columns --json")
    @OptionGroup var report: ReportOption

    private struct Listing: Encodable {
      struct Item: Encodable {
        var name: String
        var meaning: String
      }
      var alerts: [Item]
      var candidates: [Item]
      var missing: [Item]
      var functions: [Item]
      var sqlFunctions: [String]
    }

    func run() throws {
      let listing = Listing(
        alerts: AlertColumns.all.map { .init(name: $0.name, meaning: $0.meaning) },
        candidates: CandidateTable.columns.map { .init(name: $0.name, meaning: $0.meaning) },
        missing: MissingTable.columns.map { .init(name: $0.name, meaning: $0.meaning) },
        functions: FilterFunctions.own.map {
          .init(
            name: "\($0.name)(\($0.arguments.joined(separator: ", ")))", meaning: $0.meaning)
        },
        sqlFunctions: FilterFunctions.plain)
      if report.json { return try Reporting.printJSON(listing) }
      func lines(_ title: String, _ items: [Listing.Item]) -> String {
        let width = items.map(\.name.count).max() ?? 0
        return title + "\n"
          + items.map {
            "  \($0.name.padding(toLength: width, withPad: " ", startingAt: 0))  \($0.meaning)\n"
          }.joined()
      }
      try Reporting.printText(
        lines("alerts: a line an alert of the visit", listing.alerts) + "\n"
          + lines(
            "candidates: every known object that an alert may be (tag --filters)",
            listing.candidates) + "\n"
          + lines(
            "missing: known objects that the visit should show and does not (tag --filters)",
            listing.missing) + "\n" + lines("functions", listing.functions) + "\n"
          + "of SQLite: \(listing.sqlFunctions.joined(separator: " "))\n")
    }
  }
}
