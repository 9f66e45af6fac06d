import CZstd

/// Zstandard frames, as Avro containers have them.
package enum Zstandard {
  /// Expands one frame, or several on end, by a stream: what a frame's header claims is not
  /// believed, so that a hostile one can't take more memory than it fills.
  ///
  /// - Parameter limit: more bytes than this are refused.
  /// - Throws: ``AlertsError/malformed(offset:reason:)``.
  package static func expand(
    _ input: UnsafeRawBufferPointer, limit: Int
  ) throws(AlertsError) -> [UInt8] {
    guard let context = ZSTD_createDCtx() else {
      throw .malformed(offset: 0, reason: "zstd can't start: out of memory?")
    }
    defer { ZSTD_freeDCtx(context) }
    // 128 MB, zstd's own default: a frame may ask for a window of 2 GB.
    ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 27)
    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var output: [UInt8] = []
    var room = [UInt8](repeating: 0, count: ZSTD_DStreamOutSize())
    while true {
      let (status, produced) = room.withUnsafeMutableBytes { buffer in
        var target = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
        let status = ZSTD_decompressStream(context, &target, &source)
        return (status, target.pos)
      }
      guard ZSTD_isError(status) == 0 else {
        throw .malformed(
          offset: source.pos,
          reason: "the zstd-compressed data are damaged: "
            + String(cString: ZSTD_getErrorName(status)))
      }
      output += room[..<produced]
      guard output.count <= limit else {
        throw .malformed(
          offset: source.pos, reason: "the data expand to more than \(limit) bytes")
      }
      if status == 0, source.pos == source.size { return output }
      guard produced > 0 || source.pos < source.size else {
        throw .malformed(offset: source.pos, reason: "the zstd-compressed data are cut short")
      }
    }
  }

  /// One frame.
  ///
  /// - Parameter level: of zstd; 1 is fast.
  package static func compress(
    _ block: [UInt8], level: Int32 = Int32(ZSTD_CLEVEL_DEFAULT)
  ) throws(AlertsError) -> [UInt8] {
    var failure: Int?
    let output = [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(block.count)) {
      room, count in
      let size = ZSTD_compress(
        room.baseAddress, room.count, block, block.count, level)
      if ZSTD_isError(size) == 0 { count = size } else { failure = size }
    }
    if let failure {
      throw .encoding(
        field: "block", reason: "zstd: \(String(cString: ZSTD_getErrorName(failure)))")
    }
    return output
  }
}
