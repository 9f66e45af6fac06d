public import Astro
public import Astrometry
public import Dynamics
public import Foundation

/// Reads alerts of LSST and ZTF, from containers, framed messages and folders of them.
public struct AlertReader: Sendable {
  /// How packets are understood.
  public struct Options: Sendable {
    /// In place of X05 for LSST and I41 for ZTF.
    public var observatory: ObservatoryCode?

    public init() {}
  }

  public var registry: SchemaRegistry
  public var options: Options
  private let leapSeconds: LeapSeconds

  /// - Parameters:
  ///   - registry: schemas of framed messages.
  ///   - leapSeconds: for ZTF's UTC.
  public init(
    registry: SchemaRegistry, options: Options = Options(), leapSeconds: LeapSeconds = .erfa
  ) {
    self.registry = registry
    self.options = options
    self.leapSeconds = leapSeconds
  }

  /// The files of a folder and below, by name; a file is itself.
  ///
  /// - Throws: ``AlertsError/file(_:reason:)``.
  public static func files(at url: URL) throws(AlertsError) -> [URL] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw .file(url.path, reason: "does not exist")
    }
    guard isFolder.boolValue else { return [url] }
    guard let names = try? FileManager.default.subpathsOfDirectory(atPath: url.path) else {
      throw .file(url.path, reason: "can't be read")
    }
    let files = names.sorted().filter { !$0.split(separator: "/").contains { $0.hasPrefix(".") } }
      .map { url.appending(path: $0) }
      .filter {
        FileManager.default.fileExists(atPath: $0.path, isDirectory: &isFolder)
          && !isFolder.boolValue
      }
    guard !files.isEmpty else { throw .file(url.path, reason: "is a folder without files") }
    return files
  }

  /// Whether a path is a folder, an Avro container or framed messages: none of them is text.
  public static func holdsAlerts(_ url: URL) -> Bool {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder),
      isFolder.boolValue
    {
      return true
    }
    guard let file = FileHandle(forReadingAtPath: url.path) else { return false }
    defer { try? file.close() }
    let head = (try? file.read(upToCount: 4)) ?? Data()
    return head.first == 0 || head.elementsEqual(ObjectContainer.magic)
  }

  /// Detections of a file, or of a folder's files, in their order.
  ///
  /// A file of a folder that holds no alerts is quarantined; given alone it is an error.
  ///
  /// - Throws: ``AlertsError``.
  public func detections(
    at url: URL, jobs: Int = 1
  ) async throws -> (detections: [Detection], quarantined: [QuarantinedRecord]) {
    let files = try Self.files(at: url)
    var detections: [Detection] = []
    var quarantined: [QuarantinedRecord] = []
    for file in files {
      do throws(AlertsError) {
        let opened = try AlertFile(url: file, registry: registry)
        let found = try await packets(in: opened, jobs: jobs)
        detections += found.packets.map(\.detection)
        quarantined += found.quarantined
      } catch {
        guard files.count > 1 else { throw error }
        quarantined.append(
          QuarantinedRecord(
            file: file.path, location: .byteOffset(0), reason: Self.reason(error, file.path)))
      }
    }
    return (detections, quarantined)
  }

  /// What the alerts of one file say, in their order.
  ///
  /// - Parameter units: those that are looked at; the file's own faults come with the first one.
  public func packets(
    in file: AlertFile, units: Range<Int>? = nil, jobs: Int = 1
  ) async throws(AlertsError) -> (packets: [AlertPacket], quarantined: [QuarantinedRecord]) {
    let units = units ?? 0..<file.unitCount
    let parts: [([AlertPacket], [QuarantinedRecord])]
    do {
      parts = try await parallelMap(
        count: units.count, chunk: max(1, units.count / (jobs * 16)), jobs: jobs
      ) { part in
        read(
          file,
          units: (units.lowerBound + part.lowerBound)..<(units.lowerBound + part.upperBound))
      }
    } catch {
      throw .file(file.name, reason: "reading was cancelled")
    }
    let faults = units.lowerBound == 0 ? file.faults : []
    return (parts.flatMap(\.0), faults + parts.flatMap(\.1))
  }

  /// As above, without waiting: of one message.
  func packets(
    ofMessage file: AlertFile
  ) -> (packets: [AlertPacket], quarantined: [QuarantinedRecord]) {
    let (packets, quarantined) = read(file, units: 0..<file.unitCount)
    return (packets, file.faults + quarantined)
  }

  private func read(
    _ file: AlertFile, units: Range<Int>
  ) -> ([AlertPacket], [QuarantinedRecord]) {
    var packets: [AlertPacket] = []
    var quarantined: [QuarantinedRecord] = []
    for unit in units {
      quarantined += file.walk(unit: unit) { view in
        switch packet(view, file: file.name) {
        case .success(let packet): packets.append(packet)
        case .failure(let bad): quarantined.append(bad.record)
        }
      }
    }
    return (packets, quarantined)
  }

  private struct Quarantined: Error { var record: QuarantinedRecord }

  private func packet(
    _ view: AlertView, file: String
  ) -> Result<AlertPacket, Quarantined> {
    do throws(BadField) {
      let packet =
        switch view.schema.survey {
        case .lsst:
          try AlertPacket(lsst: view, observatory: options.observatory ?? .rubin)
        case .ztf:
          try AlertPacket(
            ztf: view, observatory: options.observatory ?? .ztf, leapSeconds: leapSeconds)
        }
      return .success(packet)
    } catch {
      return .failure(
        Quarantined(
          record: QuarantinedRecord(
            file: file, location: .byteOffset(view.location.offset), field: error.field,
            reason: error.reason)))
    }
  }

  static func reason(_ error: AlertsError, _ file: String) -> String {
    if case .file(file, let reason) = error { reason } else { error.description }
  }
}

extension ObservatoryCode {
  /// Zwicky Transient Facility, Palomar.
  static let ztf = ObservatoryCode("I41") ?? .rubin
}
