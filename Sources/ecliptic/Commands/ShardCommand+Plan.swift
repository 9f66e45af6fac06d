import ArgumentParser
import Dynamics
import Foundation
import Linking
import Logging
import Shards

extension ShardCommand {
  struct Plan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Reads detections, makes tracklets, and cuts the first long stage into pieces.",
      discussion: """
        The settings are those of link. A piece takes --piece-seconds of a core at most, and there are \
        four pieces for each worker unless they would be shorter than a second.

        EXAMPLE
          ecliptic shard plan detections.csv --output run --workers 32 --max-rate 60
        """)

    @Argument(help: "Detections, a file that does not change until the links are there.")
    var detections: String
    @Option(help: ArgumentHelp("The run's folder, a new one.", valueName: "folder"))
    var output: String
    @Option(help: "MPC code of the observatory, for rows that name none.")
    var observatory = "X05"
    @Option(
      help: ArgumentHelp(
        "Links of earlier nights as link wrote them: with --new-night the result is the window's.",
        valueName: "file"))
    var known: String?
    @Flag(help: "Detections of a night with the same trkSub or designation are one tracklet.")
    var useTrksub = false
    @Option(help: ArgumentHelp("Processes that will run pieces at once.", valueName: "n"))
    var workers = 4
    @Option(help: ArgumentHelp("Longest piece.", valueName: "CPU s"))
    var pieceSeconds = 300.0
    @OptionGroup var settings: LinkSettings
    @OptionGroup var jobs: JobsOption
    @OptionGroup var report: ReportOption
    @OptionGroup var log: LogOptions

    func validate() throws {
      if ObservatoryCode(observatory) == nil {
        throw ValidationError("--observatory \(observatory): expected an MPC code such as X05")
      }
      guard (1...100_000).contains(workers) else {
        throw ValidationError("--workers must be from 1 to 100000, not \(workers)")
      }
      guard (0.001...86_400).contains(pieceSeconds) else {
        throw ValidationError("--piece-seconds must be from 0.001 to 86400, not \(pieceSeconds)")
      }
      if detections == "-" {
        throw ValidationError("shard plan reads a file, which shard merge will read again, not -")
      }
    }

    func run() async throws {
      let solarSystem = try SolarSystem.load()
      let path = URL(filePath: detections).standardizedFileURL.path
      guard FileManager.default.fileExists(atPath: path) else {
        throw CommandError.missingInput(path: detections)
      }
      let read = try await LinkingDetections(
        reading: path, observatory: observatory, usesLabels: useTrksub, known: known,
        solarSystem: solarSystem, jobs: jobs.count)
      let (input, original) = try read.input.sorted()
      let manifest = try ShardManifest(
        detectionsPath: path, detectionCount: read.detections.count, observatory: observatory,
        usesTrackletLabels: useTrksub,
        knownPath: known.map { URL(filePath: $0).standardizedFileURL.path },
        options: settings.options, workers: workers, pieceSeconds: pieceSeconds)
      let folder = try ShardFolder.create(
        at: URL(filePath: output), manifest: manifest, input: input, original: original)
      log.logger("shard").info("\(read.detections.count) detections in \(detections)")
      let outcome = try await ShardMerge(
        folder: folder, solarSystem: solarSystem, jobs: jobs.count
      ).run()
      if case .waiting(let stage) = outcome {
        try ShardReport(folder, waiting: stage).print(json: report.json)
      } else {
        try ShardReport(folder, waiting: nil).print(json: report.json)
      }
      Reporting.printQuarantined(read.quarantined)
      try Reporting.exitIfQuarantined(read.quarantined.count)
    }
  }
}
