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

  /// The files that a command's arguments name: a folder stands for what is in it.
  ///
  /// - Throws: what is wrong with one that can't be read, or holds nothing that is known. Nothing
  ///   is read of standard input (`-`).
  public func sources(_ paths: [String]) throws -> [Source] {
    var sources: [Source] = []
    for path in paths {
      if path == "-" {
        sources.append(Source(name: path, isAlerts: false))
        continue
      }
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      if isFolder.boolValue {
        sources += try AlertReader.files(at: URL(filePath: path))
          .map { Source(name: $0.path, isAlerts: true) }
      } else {
        sources.append(try source(path))
      }
    }
    return sources
  }

  /// A file, and whether it holds alerts or text.
  public struct Source: Sendable {
    /// Its absolute path, or `-`.
    public let name: String
    let isAlerts: Bool
  }

  private func source(_ path: String) throws -> Source {
    let name = URL(filePath: path).standardizedFileURL.path
    if try Self.looksLikeAlerts(name) {
      return Source(name: name, isAlerts: true)
    }
    _ = try DetectionFile(path: name, options: textOptions)
    return Source(name: name, isAlerts: false)
  }

  /// An Avro container begins with `Obj` 1; a framed message with a zero byte, as does the length
  /// before it. No text does.
  private static func looksLikeAlerts(_ path: String) throws -> Bool {
    guard let file = FileHandle(forReadingAtPath: path) else { return false }
    defer { try? file.close() }
    let head = try file.read(upToCount: 4) ?? Data()
    return head.first == 0 || head.starts(with: [0x4F, 0x62, 0x6A, 0x01])
  }

  private var textOptions: DetectionFile.Options {
    DetectionFile.Options(
      leapSeconds: solarSystem.leapSeconds, earthOrientation: solarSystem.earthOrientation,
      observatory: options.observatory)
  }

  /// Adds one file to the catalog, all of it or, on an error, nothing.
  public func ingest(_ source: Source, into catalog: Catalog) async throws -> IngestResult {
    source.isAlerts
      ? try await ingestAlerts(source.name, into: catalog)
      : try ingestText(source.name, into: catalog)
  }

  private func ingestText(_ name: String, into catalog: Catalog) throws -> IngestResult {
    let file = try DetectionFile(path: name, options: textOptions)
    return try catalog.ingest(file: name) {
      guard let part = try file.next(upTo: 50_000) else { return nil }
      var batch = IngestBatch(rows: [], bad: part.quarantined)
      for (detection, line) in zip(part.detections, part.lines) {
        switch check.check(detection, file: name, location: .line(line)) {
        case .success(let row): batch.rows.append(row)
        case .failure(let refusal): batch.bad.append(refusal.record)
        }
      }
      return batch
    }
  }

  private func ingestAlerts(_ name: String, into catalog: Catalog) async throws -> IngestResult {
    let reader = AlertReader(
      registry: options.schemas, leapSeconds: solarSystem.leapSeconds)
    let file = try AlertFile(url: URL(filePath: name), registry: options.schemas)
    let found = try await reader.packets(in: file, jobs: options.jobs)
    var batch: IngestBatch? = IngestBatch(rows: [], bad: found.quarantined)
    for packet in found.packets {
      guard options.includesAssociated || !packet.isSolarSystem else {
        batch?.leftOut += 1
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
