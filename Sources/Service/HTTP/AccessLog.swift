import Foundation
import Hummingbird
import Logging

/// One line for each request: JSON, on standard error or wherever the logger writes.
struct AccessLog: Sendable {
  let logger: Logger
  let isOn: Bool

  func write(
    _ request: Request, _ response: Response, client: String, endpoint: String, seconds: Double
  ) {
    guard isOn else { return }
    var text = JSONText(capacity: 320)
    text.object { text in
      text.add("time", Date.now.formatted(.iso8601))
      text.add("client", client)
      text.add("method", String(request.method.rawValue.prefix(20)))
      text.add("path", String((request.head.path ?? "").prefix(400)))
      text.add("endpoint", endpoint)
      text.add("status", response.status.code)
      text.add("bytes", response.body.contentLength)
      text.add("milliseconds", seconds * 1e3, decimals: 3)
      text.add("agent", request.headers[.userAgent].map { String($0.prefix(120)) })
    }
    FileHandle.standardError.write(Data(text.bytes + [0x0A]))
  }

  func failure(_ request: Request, _ error: any Error) {
    logger.error("\(request.method) \((request.head.path ?? "").prefix(400)): \(error)")
  }
}
