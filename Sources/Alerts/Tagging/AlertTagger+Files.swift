import Astrometry
public import Foundation

extension AlertTagger {
  /// Some of a file's units, matched; files and units come in order.
  public struct FilePart: Sendable {
    public var file: AlertFile
    public var units: Range<Int>
    public var result: Result
    /// Whether the exposures that this part's alerts are of are complete with it.
    public var isLastOfBatch: Bool

    package init(file: AlertFile, units: Range<Int>, result: Result, isLastOfBatch: Bool) {
      self.file = file
      self.units = units
      self.result = result
      self.isLastOfBatch = isLastOfBatch
    }

    public var isFirst: Bool { units.lowerBound == 0 }
    public var isLast: Bool { units.upperBound == file.unitCount }
  }

  /// Of a mapped file so many bytes are looked at in one go; then they leave memory.
  private static let sliceBytes = 256 << 20

  private typealias Packets = (packets: [AlertPacket], quarantined: [QuarantinedRecord])

  /// Matches the alerts of files of any number and size. Alerts of one moment belong together,
  /// whichever files they are in.
  ///
  /// Memory holds what is read of one batch's packets (some 3 kB each): ``Options/batchAlerts``,
  /// or as many as lie between the first and the last alert of an exposure; beside that 72 bytes
  /// for each alert of the files, and at most 256 MB of their pages. Files are mapped, and read
  /// twice where there is more than one batch.
  ///
  /// - Parameters:
  ///   - files: in the order in which they are written.
  ///   - open: called for each of them, twice for most.
  ///   - skip: called for a file that can't be opened; what it throws ends everything.
  ///   - body: gets part after part.
  /// - Throws: ``AlertsError``, ``PredictionError``, what the closures throw.
  public func match(
    _ files: [URL], open: (URL) throws(AlertsError) -> AlertFile,
    skip: (URL, AlertsError) throws -> Void, _ body: (FilePart) async throws -> Void
  ) async throws {
    var plan = ExposureBatches()
    var usable: [URL] = []
    // What one batch holds needs no second reading.
    var kept: [(file: AlertFile, read: Packets)]? = []
    for url in files {
      let file: AlertFile
      do throws(AlertsError) {
        file = try open(url)
      } catch {
        try skip(url, error)
        continue
      }
      usable.append(url)
      let read = try await look(at: file, &plan, keeping: kept != nil)
      if let read, plan.alertCount <= options.batchAlerts {
        kept?.append((file, read))
      } else {
        kept = nil
      }
    }
    if let kept {
      let results = try await match(kept.map(\.read), names: kept.map(\.file.name))
      for (index, known) in kept.enumerated() {
        try await body(
          FilePart(
            file: known.file, units: 0..<known.file.unitCount, result: results[index],
            isLastOfBatch: index == kept.count - 1))
      }
      return
    }
    try await match(usable, plan, open: open, body)
  }

  /// The second reading.
  private func match(
    _ files: [URL], _ plan: ExposureBatches, open: (URL) throws(AlertsError) -> AlertFile,
    _ body: (FilePart) async throws -> Void
  ) async throws {
    var current: (index: Int, file: AlertFile)?
    for batch in plan.batches(of: options.batchAlerts) {
      var read: [Packets] = []
      var opened: [AlertFile] = []
      for part in batch {
        let file =
          if let current, current.index == part.file { current.file } else {
            try open(files[part.file])
          }
        current = (part.file, file)
        opened.append(file)
        var packets: Packets = ([], [])
        try await scan(file, part.units) { some in
          packets.packets += some.packets
          packets.quarantined += some.quarantined
        }
        read.append(packets)
      }
      let results = try await match(read, names: opened.map(\.name))
      for (index, result) in results.enumerated() {
        try await body(
          FilePart(
            file: opened[index], units: batch[index].units, result: result,
            isLastOfBatch: index == results.count - 1))
      }
    }
    for index in plan.emptyFiles {
      let file = try open(files[index])
      let read = try await reader.packets(in: file)
      try await body(
        FilePart(
          file: file, units: 0..<0, result: Result(quarantined: read.quarantined),
          isLastOfBatch: true))
    }
  }

  /// Adds a file's exposures to the plan.
  ///
  /// - Returns: its packets, where they are wanted and few.
  private func look(
    at file: AlertFile, _ plan: inout ExposureBatches, keeping isKept: Bool
  ) async throws(AlertsError) -> Packets? {
    plan.add(file.units.lazy.map(\.count))
    var all: Packets? = isKept ? ([], []) : nil
    try await scan(file, 0..<file.unitCount) { read in
      for packet in read.packets { plan.see(Exposure(packet), unit: packet.location.unit) }
      if plan.alertCount > options.batchAlerts { all = nil }
      all?.packets += read.packets
      all?.quarantined += read.quarantined
    }
    return all
  }

  /// Reads units, slice by slice, which leave memory again.
  private func scan(
    _ file: AlertFile, _ units: Range<Int>, _ body: (Packets) -> Void
  ) async throws(AlertsError) {
    let slices = file.slices(of: units, bytes: Self.sliceBytes)
    // A file without units has faults to tell of.
    for slice in slices.isEmpty ? [units] : slices {
      body(try await reader.packets(in: file, units: slice, jobs: options.jobs))
      // A small file stays: it is written in a moment.
      if slices.count > 1 { file.release(slice) }
    }
  }
}
