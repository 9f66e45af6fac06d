import HTTPTypes

/// What was wrong with a request, as RFC 9457 tells it.
struct HTTPProblem: Error, Sendable {
  var status: HTTPResponse.Status
  /// What is wrong and what would be right.
  var detail: String
  /// The parameter that is meant.
  var parameter: String?
  /// Seconds after which the same may do.
  var retryAfter: Int?

  init(
    _ status: HTTPResponse.Status, _ detail: String, parameter: String? = nil,
    retryAfter: Int? = nil
  ) {
    self.status = status
    self.detail = detail
    self.parameter = parameter
    self.retryAfter = retryAfter
  }

  static func badParameter(_ name: String, _ detail: String) -> HTTPProblem {
    HTTPProblem(.badRequest, detail, parameter: name)
  }

  /// `application/problem+json`.
  var json: [UInt8] {
    var text = JSONText()
    text.object { text in
      text.add("title", status.reasonPhrase)
      text.add("status", status.code)
      text.add("detail", detail)
      if let parameter { text.add("parameter", parameter) }
    }
    return text.bytes
  }
}
