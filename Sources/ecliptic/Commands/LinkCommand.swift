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

      EXAMPLE
        ecliptic link detections.csv --output links.csv
        ecliptic link nights.psv --output links.csv --min-nights 3 --json > report.json
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
    if stages == "-" && (output == "-" || report.json) {
      throw ValidationError("--stages - needs stdout for itself: give --output a file, no --json")
    }
    if report.json && output == "-" {
      throw ValidationError("--json prints its report on stdout: give --output a file")
    }
  }

  func run() async throws {
    let logger = log.logger("link")
    let solarSystem = try SolarSystem.load()
    let batch = try DetectionFile.readAll(
      detections,
      options: DetectionFile.Options(
        leapSeconds: solarSystem.leapSeconds, earthOrientation: solarSystem.earthOrientation,
        observatory: ObservatoryCode(observatory) ?? .rubin))
    let prepared = try await ObservationPreparer(solarSystem: solarSystem, errorModel: errorModel)
      .prepare(batch.detections, jobs: jobs.count)
    let quarantined =
      batch.quarantined
      + prepared.failures.map {
        $0.quarantined(file: detections, location: .line(batch.lines[$0.index]))
      }
    let used = prepared.indices.map { batch.detections[$0] }
    logger.info("\(used.count) detections in \(detections)")
    let input = LinkingInput(
      observations: prepared.observations, magnitudes: used.map(\.mag),
      observatories: used.map(\.observatory), nights: used.map { night($0, solarSystem) },
      trackletLabels: useTrksub ? used.map(\.designation) : nil)
    var options = settings.options
    options.keepsTrace = stages != nil
    let result = try await link(
      input, options: options, solarSystem: solarSystem, jobs: jobs.count)
    try OutputFile.write(to: output) { out in
      try out.write(LinksCSV.header(detections: used))
      for (index, linkage) in result.linkages.enumerated() {
        try out.write(
          LinksCSV.lines(linkId: index + 1, members: linkage.members, detections: used))
      }
    }
    if let stages { try write(result.trace, to: stages, detections: used) }
    try LinkReport(result: result, quarantined: quarantined.count)
      .print(json: report.json, dataOnStdout: output == "-")
    Reporting.printQuarantined(quarantined)
    try Reporting.exitIfQuarantined(quarantined.count)
  }

  private func write(
    _ trace: LinkingTrace?, to path: String, detections: [Detection]
  ) throws {
    try OutputFile.write(to: path) { out in
      try out.write("stage," + LinksCSV.header(detections: detections))
      for (index, group) in (trace?.groups ?? []).enumerated() {
        let lines = LinksCSV.lines(
          linkId: index + 1, members: group.members, detections: detections)
        for line in lines.split(separator: "\n") {
          try out.write("\(group.stage.rawValue),\(line)\n")
        }
      }
    }
  }

  /// No widening for many observations of one object in a night: whose they are is not known yet.
  private var errorModel: AstrometricErrorModel {
    var model = AstrometricErrorModel()
    model.deweightsCrowdedNights = false
    return model
  }

  private func night(_ detection: Detection, _ solarSystem: SolarSystem) -> Int {
    let site = try? solarSystem.observatories.site(detection.observatory)
    return Night(mjdUtc: detection.midpoint.mjd, longitudeDeg: site?.longitudeDeg ?? 0).mjd
  }
}
