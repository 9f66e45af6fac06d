public import Catalog
public import Dynamics
import Foundation
import Hummingbird
public import Logging
import NIOCore
import Synchronization

/// The service: answers HTTP from a catalog until it is told to end (SIGTERM, SIGINT), when it
/// takes no more connections and finishes what it has begun.
public struct EclipticService: Sendable {
  private let state: ServiceState
  private let options: ServiceOptions
  private let logger: Logger
  private let page: WebPage?

  /// - Parameters:
  ///   - catalog: opened read-only.
  /// - Throws: ``CatalogError``; ``WebPageError`` when a folder of the page is named that is none.
  public init(
    _ catalog: Catalog, solarSystem: SolarSystem, options: ServiceOptions, logger: Logger
  ) throws {
    state = try ServiceState(
      catalog: catalog, solarSystem: solarSystem, options: options, logger: logger)
    page = try WebPage.find(options.webFolder)
    self.options = options
    self.logger = logger
  }

  /// All endpoints, in the order of the OpenAPI document.
  private var endpoints: [Endpoint] {
    let described =
      PredictEndpoint.all(state) + ObjectEndpoints.all(state) + EphemerisEndpoint.all(state)
      + IdentifyEndpoint.all(state) + ExportEndpoint.all(state) + NightEndpoints.all(state)
      + FilterEndpoints.all(state) + ConeSearch.all(state) + HealthEndpoints.all(state)
    let document = OpenAPIDocument(described).endpoint
    return described + [document] + (page?.endpoints ?? [])
  }

  /// Runs until it is told to end.
  ///
  /// - Parameter onReady: called once it listens, with the port.
  public func run(onReady: @escaping @Sendable (Int) -> Void = { _ in }) async throws {
    // A catalog that can't be read ends the command at once; the first table may take its time.
    let responder = ServiceResponder(
      endpoints: endpoints, solarSystem: state.solarSystem, options: options,
      metrics: state.metrics,
      log: AccessLog(logger: logger, isOn: options.logsAccess))
    raiseFileLimit()
    var quiet = logger
    // The libraries say at this level what is no news: each start, each stop.
    quiet.logLevel = max(logger.logLevel, .warning)
    let application = Application(
      responder: responder,
      server: .http1(
        configuration: .init(
          idleTimeout: .seconds(Int64(options.idleSeconds)),
          // Longer addresses end in a bare 400 of the decoder; these in a 414 that says why.
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: 64 << 10, maxHeaderListSize: 96 << 10, maxHeaderFieldCount: 100))),
      configuration: .init(
        address: .hostname(options.host, port: options.port), serverName: "ecliptic",
        backlog: 4_096,
        availableConnectionsDelegate: .maximum(options.mostConnections, logger: quiet)),
      onServerRunning: { channel in
        onReady(channel.localAddress?.port ?? 0)
      },
      logger: quiet)
    let follower = Task { await state.follow() }
    defer { follower.cancel() }
    try await application.runService()
  }

  /// Many connections are many open files: as many as the machine allows.
  private func raiseFileLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit) == 0 else {
      return
    }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
  }
}
