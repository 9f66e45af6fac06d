public import Astro
import Astrometry
public import Catalog
public import Dynamics
import Foundation
public import Prediction
import Synchronization

/// Predicts fields from the tables of a catalog's nights, which it makes when they are missing and
/// brings up to date when the catalog's orbits changed.
///
/// A table is a file beside the catalog, `CATALOG.night-2026-11-22-X05.table`: the night of that
/// observatory, local noon to noon. It serves all observatories for moments within. Where the
/// folder can't be written, tables live in memory.
public final class CatalogPredictor: FieldPredictor {
  let catalog: Catalog
  let solarSystem: SolarSystem
  let progress: @Sendable (String) -> Void
  private let margin: Mutex<Double>
  /// Tables in use, the latest opened last.
  private let open = Mutex<[OpenTables]>([])
  private let refreshInterval: Duration

  private struct OpenTables {
    var tables: NightTables
    /// The catalog's last change before the tables were compared with it; nil: unknown, or so
    /// near to that moment that the tables may be without it.
    var change: Date?
    var asked: ContinuousClock.Instant
  }

  /// A stream at the border of two nights needs both.
  private static let openLimit = 2

  public var marginRad: Double {
    get { margin.withLock { $0 } }
    set { margin.withLock { $0 = newValue } }
  }

  public let orbitCount: Int

  /// - Parameters:
  ///   - refreshInterval: the catalog is asked for changes again after so long.
  ///   - progress: called before a table is made, with what is being done.
  public init(
    _ catalog: Catalog, solarSystem: SolarSystem, refreshInterval: Duration = .seconds(60),
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(CatalogError) {
    self.catalog = catalog
    self.solarSystem = solarSystem
    self.progress = progress
    self.refreshInterval = refreshInterval
    margin = Mutex(NightTable.defaultMargin)
    orbitCount = try catalog.orbitCount()
  }

  public func predict(
    _ field: SkyField, at epoch: Epoch<TDB>, observatory: ObservatoryCode, jobs: Int
  ) async throws -> (objects: [PredictedObject], ended: [EndedOrbit]) {
    let tables = try await tables(at: epoch, observatory: observatory, jobs: jobs)
    return try tables.objects(
      in: field, at: epoch, observatory: observatory, solarSystem: solarSystem,
      marginRad: marginRad)
  }

  public func orbits(of keys: [Int]) throws -> [Int: CatalogOrbit] {
    let found = try catalog.orbits(ofObjects: keys.map { Int64($0) })
    return Dictionary(uniqueKeysWithValues: found.map { (Int($0.key), $0.value) })
  }

  public func designations(of keys: [Int]) throws -> [Int: String] {
    let found = try catalog.designations(ofObjects: keys.map { Int64($0) })
    return Dictionary(uniqueKeysWithValues: found.map { (Int($0.key), $0.value) })
  }

  /// The tables that hold a moment; made or brought up to date if need be.
  ///
  /// Opened tables are kept, and compared with the catalog again once a minute: a stream that runs
  /// all night sees orbits that come in meanwhile.
  public func tables(
    at epoch: Epoch<TDB>, observatory: ObservatoryCode, jobs: Int
  ) async throws -> NightTables {
    if let known = known(at: epoch) { return known }
    let now = Date.now
    let change = catalog.lastChange.flatMap { NightTableStore.isPast($0, at: now) ? $0 : nil }
    let store = NightTableStore(catalog: catalog, solarSystem: solarSystem, progress: progress)
    let tables = try await store.tables(at: epoch, observatory: observatory, jobs: jobs)
    open.withLock { open in
      open.removeAll { $0.tables.covers(epoch) }
      open.append(OpenTables(tables: tables, change: change, asked: .now))
      open.removeFirst(max(0, open.count - Self.openLimit))
    }
    return tables
  }

  /// Open tables of a moment; nil when the catalog changed since they were compared with it.
  private func known(at epoch: Epoch<TDB>) -> NightTables? {
    open.withLock { open in
      guard let index = open.firstIndex(where: { $0.tables.covers(epoch) }) else { return nil }
      let now = ContinuousClock.now
      if now - open[index].asked >= refreshInterval {
        // Whoever else asks while tables are renewed goes on with the old ones.
        open[index].asked = now
        let change = open[index].change
        if change == nil || catalog.lastChange != change { return nil }
      }
      return open[index].tables
    }
  }
}
