public import Alerts
public import Astrometry
public import Catalog
public import Dynamics
import Foundation
import Synchronization

/// The way of a tagged stream's detections into the catalog, also while another run holds it.
///
/// What can't go in at once goes into a catalog beside it, `<catalog>.feed`, and moves over with
/// the next detections that can. The same detection twice adds nothing.
public final class DetectionFeed: Sendable {
  private let path: String
  private let check: DetectionCheck
  private let counts = Mutex(IngestCounts())

  /// Another member of the stream's group may hold the catalog beside for a moment [s].
  private static let patience = 20.0
  private static let allNights = 0...1_000_000

  private var feedPath: String { path + ".feed" }

  /// What was taken in so far.
  public var total: IngestCounts { counts.withLock { $0 } }

  /// - Parameter catalog: which exists.
  public init(catalog path: String, solarSystem: SolarSystem) {
    self.path = Catalog.file(at: path)
    check = DetectionCheck(solarSystem: solarSystem)
  }

  /// Takes detections in that are no known objects'; when it returns they are on the disk.
  ///
  /// - Parameter source: names where they come from, for the quarantine and the list of files.
  /// - Returns: those that can't be used.
  /// - Throws: ``CatalogError``.
  public func add(
    _ packets: [AlertPacket], source: String
  ) throws -> [QuarantinedRecord] {
    var batch = IngestBatch(rows: [], bad: [])
    for packet in packets {
      let location = QuarantinedRecord.Location.byteOffset(packet.location.offset)
      switch check.check(packet.detection, file: source, location: location) {
      case .success(let row): batch.rows.append(row)
      case .failure(let refusal): batch.bad.append(refusal.record)
      }
    }
    guard !batch.rows.isEmpty || !batch.bad.isEmpty else { return [] }
    batch.ofVisitsWithoutKnown = batch.rows
    let result: IngestResult
    if let catalog = try openMain() {
      try move(into: catalog)
      result = try ingest(batch, source, catalog)
      try catalog.close()
    } else {
      let beside = try openFeed(patience: Self.patience)
      result = try ingest(batch, source, beside)
      try beside.close()
    }
    counts.withLock { $0 += result.counts }
    return result.quarantined
  }

  /// Moves what is still beside, when the catalog is free.
  ///
  /// - Returns: whether nothing is left beside.
  public func finish() throws -> Bool {
    guard FileManager.default.fileExists(atPath: feedPath) else { return true }
    guard let catalog = try openMain() else { return false }
    try move(into: catalog)
    try catalog.close()
    return !FileManager.default.fileExists(atPath: feedPath)
  }

  private func ingest(
    _ batch: IngestBatch, _ source: String, _ catalog: Catalog
  ) throws -> IngestResult {
    var next: IngestBatch? = batch
    return try catalog.ingest(file: source) {
      defer { next = nil }
      return next
    }
  }

  /// Nil while another run holds it.
  private func openMain() throws(CatalogError) -> Catalog? {
    do throws(CatalogError) {
      return try Catalog(path: path, access: .readWriteExisting)
    } catch {
      if case .locked = error { return nil }
      throw error
    }
  }

  private func openFeed(patience: Double) throws(CatalogError) -> Catalog {
    let end = Date().addingTimeInterval(patience)
    while true {
      do throws(CatalogError) {
        return try Catalog(path: feedPath, access: .readWrite)
      } catch {
        guard case .locked = error, Date() < end else { throw error }
      }
      Thread.sleep(forTimeInterval: 0.05)
    }
  }

  /// What is beside becomes the catalog's. Ended in the middle, it is done again: nothing doubles.
  private func move(into catalog: Catalog) throws {
    guard FileManager.default.fileExists(atPath: feedPath) else { return }
    let beside: Catalog
    do throws(CatalogError) {
      beside = try openFeed(patience: 0)
    } catch {
      // Another member writes to it: it will move it, or the next time does.
      if case .locked = error { return }
      throw error
    }
    let rows = try beside.detections(nights: Self.allNights).map {
      IngestRow(detection: $0.detection, night: $0.night, location: .byteOffset(0))
    }
    let bad = try beside.quarantinedRecords()
    let batch = IngestBatch(rows: rows, bad: bad, ofVisitsWithoutKnown: rows)
    _ = try ingest(batch, feedPath, catalog)
    // Removed while it is still locked: nobody can have written to it since it was read.
    for name in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: feedPath + name)
    }
    try beside.close()
  }
}
