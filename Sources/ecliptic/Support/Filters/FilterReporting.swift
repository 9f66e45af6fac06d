import Filters
import Foundation

/// What filters did, for people and machines.
enum FilterReporting {
  /// What one filter did with one exposure; its text is empty where it matched nothing.
  struct Visit: Encodable {
    var exposure: String
    var matched: Int
    var kept: Int
    var cut: Int
    var milliseconds: Double
    var failure: String?
    var diaSourceIds: [Int64]
    var text = ""

    private enum CodingKeys: String, CodingKey {
      case exposure, matched, kept, cut, milliseconds, failure, diaSourceIds
    }

    init(_ visit: String, _ outcome: FilterOutcome) {
      exposure = visit
      matched = outcome.matched
      kept = outcome.lines.count
      cut = outcome.cut
      milliseconds = outcome.milliseconds
      failure = outcome.failure?.description
      let key = outcome.columns.firstIndex { $0.lowercased() == "diasourceid" }
      diaSourceIds = outcome.lines.compactMap { line in
        guard let key, case .integer(let id) = line.values[key] else { return nil }
        return id
      }
      if let failure {
        text = "\(visit): \(failure)\n"
        return
      }
      guard matched > 0 else { return }
      text =
        "\(visit): \(matched) matched, \(cut) over the cap, "
        + String(format: "%.1f ms\n", milliseconds)
      for line in outcome.lines.prefix(5) {
        text +=
          "  "
          + zip(outcome.columns, line.values).map { "\($0)=\(Self.text($1))" }
          .joined(separator: " ") + "\n"
      }
    }

    private static func text(_ value: FilterValue) -> String {
      switch value {
      case .null: "-"
      case .integer(let number): "\(number)"
      case .real(let number): String(format: "%.8g", number)
      case .text(let text): text
      }
    }
  }

  static func printFailures(_ visit: String, _ outcomes: [FilterOutcome]) {
    for outcome in outcomes {
      if let failure = outcome.failure {
        Reporting.printError("filter \(outcome.filter.id): \(visit): \(failure)")
      }
    }
  }

  static func line(_ report: FilterStage.Report) -> String {
    "\(report.filters) filters on \(report.visits) exposures: \(report.matched) matched, "
      + "\(report.delivered) given out, \(report.cut) over the cap, \(report.failed) runs failed, "
      + String(format: "%.2f s\n", report.seconds)
      + report.suspended.map { "suspended: \($0)\n" }.joined()
  }

  static func print(_ report: FilterStage.Report, json: Bool) throws {
    json ? try Reporting.printJSON(report) : try Reporting.printText(line(report))
  }
}
