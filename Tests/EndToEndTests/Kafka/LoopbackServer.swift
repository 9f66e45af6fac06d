import Foundation
import Synchronization

/// An HTTP server on this machine for one test: answers GET requests one after the other.
final class LoopbackServer: Sendable {
  struct Answer: Sendable {
    var status = 200
    var body = ""
    /// Before it answers [s].
    var delay = 0.0
  }

  private let descriptor: Int32
  private let log = Mutex<[(path: String, authorization: String?)]>([])
  let address: String

  /// What was asked for, in order.
  var requests: [(path: String, authorization: String?)] { log.withLock { $0 } }

  /// - Parameter answer: of a path, and how often that was asked for before.
  init(_ answer: @escaping @Sendable (_ path: String, _ before: Int) -> Answer) throws {
    let (listener, port) = try Loopback.listen()
    address = "http://127.0.0.1:\(port)"
    descriptor = listener
    Thread { [weak self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        self?.serve(connection, answer)
        close(connection)
      }
    }.start()
  }

  deinit {
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(descriptor)
  }

  private func serve(_ connection: Int32, _ answer: (String, Int) -> Answer) {
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !text.contains("\r\n\r\n") {
      let count = read(connection, &buffer, buffer.count)
      guard count > 0 else { return }
      text += String(decoding: buffer.prefix(count), as: UTF8.self)
    }
    let lines = text.components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ")
    guard words.count == 3 else { return }
    let path = String(words[1])
    let authorization = lines.first { $0.lowercased().hasPrefix("authorization:") }
      .map { $0.dropFirst("authorization:".count).trimmingCharacters(in: .whitespaces) }
    let before = log.withLock { log in
      defer { log.append((path, authorization)) }
      return log.count { $0.path == path }
    }
    let answer = answer(path, before)
    Thread.sleep(forTimeInterval: answer.delay)
    let body = Array(answer.body.utf8)
    let head =
      "HTTP/1.1 \(answer.status) x\r\nContent-Type: application/json\r\n"
      + "Content-Length: \(body.count)\r\nConnection: close\r\n\r\n"
    _ = Loopback.send(Array(head.utf8) + body, to: connection)
  }
}
