import Alerts
import ArgumentParser
import Catalog
import Dynamics
import Foundation
import Logging
import Nightly

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Adds orbits that are known elsewhere to a catalog.",
    discussion: """
      Reads MPCORB.DAT, mpc_orb JSON, orbit CSV and the mpc_orbits of LSST alerts (files or \
      folders of them); the format is found from the content. - is \
      standard input. Each file is one transaction. An orbit replaces the one that is in force; \
      earlier ones stay in the table orbitSolutions. Orbits that can't be used, such as those \
      without an epoch, go to the quarantine with the reason (exit code 3).

      EXAMPLE
        ecliptic import --catalog survey.db MPCORB.DAT
        ecliptic import --catalog survey.db --schemas schemas alerts/
      """)

  @OptionGroup var catalog: CatalogOption
  @Argument(help: "Files; - is standard input.")
  var files: [String]
  @Option(help: "Folder with the schemas of framed alerts.")
  var schemas: String?
  @OptionGroup var report: ReportOption
  @OptionGroup var log: LogOptions

  func run() throws {
    let logger = log.logger("import")
    let registry = try schemas.map { try SchemaRegistry(folder: URL(filePath: $0)) }
    let orbits = OrbitImport(
      solarSystem: try SolarSystem.load(), schemas: registry ?? SchemaRegistry())
    let sources = try files.map(orbits.source)
    let catalog = try Catalog(path: catalog.catalog, access: .readWrite)
    let progress = Progress(quiet: log.quiet)
    var summary = IngestSummary()
    for (index, source) in sources.enumerated() {
      progress.show("file \(index + 1) of \(sources.count): \(source)")
      logger.info("importing \(source)")
      summary.add(source, try orbits.run(source, into: catalog))
    }
    progress.clear()
    try catalog.close()
    try summary.print(json: report.json)
  }
}
