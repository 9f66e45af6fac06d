import ArgumentParser
import Dynamics
import Foundation
import Linking
import Shards

extension ShardCommand {
  struct Merge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Takes what the pieces gave: cuts the next stage, or writes the links.",
      discussion: """
        With --wait it goes on by itself as soon as the pieces are there: pieces are run meanwhile as \
        shard status tells, which says done with the links. With --json the report says whether the run is done, and which stage waits for which pieces.

        EXAMPLE
          ecliptic shard merge run --output links.csv --orbits orbits.csv
        """)

    @OptionGroup var place: ShardFolderArgument
    @Option(help: "The links, CSV, once all is done.")
    var output: String
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
    @Flag(help: "Wait for missing pieces, which others run meanwhile, until the links are there.")
    var wait = false
    @OptionGroup var jobs: JobsOption
    @OptionGroup var report: ReportOption

    func validate() throws {
      let files = [output, orbits, alternatives].compactMap { $0 }
      if Set(files).count < files.count {
        throw ValidationError("--output, --orbits and --alternatives must be different files")
      }
      if files.contains("-") { throw ValidationError("shard merge writes files, not to -") }
    }

    func run() async throws {
      let folder = try place.open()
      let solarSystem = try SolarSystem.load()
      let outcome = try await ShardMerge(
        folder: folder, solarSystem: solarSystem, jobs: jobs.count, waits: wait
      ).run()
      switch outcome {
      case .waiting(let stage):
        try ShardReport(folder, waiting: stage).print(json: report.json)
      case .done(let result):
        try await write(result, folder, solarSystem)
      }
    }

    private func write(
      _ result: LinkingResult, _ folder: ShardFolder, _ solarSystem: SolarSystem
    ) async throws {
      let manifest = folder.manifest
      guard try SHA256Digest.ofFile(manifest.detectionsPath) == manifest.detectionsSHA256 else {
        throw ShardError.otherDetections(path: place.folder, file: manifest.detectionsPath)
      }
      let read = try await LinkingDetections(
        reading: manifest.detectionsPath, observatory: manifest.observatory,
        usesLabels: manifest.usesTrackletLabels, known: nil, solarSystem: solarSystem,
        jobs: jobs.count)
      let outputs = LinkOutputs(
        result: result, detections: read.detections, observations: read.input.observations)
      try outputs.writeLinks(to: output)
      if let orbits { try outputs.writeOrbits(to: orbits) }
      if let alternatives { try outputs.writeAlternatives(to: alternatives) }
      try ShardStore(merging: folder).end()
      if report.json {
        var done = ShardReport(folder, waiting: nil)
        done.done = true
        done.counts = result.counts
        try done.print(json: true)
      } else {
        try LinkReport(
          result: result, quarantined: read.quarantined.count,
          errorsTakenAsMissing: read.errorsTakenAsMissing
        ).print(json: false, dataOnStdout: false)
      }
      Reporting.warnOfErrors(
        takenAsMissing: read.errorsTakenAsMissing, in: manifest.detectionsPath)
      Reporting.printQuarantined(read.quarantined)
      try Reporting.exitIfQuarantined(read.quarantined.count)
    }
  }
}
