import Astro
import Astrometry
import Catalog
import Dynamics
import Foundation
import Logging
import Synchronization

/// What requests are answered from: the catalog, the tables, the names.
final class ServiceState: Sendable {
  let catalog: Catalog
  let solarSystem: SolarSystem
  let options: ServiceOptions
  let metrics = ServiceMetrics()
  let nights: NightKeeper
  let queries: GuardedQueries
  let filters: FilterDesk
  private let logger: Logger
  private let allNames = Mutex(ObjectNames())
  private let lastChange = Mutex<Date?>(nil)
  private let ready = Mutex(false)

  init(catalog: Catalog, solarSystem: SolarSystem, options: ServiceOptions, logger: Logger) throws {
    self.catalog = catalog
    self.solarSystem = solarSystem
    self.options = options
    self.logger = logger
    nights = NightKeeper(
      catalog: catalog, solarSystem: solarSystem, options: options, metrics: metrics
    ) { logger.notice("\($0)") }
    queries = try GuardedQueries(catalog, connections: 4)
    filters = FilterDesk(catalog: catalog, options: options)
  }

  var names: ObjectNames { allNames.withLock { $0 } }

  /// Names and the night's table are there.
  var isReady: Bool { ready.withLock { $0 } }

  /// Looks at the catalog once: names and tables follow its changes.
  func refresh() async throws {
    let change = catalog.lastChange
    let known = lastChange.withLock { $0 }
    let hasChanged = known == nil || change != known
    if hasChanged {
      let names = try catalog.objectNames()
      allNames.withLock { $0 = names }
    }
    try await nights.renew(now: solarSystem.now, hasChanged: hasChanged)
    lastChange.withLock { $0 = change }
    ready.withLock { $0 = true }
  }

  /// Follows the catalog until it is cancelled. What fails is logged and tried again.
  func follow() async {
    while !Task.isCancelled {
      do {
        try await refresh()
      } catch {
        logger.error("the catalog's changes could not be followed: \(error)")
      }
      try? await Task.sleep(for: .seconds(options.refreshSeconds))
    }
  }
}

extension SolarSystem {
  /// This moment, by the machine's clock.
  var now: Epoch<TDB> {
    leapSeconds.tai(Epoch<UTC>(mjd: Date.now.timeIntervalSince1970 / 86_400 + 40_587)).tdb
  }
}
