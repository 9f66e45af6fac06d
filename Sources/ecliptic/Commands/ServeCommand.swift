import ArgumentParser
import Catalog
import Dynamics
import Foundation
import Service

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract:
      "Answers HTTP from a catalog: API, Virtual Observatory cone search, metrics, web page.",
    discussion: """
      Read-only, but for filters. It listens on this machine alone unless --host says otherwise; for others put a \
      reverse proxy with TLS before it. GET /openapi.json describes every path: /v1/predict, \
      /v1/objects, /v1/objects/ID, /v1/objects/ID/ephemeris, /v1/identify, /v1/export/TABLE, \
      /v1/nights/DATE, /v1/filters, /scs, /health, /ready, /metrics; / is a page to look at.

      Predictions come from the night's table beside the catalog (see predict), which is made if \
      there is none and follows the catalog's changes while requests go on. SIGTERM or SIGINT ends \
      it when what has begun is answered. The access log is one JSON object a request, on stderr.

      FILTERS
        /v1/filters/check tries a filter on the visits of past nights that tag --filters keeps. Who has \
      a token (ecliptic filter token add) sees and changes its owner's filters; while another run holds \
      the catalog, changes are answered 503. Without tokens nobody changes anything. Tokens need TLS on \
      the way.

      EXAMPLE
        ecliptic serve --catalog survey.db --port 8080
        curl 'http://127.0.0.1:8080/v1/predict?ra=180&dec=0&radius=1&time=2026-11-22T04:00:00Z'
      """)

  @OptionGroup var catalog: CatalogOption
  @Option(help: ArgumentHelp("Listen on this port; 0: any that is free.", valueName: "n"))
  var port = 8080
  @Option(help: "Listen on this address.")
  var host = "127.0.0.1"
  @Option(
    help: ArgumentHelp(
      "Requests a second for each client, 0 for any (default: 100, any for this machine's own).",
      valueName: "n"))
  var rateLimit: Double?
  @Flag(help: "Clients are told apart by X-Forwarded-For, which the reverse proxy adds.")
  var trustProxy = false
  @Option(help: ArgumentHelp("The folder of the web page, if it is another.", valueName: "folder"))
  var web: String?
  @Flag(help: "Don't log requests.")
  var noAccessLog = false
  @OptionGroup var jobs: JobsOption
  @OptionGroup var log: LogOptions

  func validate() throws {
    guard (0...65_535).contains(port) else {
      throw ValidationError("--port \(port): expected 0 to 65535")
    }
    if let rateLimit, !(rateLimit.isFinite && rateLimit >= 0) {
      throw ValidationError("--rate-limit \(rateLimit): expected 0 or more")
    }
  }

  func run() async throws {
    let opened = try Catalog(path: catalog.catalog, access: .readOnly)
    var options = ServiceOptions()
    options.host = host
    options.port = port
    options.rateLimit = rateLimit
    options.trustsProxy = trustProxy
    options.webFolder = web
    options.jobs = jobs.count
    options.logsAccess = !noAccessLog && !log.quiet
    let service = try EclipticService(
      opened, solarSystem: SolarSystem.load(), options: options, logger: log.logger("serve"))
    let address = host.contains(":") ? "[\(host)]" : host
    try await service.run { port in
      // The port alone on stdout, for programs that asked for any.
      try? Reporting.printText("http://\(address):\(port)\n")
    }
  }
}
