import CZlib

/// zlib's stream functions on whole buffers.
enum Deflate {
  enum Format: Int32 {
    /// No header: Avro blocks.
    case raw = -15
    /// gzip's header and checksum: ZTF stamps.
    case gzip = 31
  }

  private static let chunk = 1 << 16

  /// - Parameter limit: more bytes than this are refused.
  /// - Throws: ``AlertsError/malformed(offset:reason:)``.
  static func inflate(
    _ input: UnsafeRawBufferPointer, format: Format, limit: Int
  ) throws(AlertsError) -> [UInt8] {
    var stream = z_stream()
    guard
      inflateInit2_(
        &stream, format.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw .malformed(offset: 0, reason: "zlib can't start: out of memory?") }
    defer { inflateEnd(&stream) }
    stream.next_in = UnsafeMutablePointer(
      mutating: input.bindMemory(to: UInt8.self).baseAddress)
    stream.avail_in = UInt32(clamping: input.count)
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: chunk)
    while true {
      let status = buffer.withUnsafeMutableBufferPointer { room in
        stream.next_out = room.baseAddress
        stream.avail_out = UInt32(room.count)
        return CZlib.inflate(&stream, Z_NO_FLUSH)
      }
      let produced = chunk - Int(stream.avail_out)
      output += buffer[..<produced]
      if status == Z_STREAM_END { return output }
      guard status == Z_OK, produced > 0 || stream.avail_in > 0 else {
        throw .malformed(
          offset: Int(stream.total_in), reason: "the compressed data are damaged or cut short")
      }
      guard output.count <= limit else {
        throw .malformed(
          offset: Int(stream.total_in), reason: "the data expand to more than \(limit) bytes")
      }
    }
  }

  /// Raw deflate at zlib's default level.
  static func deflate(_ input: [UInt8]) throws(AlertsError) -> [UInt8] {
    var stream = z_stream()
    guard
      deflateInit2_(
        &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, Format.raw.rawValue, 8, Z_DEFAULT_STRATEGY,
        ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw .encoding(field: "block", reason: "zlib can't start: out of memory?") }
    defer { deflateEnd(&stream) }
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(input.count))))
    let status = input.withUnsafeBufferPointer { source in
      output.withUnsafeMutableBufferPointer { room in
        stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
        stream.avail_in = UInt32(clamping: source.count)
        stream.next_out = room.baseAddress
        stream.avail_out = UInt32(clamping: room.count)
        return CZlib.deflate(&stream, Z_FINISH)
      }
    }
    guard status == Z_STREAM_END else {
      throw .encoding(field: "block", reason: "zlib could not compress \(input.count) bytes")
    }
    output.removeLast(output.count - Int(stream.total_out))
    return output
  }

  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBufferPointer {
      UInt32(truncatingIfNeeded: CZlib.crc32(0, $0.baseAddress, UInt32(clamping: $0.count)))
    }
  }
}
