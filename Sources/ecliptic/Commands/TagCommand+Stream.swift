import Alerts
import Dynamics
import Foundation
import Nightly

extension TagCommand {
  /// From topic to topic.
  func run(
    from input: KafkaAddress, to output: KafkaAddress, _ solarSystem: SolarSystem
  ) async throws {
    let options = try kafka.options(solarSystem.leapSeconds)
    let properties = try kafka.properties()
    let progress = Progress(quiet: log.quiet)
    let loaded = try predictor(solarSystem, progress)
    progress.clear()
    Reporting.printQuarantined(loaded.quarantined)
    let tagger = makeTagger(try source.registry(), solarSystem, loaded.predictor)
    var stream = StreamTagger(from: input, to: output, tagger: tagger)
    stream.options = options
    (stream.inputProperties, stream.outputProperties) = properties
    if candidates != nil || missing != nil {
      let sidecars = try StreamSidecars(candidates: candidates, missing: missing)
      stream.results = { try sidecars.add($0) }
    }
    var filters: StreamFilters?
    if let prefix = self.filters, let catalog = source.catalog {
      let made = try StreamFilters(
        catalog: catalog, prefix: prefix, keepsExisting: keepExisting, jobs: jobs.count,
        logger: log.logger("filter"), keep: keeper(catalog, solarSystem))
      stream.choose = { try await made.choices($0) }
      filters = made
    }
    let feed = makeFeed(solarSystem)
    if let feed {
      stream.feed = { alerts in
        guard let first = alerts.first else { return }
        let unknown = alerts.filter { !$0.packet.isSolarSystem }.map(\.packet)
        let source = "\(input) [\(first.partition)] from offset \(first.offset)"
        Reporting.printQuarantined(try feed.add(unknown, source: source))
      }
    }
    let done = try await StreamRun(stream: stream, logger: log.logger("tag")).run()
    try finish(feed)
    await filters?.finish()
    if report.json {
      try Reporting.printJSON(done)
    } else if candidates == "-" || missing == "-" {
      Reporting.printError(StreamRun.line(done) + "\n")
    } else {
      try Reporting.printText(StreamRun.line(done) + "\n")
    }
    try Reporting.exitIfQuarantined(loaded.quarantined.count + done.deadLetters + done.untaggable)
  }
}
