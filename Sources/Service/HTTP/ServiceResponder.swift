import Dynamics
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// What is known of a request before it is looked at.
struct ServiceContext: InitializableFromSource, Sendable {
  let channel: any Channel

  init(source: ApplicationRequestContextSource) { channel = source.channel }
}

/// Finds the endpoint of a request, guards it, runs it, tells what is wrong.
struct ServiceResponder: HTTPResponder {
  typealias Context = ServiceContext

  let table: RouteTable
  let solarSystem: SolarSystem
  let options: ServiceOptions
  let metrics: ServiceMetrics
  let log: AccessLog
  private let limiter: RateLimiter
  private let gates: [Endpoint.Weight: WorkGate]

  init(
    endpoints: [Endpoint], solarSystem: SolarSystem, options: ServiceOptions,
    metrics: ServiceMetrics, log: AccessLog
  ) {
    table = RouteTable(endpoints)
    self.solarSystem = solarSystem
    self.options = options
    self.metrics = metrics
    self.log = log
    limiter = RateLimiter(perSecond: options.rateLimit ?? 100)
    gates = [
      .light: WorkGate(limit: 64, queue: 8_192),
      .prediction: WorkGate(limit: 1_024, queue: 1_024),
      .heavy: WorkGate(limit: max(4, options.jobs), queue: 256),
      .streaming: WorkGate(limit: 4, queue: 16),
    ]
  }

  func respond(to request: Request, context: ServiceContext) async throws -> Response {
    let start = ContinuousClock.now
    metrics.begin()
    let client = self.client(of: request, context)
    let (name, response) = await answered(request, client)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    metrics.end(name, status: response.status.code, seconds: seconds)
    log.write(request, response, client: client, endpoint: name, seconds: seconds)
    return response
  }

  /// The response, whatever happens, and the endpoint's path.
  private func answered(_ request: Request, _ client: String) async -> (String, Response) {
    var name = "none"
    do {
      try limit(client)
      let target = request.head.path ?? "/"
      guard target.utf8.count <= options.largestTarget else {
        throw HTTPProblem(
          .uriTooLong,
          "the address has \(target.utf8.count) bytes, more than \(options.largestTarget)")
      }
      let (endpoint, path, query) = try table.route(request.method, target)
      name = endpoint.path
      if request.method == .options { return (name, table.optionsResponse(endpoint.path)) }
      let arguments = try Arguments(
        path: path, query: query, endpoint: endpoint, solarSystem: solarSystem)
      var call = Call(arguments: arguments, headers: request.headers, client: client)
      if endpoint.requestBody != nil { call.body = try await body(of: request) }
      let response = try await guarded(endpoint, call, request)
      return (name, request.method == .head ? response.createHeadResponse() : response)
    } catch let problem as HTTPProblem {
      return (name, response(problem))
    } catch {
      log.failure(request, error)
      return (
        name,
        response(
          HTTPProblem(
            .internalServerError, "the request could not be answered; the log says why"))
      )
    }
  }

  private func limit(_ client: String) throws(HTTPProblem) {
    // The machine's own programs are not strangers, unless someone says so.
    if options.rateLimit == nil, client == Self.thisMachine { return }
    guard limiter.perSecond > 0, let wait = limiter.take(client) else { return }
    metrics.refuse("rate")
    throw HTTPProblem(
      .tooManyRequests, "more than \(limiter.perSecond) requests a second from one client",
      retryAfter: max(1, Int(wait.rounded(.up))))
  }

  private func guarded(
    _ endpoint: Endpoint, _ call: Call, _ request: Request
  ) async throws -> Response {
    guard let gate = gates[endpoint.weight] else {
      return try await finished(endpoint, call, request)
    }
    guard await gate.enter() else {
      metrics.refuse("busy")
      throw HTTPProblem(
        .tooManyRequests, "too many requests of this kind are being worked on", retryAfter: 1)
    }
    guard endpoint.weight == .streaming else {
      defer { gate.leave() }
      return try await finished(endpoint, call, request)
    }
    // A stream's place is free again when its last byte is out.
    do {
      var reply = try await endpoint.run(call)
      guard case .stream(let produce) = reply.body, request.method != .head else {
        defer { gate.leave() }
        return try response(reply, request)
      }
      reply.body = .stream { write in
        defer { gate.leave() }
        try await produce(write)
      }
      return try response(reply, request)
    } catch {
      gate.leave()
      throw error
    }
  }

  private func finished(
    _ endpoint: Endpoint, _ call: Call, _ request: Request
  ) async throws -> Response {
    try response(try await endpoint.run(call), request)
  }

  private func response(_ reply: Reply, _ request: Request) throws -> Response {
    try reply.response(to: request, writeTimeout: .seconds(options.idleSeconds))
  }

  private func response(_ problem: HTTPProblem) -> Response {
    var fields = HTTPFields()
    fields[.contentType] = "application/problem+json"
    fields[.cacheControl] = "no-store"
    fields[.xContentTypeOptions] = "nosniff"
    if let seconds = problem.retryAfter { fields[.retryAfter] = "\(seconds)" }
    if problem.status == .unauthorized { fields[.wwwAuthenticate] = "Bearer realm=\"filters\"" }
    if case .methodNotAllowed = problem.status { fields[.allow] = problem.parameter }
    var told = problem
    if case .methodNotAllowed = problem.status { told.parameter = nil }
    // What remains of a body that was refused is not read.
    if problem.status == .contentTooLarge || problem.status == .requestTimeout {
      fields[.connection] = "close"
    }
    return Response(
      status: problem.status, headers: fields, body: .init(byteBuffer: ByteBuffer(bytes: told.json))
    )
  }

  // MARK: - Request

  static let thisMachine = "127.0.0.1"

  /// The address of the client, without its port; ``thisMachine`` for any loopback address.
  private func client(of request: Request, _ context: ServiceContext) -> String {
    if options.trustsProxy, let field = request.headers[.xForwardedFor],
      let last = field.split(separator: ",").last
    {
      return String(last.filter { $0 != " " }.prefix(64))
    }
    guard let address = context.channel.remoteAddress?.ipAddress else { return "unknown" }
    return address == "::1" || address.hasPrefix("127.") ? Self.thisMachine : address
  }

  private func body(of request: Request) async throws -> ByteBuffer {
    let most = options.largestBody
    let tooLarge = HTTPProblem(.contentTooLarge, "the body has more than \(most) bytes")
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > most {
      throw tooLarge
    }
    let seconds = options.idleSeconds
    return try await withThrowingTaskGroup(of: ByteBuffer.self) { group in
      group.addTask {
        var all = ByteBuffer()
        for try await part in request.body {
          var part = part
          guard all.readableBytes + part.readableBytes <= most else { throw tooLarge }
          all.writeBuffer(&part)
        }
        return all
      }
      group.addTask {
        try await Task.sleep(for: .seconds(seconds))
        throw HTTPProblem(.requestTimeout, "the body did not arrive within \(seconds) s")
      }
      defer { group.cancelAll() }
      return try await group.next() ?? ByteBuffer()
    }
  }
}
