import ArgumentParser
import Catalog
import Dynamics
import Nightly

extension CatalogCommand {
  struct Merge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Makes two objects one, if one orbit holds the detections of both.",
      discussion: """
        An object whose orbit is known elsewhere keeps its number, of two that were found here the \
        one with more detections. The other's number and name lead to it from then on. nightly does \
        the same by itself where an orbit predicts another object's detections.

        EXAMPLE
          ecliptic catalog merge --catalog survey.db E261122-7KQ2M9XA "2026 WB1"
        """)

    @OptionGroup var catalog: CatalogOption
    @Argument(help: "A designation, a name of an object found here, or an ssObjectId.")
    var first: String
    @Argument(help: "The same of the other object.")
    var second: String
    @OptionGroup var jobs: JobsOption
    @OptionGroup var report: ReportOption

    func run() async throws {
      let opened = try Catalog(path: catalog.catalog, access: .readWriteExisting)
      let editor = try ObjectEditor(
        catalog: opened, solarSystem: try SolarSystem.load(), jobs: jobs.count)
      let line = try await editor.merge(first, second)
      try opened.close()
      try CatalogCommand.print([line], report)
    }
  }

  struct Split: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Makes some detections of an object an object of their own.",
      discussion: """
        Orbits must hold both parts. The detections are never given back to the object that they \
        were taken from. --former undoes a merge: the object that became a part of this one gets \
        its detections and its number back.

        EXAMPLE
          ecliptic catalog split --catalog survey.db E261122-7KQ2M9XA 2024050112345 2024050112388
          ecliptic catalog split --catalog survey.db "2026 WB1" --former E261122-7KQ2M9XA
        """)

    @OptionGroup var catalog: CatalogOption
    @Argument(help: "A designation, a name of an object found here, or an ssObjectId.")
    var object: String
    @Argument(help: "diaSourceIds of the detections.")
    var detections: [Int64] = []
    @Option(help: ArgumentHelp("The object that became a part of it.", valueName: "name"))
    var former: String?
    @OptionGroup var jobs: JobsOption
    @OptionGroup var report: ReportOption

    func validate() throws {
      if (former == nil) == detections.isEmpty {
        throw ValidationError("give either the detections' diaSourceIds or --former NAME")
      }
    }

    func run() async throws {
      let opened = try Catalog(path: catalog.catalog, access: .readWriteExisting)
      let editor = try ObjectEditor(
        catalog: opened, solarSystem: try SolarSystem.load(), jobs: jobs.count)
      let lines = try await editor.split(object, detections: detections, former: former)
      try opened.close()
      try CatalogCommand.print(lines, report)
    }
  }

  fileprivate static func print(_ lines: [ObjectEditor.Line], _ report: ReportOption) throws {
    if report.json { return try Reporting.printJSON(lines) }
    try Reporting.printText(
      lines.map {
        "\($0.ssObjectId) \($0.designation): \($0.detections) detections, rms \($0.rmsArcsec)\"\n"
      }.joined())
  }
}
