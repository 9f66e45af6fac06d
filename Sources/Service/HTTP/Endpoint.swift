import HTTPTypes
import NIOCore

/// One path of the service: what it takes and gives, and what runs.
struct Endpoint: Sendable {
  /// Work of one kind is limited together.
  enum Weight: String, Sendable, CaseIterable {
    /// Microseconds to a millisecond.
    case light
    /// As light, but may have to wait for a night's table.
    case prediction
    /// Milliseconds to a second of a core.
    case heavy
    /// As long as the client reads.
    case streaming
  }

  struct RequestBody: Sendable {
    var description: String
    var mediaTypes: [String]
    var example: String
    /// What the JSON looks like, if it is not detections.
    var schema: (@Sendable (inout JSONText) -> Void)?
  }

  /// Whether a bearer token is asked for.
  enum Access: Sendable {
    case open
    /// More is shown to who has a token.
    case tokenMay
    case tokenMust
  }

  var method = HTTPRequest.Method.get
  /// `/v1/objects/{id}`.
  var path: String
  /// Of the OpenAPI document.
  var operation: String
  var summary: String
  var description: String = ""
  var tag: String
  var parameters: [Parameter] = []
  /// VO protocols: names in any case, and others are passed over.
  var ignoresUnknown = false
  var requestBody: RequestBody?
  var mediaTypes: [String] = ["application/json"]
  /// What it may answer besides 200, with reasons.
  var otherStatuses: [(Int, String)] = []
  var weight = Weight.light
  var access = Access.open
  var run: @Sendable (Call) async throws -> Reply

  /// Of what needs a night's table.
  static let tableStatuses = [
    (503, "The first table of the night is being made; Retry-After says when to come again.")
  ]

  var segments: [Substring] { path.split(separator: "/", omittingEmptySubsequences: true) }

  func parameter(named name: String) -> Parameter? {
    guard ignoresUnknown else {
      return parameters.first { $0.name == name && !$0.isInPath }
    }
    let wanted = name.uppercased()
    return parameters.first { $0.name.uppercased() == wanted && !$0.isInPath }
  }
}

/// A request as an endpoint sees it.
struct Call: Sendable {
  var arguments: Arguments
  var headers: HTTPFields
  /// Who asks: an address without its port.
  var client = ""
  /// Empty for endpoints without a request body.
  var body = ByteBuffer()
}
