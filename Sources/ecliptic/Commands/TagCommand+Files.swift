import Alerts
import ArgumentParser
import Astrometry
import Dynamics
import Filters
import Foundation
import Nightly
import Prediction

extension TagCommand {
  /// From files to files.
  func run(
    _ tagger: AlertTagger, _ solarSystem: SolarSystem, _ bad: [QuarantinedRecord],
    _ progress: Progress
  ) async throws {
    let isPipe = input == "-" || AlertReader.isPipe(URL(filePath: input))
    let inputs = isPipe ? [URL(filePath: input)] : try AlertReader.files(at: URL(filePath: input))
    let isFolder = !isPipe && inputs != [URL(filePath: input)]
    if isFolder, output == "-" {
      throw ValidationError("--output -: a folder of alerts needs a folder to go to")
    }
    let registry = tagger.reader.registry
    // What comes through a pipe can be read once: it is opened once.
    let piped = isPipe ? try Self.open(pipe: input, registry) : nil
    let feed = makeFeed(solarSystem)
    var summary = TagSummary(orbits: tagger.predictor.orbitCount)
    var quarantined = bad
    var ended: [EndedOrbit] = []
    var stage = try makeFilters(solarSystem)
    var sidecars = try TagSidecars(candidates: candidates, missing: missing)
    var outputs: [AtomicOutput] = []
    progress.show("reading the alerts of \(inputs.count) files")
    try await tagger.match(
      inputs,
      open: { url throws(AlertsError) in
        if let piped { return piped }
        return try AlertFile(url: url, registry: registry)
      },
      skip: { url, error in
        guard isFolder else { throw error }
        quarantined.append(
          QuarantinedRecord(
            file: url.path, location: .byteOffset(0), reason: error.description))
      }
    ) { part in
      if part.isFirst {
        summary.files += 1
        progress.show("tagging file \(summary.files) of \(inputs.count)")
        outputs.append(try AtomicOutput(path: isFolder ? place(of: part.file.name) : output))
      }
      let rewrite = try await tagger.rewrite(part.file, part.result, units: part.units)
      try outputs.last.map { try rewrite.write(to: $0) }
      if part.isLast { try outputs.last?.close() }
      quarantined += part.result.quarantined + rewrite.untaggable
      summary.add(part.result)
      ended += part.result.ended
      try sidecars.add(part.result)
      for (visit, outcomes) in try await stage?.add(part) ?? [] {
        FilterReporting.printFailures(visit, outcomes)
      }
      quarantined +=
        try feed?.add(Self.unassociated(part.result.alerts), source: part.file.name) ?? []
    }
    for output in outputs { try output.commit() }
    try sidecars.commit()
    progress.clear()
    try finish(feed)
    summary.ingested = feed?.total
    summary.filters = stage?.report
    for reason in stage?.report.notKept ?? [] {
      Reporting.printError("not kept to try filters on: \(reason)")
    }
    let endedCount = try OrbitRun.report(
      ended, of: tagger.predictor, leapSeconds: solarSystem.leapSeconds)
    summary.finish(quarantined: quarantined.count + endedCount)
    try summary.report(
      json: report.json, toStderr: output == "-" || candidates == "-" || missing == "-")
    Reporting.printQuarantined(quarantined)
    try Reporting.exitIfQuarantined(quarantined.count + endedCount)
  }

  private static func open(
    pipe path: String, _ registry: SchemaRegistry
  ) throws(AlertsError) -> AlertFile {
    guard path != "-" else {
      return try AlertFile(descriptor: STDIN_FILENO, name: "-", registry: registry)
    }
    return try AlertFile(url: URL(filePath: path), registry: registry)
  }

  /// Keeps the visits that filters see, beside the catalog.
  func keeper(
    _ catalog: String, _ solarSystem: SolarSystem
  ) -> (@Sendable (FilterVisit) async throws -> Void)? {
    guard keepNights > 0 else { return nil }
    var limits = VisitArchive.Limits()
    limits.nights = keepNights
    let archive = VisitArchive(folder: VisitArchive.path(ofCatalog: catalog), limits: limits)
    let jobs = jobs.count
    return { try await archive.keep($0, night: $0.night(solarSystem), jobs: jobs) }
  }

  private func makeFilters(_ solarSystem: SolarSystem) throws -> FilterStage? {
    guard let filters, let catalog = source.catalog else { return nil }
    let ledger = try FilterLedger(path: FilterLedger.path(ofCatalog: catalog))
    return FilterStage(
      FilterRunner(try FilterSelection.active(catalog: catalog)), ledger: ledger,
      folder: FilterFolder(path: filters), keepsExisting: keepExisting, jobs: jobs.count,
      keep: keeper(catalog, solarSystem))
  }

  /// Where a file of an input folder goes in the output folder.
  private func place(of file: String) throws(AlertsError) -> String {
    let url = URL(filePath: file).standardizedFileURL
    let root = URL(filePath: input).standardizedFileURL.path
    let path = url.path
    let below =
      path.hasPrefix(root) ? String(path.dropFirst(root.count)) : "/" + url.lastPathComponent
    let target = URL(filePath: output).appending(path: below)
    do {
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    } catch {
      throw .file(target.path, reason: "its folder can't be made")
    }
    return target.path
  }
}
