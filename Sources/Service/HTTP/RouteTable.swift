import HTTPTypes
import Hummingbird

/// The endpoints by path.
struct RouteTable: Sendable {
  let endpoints: [Endpoint]
  private let segments: [[Substring]]
  /// Endpoints without parameters in their path.
  private let fixed: [String: [Int]]

  init(_ endpoints: [Endpoint]) {
    self.endpoints = endpoints
    segments = endpoints.map(\.segments)
    var fixed: [String: [Int]] = [:]
    for (index, endpoint) in endpoints.enumerated() where !endpoint.path.contains("{") {
      fixed[endpoint.path, default: []].append(index)
    }
    self.fixed = fixed
  }

  /// - Parameter target: path and query of a request.
  /// - Throws: 404 with the paths there are, 405 with the methods.
  func route(
    _ method: HTTPRequest.Method, _ target: String
  ) throws(HTTPProblem) -> (
    endpoint: Endpoint, path: [(name: String, text: Substring)], query: Substring
  ) {
    let end = target.utf8.firstIndex(of: 0x23) ?? target.endIndex
    let mark = target[..<end].utf8.firstIndex(of: 0x3F)
    let path = target[..<(mark ?? end)]
    let query = mark.map { target[target.utf8.index(after: $0)..<end] } ?? ""
    let wanted: HTTPRequest.Method = method == .head ? .get : method
    var known: [Int] = []
    var texts: [(name: String, text: Substring)] = []
    if let indices = fixed[String(path)] {
      known = indices
    } else {
      let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
      for index in endpoints.indices {
        guard let found = match(Array(parts), segments[index]) else { continue }
        known.append(index)
        texts = found
      }
    }
    guard let first = known.first else {
      throw HTTPProblem(
        .notFound, "no such path; /openapi.json lists those that there are")
    }
    if method == .options { return (endpoints[first], texts, query) }
    guard let index = known.first(where: { endpoints[$0].method == wanted }) else {
      throw HTTPProblem(
        .methodNotAllowed,
        "\(method.rawValue.prefix(20)) is not for this path; it takes "
          + "\(allowed(known))", parameter: allowed(known))
    }
    return (endpoints[index], texts, query)
  }

  private func match(
    _ parts: [Substring], _ pattern: [Substring]
  ) -> [(name: String, text: Substring)]? {
    guard parts.count == pattern.count else { return nil }
    var found: [(name: String, text: Substring)] = []
    for (part, wanted) in zip(parts, pattern) {
      if wanted.first == "{" {
        guard !part.isEmpty else { return nil }
        found.append((String(wanted.dropFirst().dropLast()), part))
      } else if part != wanted {
        return nil
      }
    }
    return found
  }

  private func allowed(_ known: [Int]) -> String {
    var names = known.map { endpoints[$0].method.rawValue }
    if names.contains("GET") { names.append("HEAD") }
    return (names + ["OPTIONS"]).joined(separator: ", ")
  }

  func optionsResponse(_ path: String) -> Response {
    let known = endpoints.indices.filter { endpoints[$0].path == path }
    var fields = HTTPFields()
    fields[.allow] = allowed(known)
    return Response(status: .noContent, headers: fields)
  }
}
