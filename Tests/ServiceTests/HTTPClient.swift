import Foundation

/// A response as it came over the wire.
struct HTTPAnswer: Sendable {
  var status: Int
  /// Names in lower case.
  var headers: [String: String]
  var body: [UInt8]

  var text: String { String(decoding: body, as: UTF8.self) }

  /// The body as a JSON object; empty where it is none.
  func json() throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any] ?? [:]
  }
}

/// HTTP over a plain socket, so that a test can also send what no library would.
struct HTTPClient: Sendable {
  let port: Int

  func get(_ target: String, _ headers: [String] = []) async throws -> HTTPAnswer {
    try await send(method: "GET", target, headers)
  }

  func post(_ target: String, _ body: String, type: String) async throws -> HTTPAnswer {
    try await send(method: "POST", target, ["Content-Type: \(type)"], Array(body.utf8))
  }

  func send(
    method: String, _ target: String, _ headers: [String] = [], _ body: [UInt8] = []
  ) async throws -> HTTPAnswer {
    var head = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    for header in headers { head += header + "\r\n" }
    if !body.isEmpty { head += "Content-Length: \(body.count)\r\n" }
    return try await exchange(Array((head + "\r\n").utf8) + body, hasBody: method != "HEAD")
  }

  /// Sends bytes as they are and reads until the other side closes.
  func exchange(_ bytes: [UInt8], hasBody: Bool = true) async throws -> HTTPAnswer {
    try await background {
      let socket = try RawSocket(port: port)
      // The server may have answered and closed before it read everything.
      try? socket.send(bytes)
      return try HTTPAnswer(wire: socket.readToEnd(), hasBody: hasBody)
    }
  }

  /// Blocking work on a thread of its own: the server's own threads are few.
  func background<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
  }
}

struct SocketError: Error { var what: String }

/// A TCP connection to this machine.
final class RawSocket: @unchecked Sendable {
  private let descriptor: Int32

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw SocketError(what: "connect: \(errno)") }
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(
          descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent,
          Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw SocketError(what: "send: \(errno)") }
      sent += count
    }
  }

  /// Empty at the end of the stream.
  func read() throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    if count < 0 {
      // A reset after the answer ends it like any other end.
      if errno == ECONNRESET { return [] }
      throw SocketError(what: "recv: \(errno)")
    }
    return Array(buffer[..<count])
  }

  func readToEnd() throws -> [UInt8] {
    var all: [UInt8] = []
    while true {
      let part = try read()
      if part.isEmpty { return all }
      all += part
    }
  }
}

extension HTTPAnswer {
  init(wire: [UInt8], hasBody: Bool) throws {
    let mark: [UInt8] = [13, 10, 13, 10]
    guard let end = wire.indices.dropLast(3).first(where: { Array(wire[$0..<$0 + 4]) == mark })
    else { throw SocketError(what: "no answer: \(wire.count) bytes") }
    let lines = String(decoding: wire[..<end], as: UTF8.self).components(separatedBy: "\r\n")
    status = Int(lines[0].split(separator: " ")[1]) ?? 0
    headers = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      headers[line[..<colon].lowercased()] =
        line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    body = Array(wire[(end + 4)...])
    if headers["transfer-encoding"] == "chunked" { body = try Self.joined(body) }
    if !hasBody { body = [] }
  }

  private static func joined(_ chunks: [UInt8]) throws -> [UInt8] {
    var all: [UInt8] = []
    var at = 0
    while true {
      guard let end = chunks[at...].firstIndex(of: 13),
        let size = Int(String(decoding: chunks[at..<end], as: UTF8.self), radix: 16)
      else { throw SocketError(what: "a chunked body is cut") }
      if size == 0 { return all }
      all += chunks[(end + 2)..<(end + 2 + size)]
      at = end + 2 + size + 2
    }
  }
}
