import ArgumentParser
import Astrometry
import Catalog
import Dynamics
import Foundation

extension CatalogCommand {
  struct Visits: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists the visits that are set aside; decides about visits.",
      discussion: """
        A visit that a nightly run finds wrong is a suspect: its detections stay in the catalog, and \
        are left out of attribution and linking. --keep takes a visit back in whatever a run finds, \
        --set-aside leaves one out, --reset leaves it to the next run. A visit goes by its number, or \
        by t and its midpoint (MJD TAI), as the list has it. The next nightly run of a window with the \
        night works on it anew.

        EXAMPLE
          ecliptic catalog visits --catalog survey.db --night 2026-11-22
          ecliptic catalog visits --catalog survey.db --night 2026-11-22 --keep 2026112200412
        """)

    @OptionGroup var catalog: CatalogOption
    @Option(help: ArgumentHelp("Only this night (date of the evening).", valueName: "date"))
    var night: String?
    @Option(parsing: .singleValue, help: ArgumentHelp("Take it back in.", valueName: "visit"))
    var keep: [String] = []
    @Option(parsing: .singleValue, help: ArgumentHelp("Leave it out.", valueName: "visit"))
    var setAside: [String] = []
    @Option(
      parsing: .singleValue,
      help: ArgumentHelp("Forget what was said of it.", valueName: "visit"))
    var reset: [String] = []
    @Option(help: "Why, for the record.")
    var reason = "the operator's word"
    @Option(help: ArgumentHelp("MPC code of the visits' observatory.", valueName: "code"))
    var observatory = "X05"
    @OptionGroup var report: ReportOption

    struct Line: Encodable {
      var night: String
      var observatory: String
      var visit: String
      var judgement: String
      var kind: String
      var reason: String
      var offsetRa: Double?
      var offsetDec: Double?
      var clockSeconds: Double?
      var knownObjects: Int?
      var detections: Int?
    }

    private var changes: Bool { !(keep + setAside + reset).isEmpty }

    func validate() throws {
      if let night, Night(date: night) == nil {
        throw ValidationError("--night \(night): expected a date such as 2026-11-22")
      }
      if changes, night == nil {
        throw ValidationError("--keep, --set-aside and --reset need --night")
      }
      if ObservatoryCode(observatory) == nil {
        throw ValidationError("--observatory \(observatory): must be an MPC code, as X05")
      }
    }

    func run() throws {
      let nights = night.flatMap { Night(date: $0) }.map { $0.mjd...$0.mjd } ?? 0...1_000_000
      if changes { try change(nights.lowerBound) }
      let opened = try Catalog(path: catalog.catalog, access: .readOnly)
      let lines = try opened.visitJudgements(nights: nights).filter { $0.judgement != .open }.map {
        judgement in
        Line(
          night: "\(Night(mjd: judgement.visit.night))",
          observatory: "\(judgement.visit.observatory)", visit: judgement.visit.name,
          judgement: judgement.judgement.rawValue, kind: judgement.kind, reason: judgement.reason,
          offsetRa: judgement.offsetArcsec?.ra, offsetDec: judgement.offsetArcsec?.dec,
          clockSeconds: judgement.clockSeconds, knownObjects: judgement.knownCount,
          detections: judgement.detectionCount)
      }
      if report.json { return try Reporting.printJSON(lines) }
      try Reporting.printText(
        lines.map { "\($0.night) \($0.observatory) \($0.visit) \($0.judgement): \($0.reason)\n" }
          .joined())
    }

    private func change(_ night: Int) throws {
      let opened = try Catalog(path: catalog.catalog, access: .readWriteExisting)
      let code = ObservatoryCode(observatory) ?? .rubin
      func key(_ name: String) throws -> VisitKey {
        let key = VisitKey(observatory: code, night: night, name: name)
        guard try opened.detectionCount(of: key) > 0 else {
          throw CommandError.unknownVisit(
            name: name, night: "\(Night(mjd: night))", site: observatory)
        }
        return key
      }
      func judgements(
        _ names: [String], _ judgement: VisitJudgement.Judgement
      ) throws -> [VisitJudgement] {
        try names.map {
          VisitJudgement(
            visit: try key($0), judgement: judgement, kind: "operator", reason: reason,
            detectionCount: try opened.detectionCount(of: key($0)))
        }
      }
      try opened.decide(
        try judgements(keep, .kept) + judgements(setAside, .aside) + judgements(reset, .open))
      try opened.close()
    }
  }
}
