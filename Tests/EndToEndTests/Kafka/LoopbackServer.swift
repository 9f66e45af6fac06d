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
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, size) == 0 && listen(listener, 16) == 0
          && getsockname(listener, address, &size) == 0
      }
    }
    guard isListening else { throw MockFailure(description: "no socket: errno \(errno)") }
    address = "http://127.0.0.1:\(UInt16(bigEndian: place.sin_port))"
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
    let bytes = Array(head.utf8) + body
    var at = 0
    while at < bytes.count {
      let count = bytes[at...].withUnsafeBytes {
        send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      at += count
    }
  }
}
