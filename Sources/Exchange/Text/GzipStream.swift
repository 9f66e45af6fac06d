import CZlib

/// Uncompresses a gzip file piece by piece, one of several members too (as `cat a.gz b.gz` makes).
final class GzipStream {
  private let stream: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutablePointer<UInt8>
  private static let inputCapacity = 1 << 18
  private var isBetweenMembers = false

  static func isGzip(_ bytes: Bytes) -> Bool {
    bytes.count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B
  }

  /// - Parameter first: compressed bytes that were read already, at most 256 kB of them.
  /// - Returns: nil when zlib has no memory.
  init?(first: Bytes) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    input = .allocate(capacity: Self.inputCapacity)
    let expectGzip: Int32 = 16 + MAX_WBITS
    let status = inflateInit2_(
      stream, expectGzip, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK, first.count <= Self.inputCapacity else { return nil }
    _ = UnsafeMutableBufferPointer(start: input, count: first.count).initialize(from: first)
    stream.pointee.next_in = input
    stream.pointee.avail_in = UInt32(first.count)
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  /// Uncompresses at least one byte into `target`.
  /// - Parameter more: reads compressed bytes; gives 0 at the end of the file.
  /// - Returns: the number of bytes; 0 at the end.
  func read(
    into target: UnsafeMutablePointer<UInt8>, count: Int, file: String,
    more: (UnsafeMutablePointer<UInt8>, Int) throws(ExchangeError) -> Int
  ) throws(ExchangeError) -> Int {
    let room = UInt32(min(count, 1 << 30))
    stream.pointee.next_out = target
    stream.pointee.avail_out = room
    while stream.pointee.avail_out == room {
      if stream.pointee.avail_in == 0 {
        let found = try more(input, Self.inputCapacity)
        if found == 0 {
          if isBetweenMembers { return 0 }
          throw .cannotRead(file: file, reason: "the gzip file ends early; get it again")
        }
        stream.pointee.next_in = input
        stream.pointee.avail_in = UInt32(found)
      }
      if isBetweenMembers {
        // Zeros may follow the last member, as tapes and some copiers leave them.
        if stream.pointee.next_in.pointee == 0 { return 0 }
        inflateReset(stream)
        isBetweenMembers = false
      }
      switch inflate(stream, Z_NO_FLUSH) {
      case Z_OK, Z_BUF_ERROR: break
      case Z_STREAM_END: isBetweenMembers = true
      default:
        throw .cannotRead(file: file, reason: "the gzip data are damaged; get the file again")
      }
    }
    return Int(room - stream.pointee.avail_out)
  }
}
