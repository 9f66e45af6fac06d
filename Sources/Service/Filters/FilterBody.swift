import Foundation
import HTTPTypes
import NIOCore

/// A filter's text as the body of a request: the SQL itself, or JSON with it.
enum FilterBody {
  /// As much as SQLite is given of a filter.
  static let most = 20_000

  static let described = Endpoint.RequestBody(
    description: "The filter: SQL as text, or as the `text` of a JSON object.",
    mediaTypes: ["application/json", "text/plain", "application/sql"],
    example:
      #"{"text": "trailLength > 5 AND ssSource_ssObjectId IS NULL ORDER BY trailLength DESC"}"#
  ) { text in
    text.add("type", "object")
    text.add("required", texts: ["text"])
    text.object("properties") { text in
      text.object("text") { text in
        text.add("type", "string")
        text.add("minLength", 1)
        text.add("maxLength", most)
      }
    }
  }

  private struct Document: Decodable { var text: String }

  static func read(_ call: Call) throws(HTTPProblem) -> String {
    guard call.body.readableBytes > 0 else {
      throw HTTPProblem(.badRequest, "the body is empty; it must hold a filter")
    }
    // Of JSON every letter may be escaped.
    guard call.body.readableBytes <= 6 * most + 1_000 else { throw tooLong }
    let kind = (call.headers[.contentType] ?? "application/json").prefix { $0 != ";" }.lowercased()
    let data = Data(call.body.readableBytesView)
    let text: String?
    if kind == "application/json" {
      guard let document = try? JSONDecoder().decode(Document.self, from: data) else {
        throw HTTPProblem(
          .badRequest,
          "the body is no JSON object with a text; send {\"text\": \"…\"}, or the SQL "
            + "itself as text/plain")
      }
      text = document.text
    } else {
      text = String(bytes: data, encoding: .utf8)
    }
    guard let text, !text.utf8.contains(0) else {
      throw HTTPProblem(.badRequest, "the filter is not UTF-8 text")
    }
    guard text.utf8.count <= most else { throw tooLong }
    return text
  }

  private static var tooLong: HTTPProblem {
    HTTPProblem(.contentTooLarge, "a filter has at most \(most) bytes")
  }
}
