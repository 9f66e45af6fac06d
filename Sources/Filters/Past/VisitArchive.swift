package import Alerts
public import Astrometry
import Foundation
import Synchronization

/// The visits of past nights beside the catalog, as filters saw them: a folder for each night, in it a
/// ``VisitFile`` for each visit, or for each process's part of it.
///
/// Of a night with more visits than may be kept a sample stays that is the same whoever keeps it in
/// whatever order: each visit has a number that its name gives, and those with the largest go first.
public final class VisitArchive: Sendable {
  public struct Limits: Sendable {
    /// Nights that are kept, the newest ones.
    public var nights = 3
    /// Of each night [bytes].
    public var bytesPerNight = 500_000_000

    public init() {}
  }

  public let folder: String
  private let limits: Limits
  private let known = Mutex<[Night: Known]>([:])

  /// What is known of a night's folder.
  private struct Known {
    /// Visits with larger numbers are not kept.
    var threshold = UInt64.max
    /// At the last look, and since.
    var bytes = 0
    var unlooked = Int.max
  }

  /// The folder, which other processes may fill too, is looked at after so many visits [visits].
  private static let patience = 50

  public init(folder: String, limits: Limits = Limits()) {
    self.folder = folder
    self.limits = limits
  }

  /// The folder of a catalog.
  public static func path(ofCatalog path: String) -> String { path + ".visits" }

  // MARK: - Keeping

  /// Keeps a visit, unless it is not in the night's sample.
  ///
  /// - Throws: ``AlertsError``; when the task is cancelled.
  package func keep(_ visit: FilterVisit, night: Night, jobs: Int) async throws {
    let number = Self.number(visit.name)
    guard limits.nights > 0, number <= known.withLock({ $0[night]?.threshold ?? .max })
    else { return }
    // A night that would be the first to go again.
    let newer = nights().count { $0 > night }
    guard newer < limits.nights else { return }
    let place = URL(filePath: folder).appending(path: "\(night)")
    if !FileManager.default.fileExists(atPath: place.path) {
      do {
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      } catch {
        throw AlertsError.file(place.path, reason: "can't be made: \(error.localizedDescription)")
      }
      forgetNights()
    }
    let bytes = try await VisitFile.bytes(
      of: [visit.alerts, visit.candidates, visit.missing], visit: visit.name, jobs: jobs)
    let output = try AtomicOutput(path: place.appending(path: Self.fileName(visit)).path)
    try output.write(bytes)
    try output.commit()
    let mustLook = known.withLock { known in
      var state = known[night] ?? Known()
      state.bytes += bytes.count
      state.unlooked = state.unlooked == .max ? .max : state.unlooked + 1
      known[night] = state
      return state.unlooked >= Self.patience || state.bytes > limits.bytesPerNight
    }
    if mustLook { thin(place, night) }
  }

  /// Lets old nights go.
  private func forgetNights() {
    for night in nights().dropFirst(limits.nights) {
      try? FileManager.default.removeItem(
        at: URL(filePath: folder).appending(path: "\(night)"))
    }
  }

  /// Lets visits of a night go until the others fit.
  private func thin(_ place: URL, _ night: Night) {
    var files: [(url: URL, number: UInt64, size: Int)] = []
    var total = 0
    for name in Self.names(place) {
      let url = place.appending(path: name)
      guard let visit = Self.visit(ofFile: name),
        let size = try? url.resourceValues(forKeys: [.fileSizeKey]).fileSize
      else { continue }
      files.append((url, Self.number(visit), size))
      total += size
    }
    defer {
      known.withLock { known in
        known[night, default: Known()].bytes = total
        known[night]?.unlooked = 0
      }
    }
    guard total > limits.bytesPerNight else { return }
    files.sort { ($0.number, $0.url.path) > ($1.number, $1.url.path) }
    for file in files where total > limits.bytesPerNight {
      // Another process may have done it already.
      try? FileManager.default.removeItem(at: file.url)
      total -= file.size
      known.withLock { known in
        known[night, default: Known()].threshold = min(
          known[night]?.threshold ?? .max, file.number - 1)
      }
    }
  }

  private static func number(_ name: String) -> UInt64 {
    var hash = StableHash()
    hash.combine(name.utf8)
    return hash.value
  }

  // MARK: - Names

  private static let ending = ".visit"

  /// `X05_61234.12345678_PART.visit`; the part by its alerts, so that a rerun writes the same file.
  private static func fileName(_ visit: FilterVisit) -> String {
    "\(visit.fileName)_\(visit.part)\(ending)"
  }

  /// `X05 61234.12345678` of a file's name.
  private static func visit(ofFile name: String) -> String? {
    let parts = name.split(separator: "_")
    guard name.hasSuffix(ending), parts.count == 3, Double(parts[1]) != nil else { return nil }
    return "\(parts[0]) \(parts[1])"
  }

  private static func names(_ place: URL) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []).sorted()
  }

  // MARK: - Reading

  /// The nights that there are, the newest first.
  public func nights() -> [Night] {
    Self.names(URL(filePath: folder)).compactMap { Night(date: $0) }.sorted(by: >)
  }

  /// A visit that was kept.
  public struct Stored: Sendable, Hashable {
    /// `X05 61234.12345678`.
    public var name: String
    public var night: Night
    var paths: [String]
    var midpoint: Double
  }

  /// The visits of a night, the newest first.
  public func visits(of night: Night) -> [Stored] {
    let place = URL(filePath: folder).appending(path: "\(night)")
    var stored: [String: Stored] = [:]
    for file in Self.names(place) {
      guard let name = Self.visit(ofFile: file) else { continue }
      let midpoint = name.split(separator: " ").last.flatMap { Double($0) } ?? 0
      stored[name, default: Stored(name: name, night: night, paths: [], midpoint: midpoint)].paths
        .append(place.appending(path: file).path)
    }
    return stored.values.sorted { ($0.midpoint, $0.name) > ($1.midpoint, $1.name) }
  }

  /// The tables of a visit, its parts together.
  ///
  /// - Throws: ``AlertsError/file(_:reason:)`` for a file that is damaged, or went away meanwhile.
  package func tables(of stored: Stored) throws(AlertsError) -> [VisitTable] {
    let columns = [
      "alerts": AlertColumns.all, "candidates": CandidateTable.columns,
      "missing": MissingTable.columns,
    ]
    let keys = [
      "alerts": "diaSourceId", "candidates": "diaSourceId", "missing": "missingId",
    ]
    var parts: [String: [VisitRows]] = [:]
    for path in stored.paths {
      for (table, rows) in try VisitFile.read(path, columns: columns).rows {
        // Each part tells of all missing objects as far as it knows: one part's are enough.
        if table == "missing", parts[table] != nil { continue }
        parts[table, default: []].append(rows)
      }
    }
    return VisitTable.names.compactMap { name in
      guard let columns = columns[name], let key = keys[name] else { return nil }
      return VisitTable(
        name: name, columns: columns, key: key, parts: parts[name] ?? [],
        order: Self.order(parts[name] ?? [], key: columns.firstIndex { $0.name == key }))
    }
  }

  /// By key, those of each key from one part: as the visit was before it was parted.
  private static func order(
    _ parts: [VisitRows], key: Int?
  ) -> [(part: Int, row: Int)] {
    guard let key else { return [] }
    var partOf: [Int64: Int] = [:]
    var rows: [(key: Int64, part: Int, row: Int)] = []
    for (number, part) in parts.enumerated() {
      for row in 0..<part.rowCount {
        guard let id = part.integer(row: row, key) else { continue }
        guard partOf[id] ?? number == number else { continue }
        partOf[id] = number
        rows.append((id, number, row))
      }
    }
    return rows.sorted { ($0.key, $0.row) < ($1.key, $1.row) }.map { ($0.part, $0.row) }
  }
}
