import ArgumentParser
import Astro
import Astrometry
import Dynamics
import Exchange
import Linking
import Logging

struct LinkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "link",
    abstract: "Links detections of several nights into objects: files in and out, no catalog.",
    discussion: """
      Reads detections (LSST CSV, ADES PSV/XML/CSV, MPC 80-column), finds tracklets and the objects \
      that they belong to, and writes one row for each member of a linkage: linkId and the \
      detection's identifier. No detection is in two linkages. Detections of known objects should \
      have been taken out before.

      A linkage needs tracklets on --min-nights nights; two sites' detections within two hours make one \
      where neither site has its own. Beyond 20 au single detections of six nights will do. Then \
      single detections, and what lies outside of the window, are added where its orbit goes. Where two orbits claim a detection, \
      the one that explains more with less misfit has it; --alternatives keeps the other.

      What two objects' tracklets, or those of chance, may have made is held back until a fourth \
      night: linkages of three nights that are surely hyperbolic, of a rare orbit and badly fitted, \
      or in a crowd where every detection is in a dozen tracklets.

      Memory is bounded by the number of detections N, whatever they are: 100 MB + 6 kB x N; a \
      survey needs a quarter of that. A detection is paired with at most 12 others of an exposure, \
      72 in all and 6 on the average; of a tracklet at most 2,048 pairs are solved (16 in a crowd), 48 \
      are followed, and it begins at most 24 candidates. The report counts what was left out.

      EXAMPLE
        ecliptic link detections.csv --output links.csv
        ecliptic link nights.psv --output links.csv --orbits orbits.csv --json > report.json
      """)

  @Argument(help: "Detections; - is standard input.")
  var detections: String
  @Option(help: "The links, CSV; - is standard output.")
  var output: String
  @Option(help: "MPC code of the observatory, for rows that name none.")
  var observatory = "X05"
  @Option(
    help: ArgumentHelp(
      "What each stage held to be one object, CSV; evaluate tells from it why objects are missed.",
      valueName: "file"))
  var stages: String?
  @Option(
    help: ArgumentHelp(
      "The linkages' orbits under all forces, as fit writes them; designation: the linkId.",
      valueName: "file"))
  var orbits: String?
  @Option(
    help: ArgumentHelp(
      "What else one orbit holds but better linkages have part of, with the scores, CSV.",
      valueName: "file"))
  var alternatives: String?
  @Option(
    help: ArgumentHelp(
      "Links of earlier nights as link wrote them: with --new-night the result is the window's.",
      valueName: "file"))
  var known: String?
  @Flag(help: "Detections of a night with the same trkSub or designation are one tracklet.")
  var useTrksub = false
  @OptionGroup var settings: LinkSettings
  @OptionGroup var jobs: JobsOption
  @OptionGroup var report: ReportOption
  @OptionGroup var log: LogOptions

  func validate() throws {
    if ObservatoryCode(observatory) == nil {
      throw ValidationError("--observatory \(observatory): expected an MPC code such as X05")
    }
    let files = [output, orbits, alternatives, stages].compactMap { $0 }
    if Set(files).count < files.count {
      throw ValidationError(
        "--output, --orbits, --alternatives and --stages must be different files")
    }
    if report.json && files.contains("-") {
      throw ValidationError("--json prints its report on stdout: give the outputs files")
    }
  }

  func run() async throws {
    let logger = log.logger("link")
    let solarSystem = try SolarSystem.load()
    let read = try await LinkingDetections(
      reading: detections, observatory: observatory, usesLabels: useTrksub, known: known,
      solarSystem: solarSystem, jobs: jobs.count)
    logger.info("\(read.detections.count) detections in \(detections)")
    var options = settings.options
    options.keepsTrace = stages != nil
    let result = try await link(
      read.input, options: options, solarSystem: solarSystem, jobs: jobs.count)
    let outputs = LinkOutputs(
      result: result, detections: read.detections, observations: read.input.observations)
    try outputs.writeLinks(to: output)
    if let orbits { try outputs.writeOrbits(to: orbits) }
    if let alternatives { try outputs.writeAlternatives(to: alternatives) }
    if let stages { try outputs.writeStages(to: stages) }
    try LinkReport(
      result: result, quarantined: read.quarantined.count,
      errorsTakenAsMissing: read.errorsTakenAsMissing
    )
    .print(json: report.json, dataOnStdout: [output, orbits, alternatives, stages].contains("-"))
    Reporting.warnOfErrors(takenAsMissing: read.errorsTakenAsMissing, in: detections)
    Reporting.printQuarantined(read.quarantined)
    try Reporting.exitIfQuarantined(read.quarantined.count)
  }
}
