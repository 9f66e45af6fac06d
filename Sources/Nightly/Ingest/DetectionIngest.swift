public import Alerts
import Astro
import Astrometry
public import Catalog
public import Dynamics
import Exchange
import Foundation

/// The way of detections into the catalog: files of any format that Exchange and Alerts read.
public struct DetectionIngest: Sendable {
  public struct Options: Sendable {
    /// For rows that name none.
    public var observatory: ObservatoryCode = .rubin
    /// Schemas of framed alerts.
    public var schemas = SchemaRegistry()
    /// Take alerts too that their sender matched to a solar-system object.
    public var includesAssociated = false
    public var jobs = 1

    public init() {}
  }

  private let solarSystem: SolarSystem
  private let options: Options
  private let check: DetectionCheck

  public init(solarSystem: SolarSystem, options: Options = Options()) {
    self.solarSystem = solarSystem
    self.options = options
    check = DetectionCheck(solarSystem: solarSystem)
  }

  /// The files that a command's arguments name: a folder stands for the alerts in it.
  ///
  /// - Throws: what is wrong with one that can't be read, or holds nothing that is known. Nothing
  ///   is read of standard input (`-`).
  public func sources(_ paths: [String]) throws -> [IngestSource] {
    let text = textOptions
    return try IngestSource.sources(paths, schemas: options.schemas) {
      _ = try DetectionFile(path: $0, options: text)
    }
  }

  private var textOptions: DetectionFile.Options {
    DetectionFile.Options(
      leapSeconds: solarSystem.leapSeconds, earthOrientation: solarSystem.earthOrientation,
      observatory: options.observatory)
  }

  /// Adds one file to the catalog, all of it or, on an error, nothing.
  public func ingest(_ source: IngestSource, into catalog: Catalog) async throws -> IngestResult {
    source.isAlerts
      ? try await ingestAlerts(source.name, into: catalog)
      : try ingestText(source.name, into: catalog)
  }

  /// One reads and writes, others parse: a part of the file at a time each.
  private func ingestText(_ name: String, into catalog: Catalog) throws -> IngestResult {
    let file = try DetectionFile(path: name, options: textOptions)
    let check = check
    let parts = OrderedPipeline(jobs: options.jobs) {
      try file.nextPart()
    } work: { part in
      let batch = part.parsed()
      var checked = CheckedPart(part: part, batch: batch)
      checked.batch.rows.reserveCapacity(batch.detections.count)
      for (detection, line) in zip(batch.detections, batch.lines) {
        switch check.check(detection, file: name, location: .line(line)) {
        case .success(let row): checked.batch.rows.append(row)
        case .failure(let refusal): checked.batch.bad.append(refusal.record)
        }
      }
      return checked
    }
    return try catalog.ingest(file: name) {
      guard var next = try parts.next() else { return nil }
      let repeated = file.repeated(in: next.part, next.parsed)
      if !repeated.isEmpty { next.refuse(repeated) }
      return next.batch
    }
  }

  private func ingestAlerts(_ name: String, into catalog: Catalog) async throws -> IngestResult {
    let reader = AlertReader(
      registry: options.schemas, leapSeconds: solarSystem.leapSeconds)
    let file = try AlertFile(url: URL(filePath: name), registry: options.schemas)
    let found = try await reader.packets(in: file, jobs: options.jobs)
    var batch: IngestBatch? = IngestBatch(rows: [], bad: found.quarantined)
    batch?.errorsTakenAsMissing = found.packets.count(where: \.errorTakenAsMissing)
    for packet in found.packets {
      guard options.includesAssociated || !packet.isSolarSystem else {
        batch?.leftOut += 1
        let place = QuarantinedRecord.Location.byteOffset(packet.location.offset)
        if case .success(let row) = check.check(packet.detection, file: name, location: place) {
          batch?.ofVisitsWithoutKnown.append(row)
        }
        continue
      }
      let location = QuarantinedRecord.Location.byteOffset(packet.location.offset)
      switch check.check(packet.detection, file: name, location: location) {
      case .success(let row): batch?.rows.append(row)
      case .failure(let refusal): batch?.bad.append(refusal.record)
      }
    }
    return try catalog.ingest(file: name) {
      defer { batch = nil }
      return batch
    }
  }
}

/// A part of a file, parsed, with its rows checked.
private struct CheckedPart: Sendable {
  let part: DetectionPart
  let parsed: DetectionBatch
  var batch: IngestBatch

  init(part: DetectionPart, batch parsed: DetectionBatch) {
    self.part = part
    self.parsed = parsed
    batch = IngestBatch(rows: [], bad: parsed.quarantined)
    batch.errorsTakenAsMissing = parsed.errorsTakenAsMissing
  }

  /// Puts the lines that came before aside, whatever else was said of them.
  mutating func refuse(_ repeated: [(line: Int, record: QuarantinedRecord)]) {
    let lines = Set(repeated.map { QuarantinedRecord.Location.line($0.line) })
    batch.rows.removeAll { lines.contains($0.location) }
    batch.bad.removeAll { lines.contains($0.location) }
    batch.bad += repeated.map(\.record)
  }
}
