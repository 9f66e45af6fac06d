/// How the service runs.
public struct ServiceOptions: Sendable {
  public var host = "127.0.0.1"
  /// 0: any free one, see ``EclipticService/run(onReady:)``.
  public var port = 8080
  /// Requests a second for each client; nil: 100 for all but the same machine, where there is none.
  public var rateLimit: Double?
  /// The client is the last address of `X-Forwarded-For`: a reverse proxy on this machine adds it.
  public var trustsProxy = false
  /// Larger request bodies are refused [bytes].
  public var largestBody = 8 << 20
  public var largestTarget = 8 << 10
  /// Widest cone [deg].
  public var widestRadiusDeg = 10.0
  /// Most detections that are identified at once.
  public var mostDetections = 50_000
  /// A query that takes longer is refused [s].
  public var querySeconds = 2.0
  /// Connections that send nothing are closed after so long [s].
  public var idleSeconds = 30
  public var mostConnections = 20_000
  /// Requests wait so long for a night's table that is being made; then they are told to come
  /// again [s].
  public var tableSeconds = 10
  /// Nights whose tables are kept at once, beside the current one.
  public var otherNights = 3
  /// How often the catalog is looked at for changes [s].
  public var refreshSeconds = 5.0
  /// Cores for heavy requests.
  public var jobs = 1
  /// Log each request.
  public var logsAccess = true
  /// The folder of the web page; nil: the one that comes with the program.
  public var webFolder: String?

  public init() {}
}
