import Exchange
import HTTPTypes
import Hummingbird
import NIOCore

/// What an endpoint answers.
struct Reply: Sendable {
  enum Body: Sendable {
    case bytes([UInt8])
    /// Written piece by piece, with the memory of one.
    case stream(@Sendable (_ write: (_ piece: [UInt8]) async throws -> Void) async throws -> Void)
  }

  var status = HTTPResponse.Status.ok
  var contentType: String
  var body: Body
  /// Of `Cache-Control`.
  var caching = "no-cache"
  var headers: [(HTTPField.Name, String)] = []
  /// The body is compressed as it is (a file, not a transfer).
  var isCompressed = false

  init(_ contentType: String, _ bytes: [UInt8]) {
    self.contentType = contentType
    body = .bytes(bytes)
  }

  init(
    _ contentType: String,
    stream:
      @escaping @Sendable (_ write: (_ piece: [UInt8]) async throws -> Void) async throws
      -> Void
  ) {
    self.contentType = contentType
    body = .stream(stream)
  }

  static func json(_ capacity: Int = 1024, _ body: (inout JSONText) throws -> Void) rethrows
    -> Reply
  {
    var text = JSONText(capacity: capacity)
    try text.object(body)
    return Reply("application/json", text.bytes)
  }
}

extension Reply {
  /// Shorter bodies are sent as they are: compression would cost more than it saves.
  private static let leastCompressed = 1_400

  /// The response: with a validator, 304 where the client has it already, compressed where the
  /// client takes that.
  func response(to request: Request, writeTimeout: Duration) throws -> Response {
    var fields = HTTPFields()
    fields[.contentType] = contentType
    fields[.cacheControl] = caching
    fields[.xContentTypeOptions] = "nosniff"
    for (name, value) in headers { fields[name] = value }
    let gzip = !isCompressed && Self.takesGzip(request)
    fields[.vary] = "Accept-Encoding"
    switch body {
    case .bytes(let bytes):
      if status == .ok {
        let tag = Self.entityTag(bytes)
        fields[.eTag] = tag
        if Self.matches(request.headers[.ifNoneMatch], tag) {
          fields[.contentType] = nil
          return Response(status: .notModified, headers: fields)
        }
      }
      guard gzip, bytes.count >= Self.leastCompressed else {
        return Response(
          status: status, headers: fields, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
      }
      fields[.contentEncoding] = "gzip"
      let packed = try GzipCompressor.compress(bytes, level: 1)
      return Response(
        status: status, headers: fields, body: .init(byteBuffer: ByteBuffer(bytes: packed)))
    case .stream(let produce):
      if gzip { fields[.contentEncoding] = "gzip" }
      return Response(
        status: status, headers: fields,
        body: Self.streamed(produce, gzip: gzip, timeout: writeTimeout))
    }
  }

  private static func streamed(
    _ produce:
      @escaping @Sendable (_ write: (_ piece: [UInt8]) async throws -> Void) async throws -> Void,
    gzip: Bool, timeout: Duration
  ) -> ResponseBody {
    ResponseBody { writer in
      let compressor = gzip ? try GzipCompressor(level: 1) : nil
      var out = writer
      try await produce { piece in
        var bytes = piece
        if let compressor {
          bytes = []
          compressor.add(piece, to: &bytes)
        }
        guard !bytes.isEmpty else { return }
        out = try await Self.write(bytes, to: out, within: timeout)
      }
      if let compressor {
        var bytes: [UInt8] = []
        compressor.end(into: &bytes)
        out = try await Self.write(bytes, to: out, within: timeout)
      }
      try await out.finish(nil)
    }
  }

  /// Ends with an error when the client takes nothing for too long.
  private static func write(
    _ bytes: [UInt8], to writer: any ResponseBodyWriter, within timeout: Duration
  ) async throws -> any ResponseBodyWriter {
    let box = WriterBox(writer)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        // A piece at a time, so that a slow but steady client is not taken for a dead one.
        for start in stride(from: 0, to: bytes.count, by: 1 << 18) {
          let part = bytes[start..<min(bytes.count, start + 1 << 18)]
          try await box.writer.write(ByteBuffer(bytes: part))
        }
      }
      group.addTask {
        try await Task.sleep(for: timeout)
        throw HTTPProblem(.requestTimeout, "the client took nothing for \(timeout)")
      }
      defer { group.cancelAll() }
      try await group.next()
    }
    return box.writer
  }

  /// One writer, handed to a task and back; never used by two at once.
  private final class WriterBox: @unchecked Sendable {
    var writer: any ResponseBodyWriter
    init(_ writer: any ResponseBodyWriter) { self.writer = writer }
  }

  static func takesGzip(_ request: Request) -> Bool {
    guard let accepted = request.headers[.acceptEncoding] else { return false }
    return accepted.split(separator: ",").contains { part in
      let words = part.split(separator: ";").map { $0.filter { $0 != " " } }
      guard words.first == "gzip" || words.first == "*" else { return false }
      return !words.dropFirst().contains { $0.hasPrefix("q=0") && Double($0.dropFirst(2)) == 0 }
    }
  }

  /// Weak: the same content may go out compressed or not.
  static func entityTag(_ bytes: [UInt8]) -> String {
    var a: UInt64 = 0xcbf2_9ce4_8422_2325
    var b: UInt64 = UInt64(bytes.count)
    let prime: UInt64 = 0x0000_0100_0000_01b3
    bytes.withUnsafeBytes { raw in
      var at = 0
      while at + 16 <= raw.count {
        a = (a ^ raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)) &* prime
        b = (b ^ raw.loadUnaligned(fromByteOffset: at + 8, as: UInt64.self)) &* prime
        a ^= a >> 29
        b ^= b >> 31
        at += 16
      }
      while at < raw.count {
        a = (a ^ UInt64(raw[at])) &* prime
        a ^= a >> 29
        at += 1
      }
    }
    return "W/\"\(String(a, radix: 16))\(String(b, radix: 16))\""
  }

  private static func matches(_ condition: String?, _ tag: String) -> Bool {
    guard let condition else { return false }
    let bare = tag.dropFirst(2)
    return condition.split(separator: ",").contains { item in
      let text = item.filter { $0 != " " }
      return text == "*" || text == tag || text == bare
    }
  }
}
