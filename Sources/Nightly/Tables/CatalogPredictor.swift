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
  private let open = Mutex<[NightTables]>([])

  public var marginRad: Double {
    get { margin.withLock { $0 } }
    set { margin.withLock { $0 = newValue } }
  }

  public let orbitCount: Int

  /// - Parameter progress: called before a table is made, with what is being done.
  public init(
    _ catalog: Catalog, solarSystem: SolarSystem,
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(CatalogError) {
    self.catalog = catalog
    self.solarSystem = solarSystem
    self.progress = progress
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
  /// Once opened, tables are kept: one predictor speaks of one state of the catalog's orbits.
  public func tables(
    at epoch: Epoch<TDB>, observatory: ObservatoryCode, jobs: Int
  ) async throws -> NightTables {
    if let known = open.withLock({ $0.first { $0.covers(epoch) } }) { return known }
    let store = NightTableStore(catalog: catalog, solarSystem: solarSystem, progress: progress)
    let tables = try await store.tables(at: epoch, observatory: observatory, jobs: jobs)
    open.withLock { $0.append(tables) }
    return tables
  }
}
