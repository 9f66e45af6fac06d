import ArgumentParser
import Astrometry
import Catalog

extension CatalogCommand {
  struct Archive: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Moves the detections of old nights into files beside the catalog, one a year.",
      discussion: """
        Queries, exports, precovery and check reach them there as before: keep the files \
        CATALOG.archive-YEAR beside the catalog. Objects, their sources and orbits stay in the \
        catalog, which does not get smaller but has room for new nights. A run that is ended at \
        any moment loses and doubles nothing; run it again. Programs that have the catalog open \
        see the archived detections when they open it again.

        EXAMPLE
          ecliptic catalog archive --catalog survey.db --before 2026-01-01
        """)

    @OptionGroup var catalog: CatalogOption
    @Option(help: "The first night that stays, as 2026-01-01.")
    var before: String
    @OptionGroup var report: ReportOption

    func validate() throws {
      if Night(date: before) == nil {
        throw ValidationError("--before \(before): expected a night such as 2026-01-01")
      }
    }

    func run() throws {
      guard let night = Night(date: before) else { return }
      let opened = try Catalog(path: catalog.catalog, access: .readWriteExisting)
      let result = try opened.archive(before: night.mjd)
      try opened.close()
      if report.json { return try Reporting.printJSON(result) }
      let lines = result.files.map {
        "\($0.path): \($0.detections) detections of \($0.nights) nights\n"
      }
      try Reporting.printText(lines.isEmpty ? "nothing to archive\n" : lines.joined())
    }
  }
}
