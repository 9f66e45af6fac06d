package import Astro
import Astrometry
package import Catalog
package import Dynamics
import Foundation
package import Prediction

/// The files of a catalog's night tables: finds, makes and renews them.
package struct NightTableStore: Sendable {
  package let catalog: Catalog
  package let solarSystem: SolarSystem
  package let progress: @Sendable (String) -> Void
  /// Told how many of the orbits are in a table that is being made, now and then.
  package let counted: @Sendable (Int) -> Void
  /// A table that is made is taken from its folder again once it is open: it lives as long as
  /// someone uses it. Tables that are there are used and renewed as ever.
  package let isPassing: Bool

  package init(
    catalog: Catalog, solarSystem: SolarSystem, isPassing: Bool = false,
    counted: @escaping @Sendable (Int) -> Void = { _ in },
    progress: @escaping @Sendable (String) -> Void
  ) {
    self.catalog = catalog
    self.solarSystem = solarSystem
    self.isPassing = isPassing
    self.progress = progress
    self.counted = counted
  }

  /// A table begins before noon and ends after the next one by so much [d]: rounding of times
  /// leaves no gap.
  private static let overlap = 1e-4
  /// Tables of a site that stay: whoever asks for alerts of some nights over and over finds them.
  private static let keptTables = 6
  /// Of more changed orbits than this share a whole new table is made.
  private static let laterShare = 0.1

  package func tables(
    at epoch: Epoch<TDB>, observatory: ObservatoryCode, jobs: Int
  ) async throws -> NightTables {
    // What the files say is compared with the catalog as it is now, or later.
    let now = Date.now
    if let found = stored(at: epoch) {
      if isFresh(found) { return found.tables }
      if let renewed = try await renewed(found, now, jobs) { return renewed }
    }
    return try await made(at: epoch, observatory, now, jobs)
  }

  // MARK: - Files

  private struct Stored {
    var path: String
    var tables: NightTables
  }

  private static func laterPath(_ path: String) -> String { path + ".later" }

  /// The files beside the catalog that are tables by their names, and their nights.
  private func files() -> [(path: String, night: Night)] {
    let url = URL(filePath: catalog.path)
    let folder = url.deletingLastPathComponent()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let prefix = url.lastPathComponent + ".night-"
    return names.sorted().compactMap { name in
      guard name.hasPrefix(prefix), name.hasSuffix(".table"),
        let night = Night(date: String(name.dropFirst(prefix.count).prefix(10)))
      else { return nil }
      return (folder.appending(path: name).path, night)
    }
  }

  /// Removes the tables of nights before one (MJD of the evening); who has one open keeps it.
  ///
  /// - Returns: how many.
  func removeTables(before night: Int) -> Int {
    files().filter { $0.night.mjd < night }.count { file in
      try? FileManager.default.removeItem(atPath: Self.laterPath(file.path))
      return (try? FileManager.default.removeItem(atPath: file.path)) != nil
    }
  }

  /// A file that holds the moment. Files that can't be used are passed over: they are made again.
  private func stored(at epoch: Epoch<TDB>) -> Stored? {
    // A night ends in the day after its date, everywhere.
    for (path, night) in files() where abs(Double(night.mjd) + 1 - epoch.mjd) < 2 {
      guard let base = try? NightTable(path: path), base.covers(epoch) else { continue }
      let later = try? NightTable(path: Self.laterPath(path))
      return Stored(path: path, tables: NightTables(base: base, later: later))
    }
    return nil
  }

  /// Whether the files were made after the last change of the catalog.
  private func isFresh(_ stored: Stored) -> Bool {
    let newest = stored.tables.later == nil ? stored.path : Self.laterPath(stored.path)
    let values = try? FileManager.default.attributesOfItem(atPath: newest)
    guard let made = values?[.modificationDate] as? Date, let changed = catalog.lastChange else {
      return false
    }
    return Self.isPast(changed, at: made)
  }

  /// Whether a change that a file's time tells of is surely before a moment. File systems stamp by
  /// a clock that ticks in 4 ms to 2 s: a change that shortly before may as well be after it.
  static func isPast(_ change: Date, at moment: Date) -> Bool {
    moment.timeIntervalSince(change) > 2
  }

  /// A file's time says of which state of the catalog it speaks, not when it was finished.
  private func stamp(_ path: String, _ time: Date) {
    try? FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: path)
  }

  /// Writes a table where the folder allows it, and opens it again from there.
  private func keep(_ table: NightTable, _ path: String, _ time: Date) -> NightTable {
    guard (try? table.write(to: path)) != nil else { return table }
    stamp(path, time)
    return (try? NightTable(path: path)) ?? table
  }

  /// Removes what is too much of a site's tables, those furthest from the night of the newest first:
  /// 200 bytes an orbit and night add up. Also what processes that are no more left behind.
  private func removeOld(near night: Night, _ observatory: ObservatoryCode) {
    let url = URL(filePath: catalog.path)
    let folder = url.deletingLastPathComponent()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let prefix = url.lastPathComponent + ".night-"
    for name in names where name.hasPrefix(prefix) && Self.isLeftBehind(name) {
      try? FileManager.default.removeItem(at: folder.appending(path: name))
    }
    let ending = "-\(observatory).table"
    let nearest = files().filter { $0.path.hasSuffix(ending) }.sorted {
      (abs($0.night.mjd - night.mjd), $0.night.mjd) < (abs($1.night.mjd - night.mjd), $1.night.mjd)
    }
    for file in nearest.dropFirst(Self.keptTables) {
      try? FileManager.default.removeItem(atPath: file.path)
      try? FileManager.default.removeItem(atPath: Self.laterPath(file.path))
    }
  }

  /// Whether a name is that of a table that a process which is no more was making.
  private static func isLeftBehind(_ name: String) -> Bool {
    let parts = name.split(separator: ".")
    guard parts.last == "part", parts.count > 2, let process = pid_t(parts[parts.count - 2])
    else { return false }
    return kill(process, 0) != 0 && errno == ESRCH
  }

  // MARK: - Making

  private func made(
    at epoch: Epoch<TDB>, _ observatory: ObservatoryCode, _ now: Date, _ jobs: Int
  ) async throws -> NightTables {
    let longitude = try solarSystem.observatories.observatory(observatory).site?.longitudeDeg ?? 0
    let utc = solarSystem.leapSeconds.utc(epoch.tai).mjd
    let night = Night(mjdUtc: utc, longitudeDeg: longitude)
    // Local noon: half a day after the date's midnight, less the longitude's share of a turn.
    let turn = (longitude / 360).remainder(dividingBy: 1)
    let noon = Double(night.mjd) + 0.5 - turn
    let start = epoch.adding(days: noon - utc - Self.overlap)
    progress("making the table of the night \(night)")
    let path = "\(catalog.path).night-\(night)-\(observatory).table"
    let solutions = try catalog.solutionCursor()
    var digest = ContentDigest()
    var count = 0
    let table = try await NightTableBuilder(
      start: start, days: 1 + 2 * Self.overlap, solarSystem: solarSystem
    ).build(for: path, fingerprint: { digest.value }, jobs: jobs) {
      // What was handed out before is done when more is asked for.
      counted(count)
      guard let entries = try solutions.next() else { return nil }
      count += entries.count
      for entry in entries {
        digest.add(UInt64(bitPattern: entry.orbit.ssObjectId ?? 0))
        digest.add(UInt64(bitPattern: entry.solutionId))
      }
      return NightTableBuilder.Batch(
        entries.map(\.orbit), stamps: entries.map { UInt32(truncatingIfNeeded: $0.solutionId) })
    }
    let kept = keep(table, path, now)
    if isPassing { try? FileManager.default.removeItem(atPath: path) }
    try? FileManager.default.removeItem(atPath: Self.laterPath(path))
    removeOld(near: night, observatory)
    return NightTables(base: kept)
  }

  /// Brings files up to date; nil when so much changed that a new table is the cheaper way.
  private func renewed(_ stored: Stored, _ now: Date, _ jobs: Int) async throws -> NightTables? {
    let stamps = try catalog.solutionStamps()
    let base = stored.tables.base
    if Self.fingerprint(stamps) == base.fingerprint {
      try? FileManager.default.removeItem(atPath: Self.laterPath(stored.path))
      stamp(stored.path, now)
      return NightTables(base: base)
    }
    var known: [Int64: UInt32] = [:]
    known.reserveCapacity(base.objectCount)
    for index in 0..<base.objectCount { known[base.objectId(index)] = base.stamp(index) }
    let changed = stamps.filter {
      known.removeValue(forKey: $0.ssObjectId) != UInt32(truncatingIfNeeded: $0.solutionId)
    }
    // What is left in the table alone is gone from the catalog.
    let gone = known.keys.sorted()
    guard Double(changed.count + gone.count) <= Self.laterShare * Double(base.objectCount) else {
      return nil
    }
    progress("adding \(changed.count) new orbits to the night's table")
    let orbits = try catalog.orbits(ofObjects: changed.map(\.ssObjectId))
    let ordered = changed.compactMap { orbits[$0.ssObjectId] }
    let later = try await NightTableBuilder(
      start: base.start, days: base.days, solarSystem: solarSystem
    ).build(
      ordered, removed: gone, stamps: Self.stamps(of: ordered, in: changed),
      fingerprint: base.fingerprint, jobs: jobs)
    return NightTables(base: base, later: keep(later, Self.laterPath(stored.path), now))
  }

  private static func stamps(
    of orbits: [CatalogOrbit], in stamps: [SolutionStamp]
  ) -> [UInt32] {
    let known = Dictionary(
      stamps.map { ($0.ssObjectId, $0.solutionId) }, uniquingKeysWith: { first, _ in first })
    return orbits.map { orbit in
      UInt32(truncatingIfNeeded: orbit.ssObjectId.flatMap { known[$0] } ?? 0)
    }
  }

  private static func fingerprint(_ stamps: [SolutionStamp]) -> UInt64 {
    var digest = ContentDigest()
    for stamp in stamps {
      digest.add(UInt64(bitPattern: stamp.ssObjectId))
      digest.add(UInt64(bitPattern: stamp.solutionId))
    }
    return digest.value
  }
}
