import Alerts
public import ArgumentParser
public import Catalog
import Dynamics
import Foundation
import Logging
import Nightly

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Adds orbits that are known elsewhere to a catalog.",
    discussion: """
      Reads MPCORB.DAT, mpc_orb JSON, orbit CSV, and the orbits that LSST alerts bring \
      (mpc_orbits); the format is found from the content. - is standard input. Each file is one \
      transaction. An orbit replaces the one that is in force; earlier ones stay in the table \
      orbitSolutions. Lines that say the same as the last time are left: importing tomorrow's file \
      writes what changed. Where our own orbit is in force, --own better lets the other replace \
      it only if ours is not determined, or the other has the longer arc, or more observations \
      over an arc as long; what does not replace ours is stored beside it, counted and named. \
      Orbits that can't be used, such as those without an epoch, go to the \
      quarantine with the reason (exit code 3).

      What a file says of an object's names (number, primary and secondary provisional \
      designations) makes them names of one object, also when they were two before; so do lists of \
      identifications, CSV with the columns of numbered_identifications or \
      current_identifications. The table identifications has all names with their times.

      EXAMPLE
        ecliptic import --catalog survey.db MPCORB.DAT
        ecliptic import --catalog survey.db numbered_identifications.csv
        ecliptic import --catalog survey.db --own keep MPCORB.DAT --json
      """)

  @OptionGroup var catalog: CatalogOption
  @Argument(help: "Files, or folders of alerts; - is standard input.")
  var files: [String]
  @Option(help: "Schemas of framed alerts: a folder, or a schema registry's address.")
  var schemas: String?
  @Option(help: "When an orbit replaces our own: better, keep (never) or replace (always).")
  var own = ImportPolicy.better
  @OptionGroup var jobs: JobsOption
  @OptionGroup var report: ReportOption
  @OptionGroup var log: LogOptions

  func run() throws {
    let logger = log.logger("import")
    var options = OrbitImport.Options()
    if let schemas { options.schemas = try SchemaRegistry(at: schemas) }
    options.policy = own
    options.jobs = jobs.count
    let orbits = OrbitImport(solarSystem: try SolarSystem.load(), options: options)
    let sources = try orbits.sources(files)
    let catalog = try Catalog(path: catalog.catalog, access: .readWrite)
    let progress = Progress(quiet: log.quiet)
    var summary = IngestSummary()
    for (index, source) in sources.enumerated() {
      progress.show("file \(index + 1) of \(sources.count): \(source.name)")
      logger.info("importing \(source.name)")
      summary.add(source.name, try orbits.run(source, into: catalog))
    }
    progress.clear()
    try catalog.close()
    try summary.print(json: report.json)
  }
}

extension ImportPolicy: ExpressibleByArgument {}
