import ArgumentParser
import Filters
import Foundation

extension FilterCommand {
  struct Stats: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Says what the filters did: matched, given out, cut, failures, time.",
      discussion: """
        EXAMPLE
          ecliptic filter stats --catalog survey.db --days 1
          ecliptic filter stats --catalog survey.db --prometheus filters.prom
        """)

    @OptionGroup var catalog: CatalogOption
    @Option(help: ArgumentHelp("Only the last so many days (UTC).", valueName: "n"))
    var days: Int?
    @Option(
      help: ArgumentHelp(
        "Write them as Prometheus text, for node_exporter's textfile collector.",
        valueName: "file"))
    var prometheus: String?
    @OptionGroup var report: ReportOption

    func validate() throws {
      if let days, days < 1 { throw ValidationError("--days \(days): expected 1 or more") }
    }

    func run() throws {
      let path = FilterLedger.path(ofCatalog: catalog.catalog)
      var totals: [FilterLedger.Totals] = []
      if FileManager.default.fileExists(atPath: path) {
        totals = try FilterLedger(path: path).totals(days: days)
      } else if !FileManager.default.fileExists(atPath: catalog.catalog) {
        throw CommandError.missingInput(path: catalog.catalog)
      }
      if let prometheus {
        try OutputFile.write(to: prometheus) { try $0.write(Self.metrics(totals)) }
      }
      if report.json { return try Reporting.printJSON(totals) }
      guard prometheus != "-" else { return }
      try Reporting.printText(totals.map(Self.line).joined())
    }

    private static func line(_ total: FilterLedger.Totals) -> String {
      "\(total.filter) version \(total.version): \(total.visits) visits, \(total.matched) matched, "
        + "\(total.delivered) given out, \(total.cut) over the cap, \(total.failures) failures, "
        + String(
          format: "%.1f ms in the mean, %.1f at most",
          total.milliseconds / Double(max(1, total.visits)), total.longestMilliseconds)
        + (total.lastFailure.map { "; last failure: \($0)" } ?? "") + "\n"
    }

    private static func metrics(_ totals: [FilterLedger.Totals]) -> String {
      let rows: [(name: String, help: String, value: (FilterLedger.Totals) -> Double)] = [
        ("visits", "Visits that the filter ran on.", { Double($0.visits) }),
        ("matched", "Alerts that it matched.", { Double($0.matched) }),
        ("delivered", "Alerts that it gave out.", { Double($0.delivered) }),
        ("cut", "Alerts over the owner's cap.", { Double($0.cut) }),
        ("failures", "Runs that failed.", { Double($0.failures) }),
        ("seconds", "Processor time.", { $0.milliseconds / 1_000 }),
      ]
      return rows.map { row in
        let name = "ecliptic_filter_\(row.name)_total"
        return "# HELP \(name) \(row.help)\n# TYPE \(name) counter\n"
          + totals.map {
            "\(name){filter=\"\($0.filter)\",version=\"\($0.version)\"} \(row.value($0))\n"
          }.joined()
      }.joined()
    }
  }
}
