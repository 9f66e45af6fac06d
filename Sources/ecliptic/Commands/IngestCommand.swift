import Alerts
import ArgumentParser
import Astrometry
import Catalog
import Dynamics
import Foundation
import Logging
import Nightly

struct IngestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ingest",
    abstract: "Adds detections (DIASources) to a catalog.",
    discussion: """
      Reads LSST CSV, ADES PSV, XML and CSV, MPC 80-column, and alert Avro (containers, \
      Confluent-framed messages, folders of them); the format is found from the content. - is \
      standard input (text formats). Each file is one transaction. The same file twice adds \
      nothing. Bad records go to the catalog's quarantine with the reason (exit code 3); ingest \
      the corrected file under the same name to clear them.

      EXAMPLE
        ecliptic ingest --catalog survey.db night1.csv night2.psv
        ecliptic ingest --catalog survey.db --schemas schemas alerts/
      """)

  @OptionGroup var catalog: CatalogOption
  @Argument(help: "Files or folders; - is standard input.")
  var files: [String]
  @Option(help: "MPC code of the observatory, for rows that name none.")
  var observatory = "X05"
  @Option(help: "Schemas of framed alerts: a folder, or a schema registry's address.")
  var schemas: String?
  @Flag(help: "Take alerts too that their sender matched to a known solar-system object.")
  var all = false
  @OptionGroup var jobs: JobsOption
  @OptionGroup var report: ReportOption
  @OptionGroup var log: LogOptions

  func validate() throws {
    if files.isEmpty { throw ValidationError("no file given; - is standard input") }
    if ObservatoryCode(observatory) == nil {
      throw ValidationError("--observatory \(observatory): expected an MPC code such as X05")
    }
  }

  func run() async throws {
    let logger = log.logger("ingest")
    var options = DetectionIngest.Options()
    options.observatory = ObservatoryCode(observatory) ?? .rubin
    options.includesAssociated = all
    options.jobs = jobs.count
    if let schemas { options.schemas = try SchemaRegistry(at: schemas) }
    let ingest = DetectionIngest(solarSystem: try SolarSystem.load(), options: options)
    let sources = try ingest.sources(files)
    let catalog = try Catalog(path: catalog.catalog, access: .readWrite)
    let progress = Progress(quiet: log.quiet)
    var summary = IngestSummary()
    for (index, source) in sources.enumerated() {
      progress.show("file \(index + 1) of \(sources.count): \(source.name)")
      logger.info("ingesting \(source.name)")
      summary.add(source.name, try await ingest.ingest(source, into: catalog))
    }
    progress.clear()
    try catalog.close()
    try summary.print(json: report.json)
  }
}

/// What `ingest` and `import` report.
struct IngestSummary: Encodable {
  struct File: Encodable {
    var file: String
    var counts: IngestCounts
    /// Processor time of the one who writes, without reading and parsing [s].
    var writerSeconds: Double
    /// Detections whose stated error of position can't be and is taken as not stated.
    var errorsTakenAsMissing: Int
  }

  var files: [File] = []
  var total = IngestCounts()
  private var quarantined: [QuarantinedRecord] = []
  private var keptOwn: [String] = []

  private enum CodingKeys: CodingKey { case files, total }

  mutating func add(_ file: String, _ result: IngestResult) {
    files.append(
      File(
        file: file, counts: result.counts, writerSeconds: result.writerSeconds,
        errorsTakenAsMissing: result.errorsTakenAsMissing))
    total += result.counts
    quarantined += result.quarantined
    keptOwn += result.keptOwn
  }

  /// Prints the report; ends with exit code 3 when records were quarantined.
  func print(json: Bool) throws {
    if json {
      try Reporting.printJSON(self)
    } else {
      try Reporting.printText(
        """
        files \(files.count), records \(total.rows): added \(total.added), already there \
        \(total.alreadyThere), quarantined \(total.quarantined), left out \(total.leftOut)\n
        """)
    }
    if !keptOwn.isEmpty {
      let names = keptOwn.prefix(20).joined(separator: ", ") + (keptOwn.count > 20 ? ", …" : "")
      Reporting.printError(
        "our own orbits stay in force for \(keptOwn.count) objects (--own replace changes that): "
          + names)
    }
    for file in files {
      Reporting.warnOfErrors(takenAsMissing: file.errorsTakenAsMissing, in: file.file)
    }
    Reporting.printQuarantined(quarantined)
    try Reporting.exitIfQuarantined(total.quarantined)
  }
}
