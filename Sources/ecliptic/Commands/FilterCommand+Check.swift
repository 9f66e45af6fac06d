import Alerts
import ArgumentParser
import Astrometry
import Filters
import Foundation

extension FilterCommand {
  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Checks a filter; shows what it would have chosen of past nights.",
      discussion: """
        Parses it, shows its columns and SQLite's plan. With a catalog, runs it on the visits of past \
        nights that tag --filters keeps beside it (CATALOG.visits); with alerts, on every exposure of \
        them. It says how many it matches, how many the cap would leave, what it takes, and the first \
        lines. Nothing is kept.

        EXAMPLE
          ecliptic filter check movers.sql
          ecliptic filter check --catalog survey.db movers.sql --nights 3
          ecliptic filter check --text "magnitude < 19 ORDER BY magnitude" --alerts last-night
        """)

    @OptionGroup var text: FilterTextOption
    @Option(help: ArgumentHelp("Try it on this catalog's past nights.", valueName: "file"))
    var catalog: String?
    @Option(help: ArgumentHelp("So many of them, the newest.", valueName: "n"))
    var nights = 1
    @Option(
      name: .customLong("alerts"), parsing: .singleValue,
      help: ArgumentHelp("Alerts to try it on; may be repeated.", valueName: "file"))
    var alerts: [String] = []
    @OptionGroup var input: FilterAlertsOption
    @OptionGroup var jobs: JobsOption
    @OptionGroup var report: ReportOption

    func validate() throws {
      try text.validateOne()
      guard catalog == nil || alerts.isEmpty else {
        throw ValidationError("give --catalog or --alerts, not both")
      }
      if nights < 1 { throw ValidationError("--nights \(nights): expected 1 or more") }
    }

    private struct Answer: Encodable {
      var columns: [String]
      var plan: [String]
      var visits: [FilterReporting.Visit]
      var matched: Int
      var kept: Int
      var cut: Int
      var milliseconds: Double
      /// The catalog keeps these nights' visits.
      var nights: [String]?
      var unreadable: [String]?

      var summary: String {
        guard !visits.isEmpty else {
          return nights == nil
            ? ""
            : "no visits of past nights are kept beside the catalog; tag --filters keeps them\n"
        }
        return "\(visits.count) visits"
          + (nights.map { " of \($0.count) nights, \($0.joined(separator: ", "))" } ?? "")
          + ": \(matched) matched, \(kept) would have come, \(cut) over the cap, "
          + String(
            format: "%.1f ms in the mean, %.1f at most\n", milliseconds / Double(visits.count),
            visits.map(\.milliseconds).max() ?? 0)
      }
    }

    func run() async throws {
      let filter = UserFilter(owner: "you", name: "filter", text: try text.read())
      let (columns, plan, tables) = try FilterRunner.check(filter.text, limits: input.limits)
      var quarantined: [QuarantinedRecord] = []
      var (visits, failure): ([FilterReporting.Visit], FilterError?) = ([], nil)
      var past: (nights: [String], unreadable: [String])?
      func take(_ visit: String, _ outcome: FilterOutcome) {
        failure = failure ?? outcome.failure
        visits.append(FilterReporting.Visit(visit, outcome))
      }
      if let catalog {
        let result = try await self.past(of: catalog).run(filter)
        for visit in result.visits { take(visit.visit, visit.outcome) }
        past = (
          Set(result.visits.map(\.night)).sorted(by: >).map(\.description), result.unreadable
        )
      } else if !alerts.isEmpty {
        var stage = FilterStage(
          FilterRunner([filter], limits: input.limits), ledger: nil, folder: nil,
          jobs: jobs.count)
        quarantined = try await input.run(&stage, over: alerts, jobs: jobs.count) {
          visit, outcomes in for outcome in outcomes { take(visit, outcome) }
        }
        for name in ["candidates", "missing"] where tables.contains(name) {
          Reporting.printError(
            "the table \(name) is empty here: it is filled while alerts are tagged; try the filter on "
              + "what tag --filters kept, with --catalog")
        }
      }
      let answer = Answer(
        columns: columns, plan: plan, visits: visits,
        matched: visits.reduce(0) { $0 + $1.matched }, kept: visits.reduce(0) { $0 + $1.kept },
        cut: visits.reduce(0) { $0 + $1.cut },
        milliseconds: visits.reduce(0) { $0 + $1.milliseconds }, nights: past?.nights,
        unreadable: past?.unreadable)
      try show(answer)
      Reporting.printQuarantined(quarantined)
      for reason in past?.unreadable ?? [] { Reporting.printError("left out: \(reason)") }
      if let failure { throw failure }
      try Reporting.exitIfQuarantined(quarantined.count + (past?.unreadable.count ?? 0))
    }

    private func past(of catalog: String) throws -> FilterTrial {
      guard FileManager.default.fileExists(atPath: catalog) else {
        throw CommandError.missingInput(path: catalog)
      }
      var trial = FilterTrial(VisitArchive(folder: VisitArchive.path(ofCatalog: catalog)))
      trial.limits = input.limits
      trial.nights = nights
      return trial
    }

    private func show(_ answer: Answer) throws {
      if report.json { return try Reporting.printJSON(answer) }
      try Reporting.printText(
        "the filter is right\ncolumns: \(answer.columns.joined(separator: ", "))\n"
          + "plan: \(answer.plan.joined(separator: "; "))\n" + answer.visits.map(\.text).joined()
          + answer.summary)
    }
  }
}
