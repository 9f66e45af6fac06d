import Foundation
import FoundationNetworking
import Synchronization

/// Schemas of a Confluent-compatible registry over HTTP: `GET /schemas/ids/ID`, with references by
/// `GET /subjects/NAME/versions/N`.
///
/// An id never changes its meaning, so what was fetched is kept for good; that an id is not there
/// is believed for a minute. Safe to use from many threads: one fetches, the others wait.
final class RemoteSchemas: Sendable {
  private enum Entry {
    case known(AlertSchema)
    case unusable(AlertsError)
    case missing(until: Date)
  }

  private let root: URL
  /// Name and password, for the Authorization header; never part of a message.
  private let authorization: String?
  private let session: URLSession
  private let cache = Mutex<[UInt32: Entry]>([:])
  /// Nil: nothing is kept on disk.
  private let disk: SchemaCache?

  private static let timeoutSeconds = 10.0
  private static let attempts = 3
  private static let pauseSeconds = 0.5
  private static let missingSeconds = 60.0
  private static let deepestReference = 16

  /// - Parameter cacheFolder: where schemas are kept from run to run.
  /// - Throws: ``AlertsError/file(_:reason:)`` for what is no HTTP address.
  init(address: String, cacheFolder: URL? = nil) throws(AlertsError) {
    guard var parts = URLComponents(string: address),
      ["http", "https"].contains(parts.scheme?.lowercased()), parts.host?.isEmpty == false
    else {
      throw Self.noAddress(address)
    }
    authorization = parts.user.map {
      "Basic " + Data("\($0):\(parts.password ?? "")".utf8).base64EncodedString()
    }
    parts.user = nil
    parts.password = nil
    guard let root = parts.url else { throw Self.noAddress(address) }
    self.root = root
    disk = cacheFolder.map { SchemaCache(folder: $0, registry: root) }
    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = Self.timeoutSeconds
    configuration.timeoutIntervalForResource = Self.timeoutSeconds
    session = URLSession(configuration: configuration)
  }

  private static func noAddress(_ text: String) -> AlertsError {
    .file(text, reason: "is no address of a schema registry; expected http(s)://host:port")
  }

  var ids: [UInt32] {
    cache.withLock { cache in
      cache.compactMap { if case .known = $0.value { $0.key } else { nil } }.sorted()
    }
  }

  /// - Throws: ``AlertsError/schema(source:reason:)`` for an id that the registry doesn't have or
  ///   whose schema is not an alert's; ``AlertsError/unreachable(_:reason:)`` when the registry
  ///   doesn't answer as one.
  func schema(id: UInt32) throws(AlertsError) -> AlertSchema {
    let result: Result<AlertSchema, AlertsError> = cache.withLock { cache in
      switch cache[id] {
      case .known(let schema)?: return .success(schema)
      case .unusable(let error)?: return .failure(error)
      case .missing(let until)? where until > Date(): return .failure(notThere(id))
      default: break
      }
      if let schema = disk?.schema(id) {
        cache[id] = .known(schema)
        return .success(schema)
      }
      do throws(AlertsError) {
        guard let text = try fetch(id) else {
          cache[id] = .missing(until: Date().addingTimeInterval(Self.missingSeconds))
          return .failure(notThere(id))
        }
        let source = "id \(id) of \(root)"
        let schema = try AlertSchema(
          schema: try AvroSchema(json: text, source: source), id: id, source: source)
        cache[id] = .known(schema)
        disk?.keep(text, id)
        return .success(schema)
      } catch {
        if case .unreachable = error { return .failure(error) }
        cache[id] = .unusable(error)
        return .failure(error)
      }
    }
    return try result.get()
  }

  private func notThere(_ id: UInt32) -> AlertsError {
    .schema(source: "id \(id)", reason: "is not in the registry \(root)")
  }

  /// What the registry says about a schema.
  private struct Answer: Decodable {
    struct Reference: Decodable {
      var name: String
      var subject: String
      var version: Int
    }

    var schema: String
    var schemaType: String?
    var references: [Reference]?
  }

  /// One text with all it refers to; nil for an id that is not there.
  private func fetch(_ id: UInt32) throws(AlertsError) -> String? {
    guard let answer = try answer("schemas/ids/\(id)") else { return nil }
    guard (answer.schemaType ?? "AVRO") == "AVRO" else {
      throw .schema(
        source: "id \(id) of \(root)", reason: "is of type \(answer.schemaType ?? ""), not Avro")
    }
    guard answer.references?.isEmpty == false else { return answer.schema }
    var definitions: [String: Any] = [:]
    try collect(answer, into: &definitions, depth: 0)
    return try SplitSchema.join(
      try Self.tree(answer.schema, source: "id \(id) of \(root)"), definitions,
      source: "id \(id) of \(root)")
  }

  private func collect(
    _ answer: Answer, into definitions: inout [String: Any], depth: Int
  ) throws(AlertsError) {
    for reference in answer.references ?? [] where definitions[reference.name] == nil {
      let source = "\(reference.subject) version \(reference.version) of \(root)"
      guard depth < Self.deepestReference else {
        throw .schema(source: source, reason: "is referred to through too many others")
      }
      var allowed = CharacterSet.urlPathAllowed
      allowed.remove("/")
      let subject =
        reference.subject.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
      guard let inner = try self.answer("subjects/\(subject)/versions/\(reference.version)") else {
        throw .schema(source: source, reason: "is referred to, but not in the registry")
      }
      definitions[reference.name] = try Self.tree(inner.schema, source: source)
      try collect(inner, into: &definitions, depth: depth + 1)
    }
  }

  private static func tree(_ text: String, source: String) throws(AlertsError) -> Any {
    do {
      return try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
    } catch {
      throw .schema(source: source, reason: "is not JSON")
    }
  }

  /// Asks, some times when the registry is busy or silent; nil for a thing that is not there.
  private func answer(_ path: String) throws(AlertsError) -> Answer? {
    let base = root.absoluteString
    guard let url = URL(string: (base.hasSuffix("/") ? base : base + "/") + path) else {
      throw .unreachable("\(root)", reason: "\(path) makes no address")
    }
    var reason = ""
    for attempt in 0..<Self.attempts {
      if attempt > 0 { Thread.sleep(forTimeInterval: Self.pauseSeconds * Double(attempt)) }
      switch get(url) {
      case .failure(let failure): reason = failure.reason
      case .success((404, _)): return nil
      case .success((200, let data)):
        guard let answer = try? JSONDecoder().decode(Answer.self, from: data) else {
          throw .unreachable(
            "\(url)", reason: "does not answer as a schema registry does; is --schemas right?")
        }
        return answer
      case .success((let status, _)):
        reason = "answers with HTTP status \(status)"
        guard status >= 500 || status == 429 else {
          let remedy = status == 401 || status == 403 ? "; give http://name:password@host" : ""
          throw .unreachable("\(url)", reason: reason + remedy)
        }
      }
    }
    throw .unreachable("\(url)", reason: "\(reason) (\(Self.attempts) attempts)")
  }

  fileprivate struct NoAnswer: Error { var reason: String }

  private func get(_ url: URL) -> Result<(status: Int, data: Data), NoAnswer> {
    var request = URLRequest(url: url, timeoutInterval: Self.timeoutSeconds)
    request.setValue("application/vnd.schemaregistry.v1+json", forHTTPHeaderField: "Accept")
    if let authorization { request.setValue(authorization, forHTTPHeaderField: "Authorization") }
    let done = DispatchSemaphore(value: 0)
    let box = Box()
    let task = session.dataTask(with: request) { data, response, error in
      box.value.withLock { result in
        if let response = response as? HTTPURLResponse {
          result = .success((response.statusCode, data ?? Data()))
        } else if let error {
          result = .failure(NoAnswer(reason: error.localizedDescription))
        }
      }
      done.signal()
    }
    task.resume()
    // The session's own time-out comes first; this one is for a session that hangs.
    if done.wait(timeout: .now() + Self.timeoutSeconds + 5) == .timedOut { task.cancel() }
    return box.value.withLock { $0 }
  }
}

/// What a callback writes and its caller reads.
private final class Box: Sendable {
  let value = Mutex<Result<(status: Int, data: Data), RemoteSchemas.NoAnswer>>(
    .failure(RemoteSchemas.NoAnswer(reason: "does not answer")))
}
