import CZlib

/// Compresses to one gzip member (RFC 1952) piece by piece.
public final class GzipCompressor {
  private let stream: UnsafeMutablePointer<z_stream>
  private var piece = [UInt8](repeating: 0, count: 1 << 17)

  /// - Parameter level: of zlib, 1 (fast) to 9.
  public init(level: Int32 = 6) throws(ExchangeError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let gzip: Int32 = 16 + MAX_WBITS
    let status = deflateInit2_(
      stream, level, Z_DEFLATED, gzip, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      throw .cannotWrite(file: "gzip", reason: "zlib could not begin (status \(status))")
    }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  public func add(_ bytes: [UInt8], to out: inout [UInt8]) { run(bytes, Z_NO_FLUSH, &out) }

  public func end(into out: inout [UInt8]) { run([], Z_FINISH, &out) }

  /// All of some bytes as one member.
  public static func compress(
    _ bytes: [UInt8], level: Int32 = 6
  ) throws(ExchangeError) -> [UInt8] {
    let compressor = try GzipCompressor(level: level)
    var out: [UInt8] = []
    compressor.add(bytes, to: &out)
    compressor.end(into: &out)
    return out
  }

  private func run(_ bytes: [UInt8], _ flush: Int32, _ out: inout [UInt8]) {
    bytes.withUnsafeBufferPointer { input in
      stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      stream.pointee.avail_in = UInt32(input.count)
      repeat {
        let capacity = piece.count
        let produced = piece.withUnsafeMutableBufferPointer { target in
          stream.pointee.next_out = target.baseAddress
          stream.pointee.avail_out = UInt32(capacity)
          deflate(stream, flush)
          return capacity - Int(stream.pointee.avail_out)
        }
        out.append(contentsOf: piece[0..<produced])
      } while stream.pointee.avail_out == 0
      stream.pointee.next_in = nil
    }
  }
}
