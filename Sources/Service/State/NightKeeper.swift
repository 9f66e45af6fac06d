import HTTPTypes
import Astro
import Astrometry
import Catalog
import Dynamics
import Foundation
import Nightly
import Prediction
import Synchronization

/// The night's tables in use. A table that is replaced stays with the requests that have it: a
/// swap costs nobody anything.
final class NightKeeper: Sendable {
  private struct Held {
    var tables: NightTables
    var lastUse: ContinuousClock.Instant
    /// The running night's, renewed as the catalog changes.
    var isCurrent: Bool
  }

  private let held = Mutex<[Held]>([])
  /// One table is made at a time.
  private let making = WorkGate(limit: 1, queue: 1_024)
  /// Nights that are waited for, however many requests wait.
  private let wanted = Mutex<[Night: Task<NightTables, any Error>]>([:])
  private static let mostWanted = 4
  /// Orbits in the table that is being made; nil when none is.
  private let made = Mutex<Int?>(nil)
  /// Tables are made beside the requests, not before them; but for the first, without which no
  /// request of tonight is answered.
  private let patient: SideExecutor
  private let eager: SideExecutor
  private let catalog: Catalog
  private let solarSystem: SolarSystem
  private let options: ServiceOptions
  private let metrics: ServiceMetrics
  private let progress: @Sendable (String) -> Void

  init(
    catalog: Catalog, solarSystem: SolarSystem, options: ServiceOptions, metrics: ServiceMetrics,
    progress: @escaping @Sendable (String) -> Void
  ) {
    patient = SideExecutor(threads: options.jobs, niceness: 10)
    eager = SideExecutor(threads: options.jobs, niceness: 0)
    self.catalog = catalog
    self.solarSystem = solarSystem
    self.options = options
    self.metrics = metrics
    self.progress = progress
  }

  /// The tables that hold a moment; made when there are none, one at a time.
  func tables(at epoch: Epoch<TDB>, observatory: ObservatoryCode) async throws -> NightTables {
    if let found = find(epoch) { return found }
    // Before orbits are read for a night that the ephemerides don't hold.
    do throws(DynamicsError) {
      for day in [-1.0, 1.0] {
        _ = try solarSystem.observer(observatory, at: epoch.adding(days: day))
      }
    } catch {
      throw PredictionError.observer(error)
    }
    let longitude = try solarSystem.observatories.observatory(observatory).site?.longitudeDeg ?? 0
    let night = Night(
      mjdUtc: solarSystem.leapSeconds.utc(epoch.tai).mjd, longitudeDeg: longitude)
    let task = wanted.withLock { wanted -> Task<NightTables, any Error>? in
      if let task = wanted[night] { return task }
      guard wanted.count < Self.mostWanted else { return nil }
      let task = Task {
        defer { self.wanted.withLock { _ = $0.removeValue(forKey: night) } }
        return try await made(at: epoch, observatory: observatory)
      }
      wanted[night] = task
      return task
    }
    guard let task else {
      metrics.refuse("nights")
      throw HTTPProblem(
        .tooManyRequests, "\(Self.mostWanted) other nights are waiting for their tables",
        retryAfter: 10)
    }
    return try await task.value(within: .seconds(options.tableSeconds)) { [self] in
      metrics.refuse("table")
      // Before its first table the service is not up; another night is more than one may ask for.
      return HTTPProblem(
        current == nil ? .serviceUnavailable : .tooManyRequests,
        "the table of the night \(night) is being made; come again", retryAfter: 10)
    }
  }

  private func made(
    at epoch: Epoch<TDB>, observatory: ObservatoryCode
  ) async throws -> NightTables {
    _ = await making.enter()
    defer { making.leave() }
    // It may have come meanwhile.
    if let found = find(epoch) { return found }
    let store = NightTableStore(
      catalog: catalog, solarSystem: solarSystem, isPassing: true, counted: count,
      progress: progress)
    let tables = try await made(store, at: epoch, observatory)
    hold(tables)
    return tables
  }

  /// Brings the running night's tables up to date and lets the others go: they speak of a state
  /// of the catalog that is no more.
  ///
  /// - Parameter hasChanged: the catalog changed since the last time.
  func renew(now: Epoch<TDB>, hasChanged: Bool) async throws {
    let covered = held.withLock { $0.contains { $0.isCurrent && $0.tables.covers(now) } }
    guard hasChanged || !covered, await making.enter() else { return }
    defer { making.leave() }
    let store = NightTableStore(
      catalog: catalog, solarSystem: solarSystem, counted: count, progress: progress)
    let tables = try await made(store, at: now, .rubin)
    // In one step: no request finds nothing.
    held.withLock { held in
      held.removeAll { hasChanged || $0.isCurrent }
      held.append(Held(tables: tables, lastUse: .now, isCurrent: true))
    }
    metrics.swapTable()
  }

  private func made(
    _ store: NightTableStore, at epoch: Epoch<TDB>, _ observatory: ObservatoryCode
  ) async throws -> NightTables {
    defer { made.withLock { $0 = nil } }
    return try await withTaskExecutorPreference(current == nil ? eager : patient) {
      try await store.tables(at: epoch, observatory: observatory, jobs: options.jobs)
    }
  }

  private func count(_ orbits: Int) { made.withLock { $0 = orbits } }

  private func find(_ epoch: Epoch<TDB>) -> NightTables? {
    held.withLock { held in
      guard let index = held.firstIndex(where: { $0.tables.covers(epoch) }) else { return nil }
      held[index].lastUse = .now
      return held[index].tables
    }
  }

  private func hold(_ tables: NightTables) {
    held.withLock { held in
      held.append(Held(tables: tables, lastUse: .now, isCurrent: false))
      while held.count(where: { !$0.isCurrent }) > options.otherNights {
        let oldest = held.indices.filter { !held[$0].isCurrent }
          .min { held[$0].lastUse < held[$1].lastUse }
        guard let oldest else { return }
        held.remove(at: oldest)
      }
    }
  }

  /// Of the running night: objects and bytes; nil until it is there.
  var current: NightTables? { held.withLock { $0.last { $0.isCurrent }?.tables } }

  /// Orbits in the table that is being made; nil when none is.
  var orbitsDone: Int? { made.withLock { $0 } }

  var count: Int { held.withLock { $0.count } }
}
