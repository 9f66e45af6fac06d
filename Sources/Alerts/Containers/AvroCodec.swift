import CZlib

/// How a container's blocks are compressed.
public enum AvroCodec: String, Sendable, CaseIterable {
  case null
  case deflate
  case snappy
  case zstandard

  /// A block that claims to hold more is hostile or damaged.
  private static let longestBlock = 1 << 31

  /// - Throws: ``AlertsError/malformed(offset:reason:)``; offsets are inside the block.
  func expand(_ block: UnsafeRawBufferPointer) throws(AlertsError) -> [UInt8] {
    switch self {
    case .null: return Array(block)
    case .deflate:
      return try Deflate.inflate(block, format: .raw, limit: Self.longestBlock)
    case .snappy:
      guard block.count >= 4 else {
        throw .malformed(offset: block.count, reason: "a snappy block has no checksum")
      }
      let body = UnsafeRawBufferPointer(rebasing: block[..<(block.count - 4)])
      let expanded = try Snappy.expand(body, limit: Self.longestBlock)
      let stored = block.loadUnaligned(fromByteOffset: body.count, as: UInt32.self).bigEndian
      guard Deflate.crc32(expanded) == stored else {
        throw .malformed(offset: body.count, reason: "a snappy block's checksum does not match")
      }
      return expanded
    case .zstandard: return try Zstandard.expand(block, limit: Self.longestBlock)
    }
  }

  func compress(_ block: [UInt8]) throws(AlertsError) -> [UInt8] {
    switch self {
    case .null: return block
    case .deflate: return try Deflate.deflate(block)
    case .snappy:
      var output = Snappy.store(block)
      Swift.withUnsafeBytes(of: Deflate.crc32(block).bigEndian) { output += $0 }
      return output
    case .zstandard: return try Zstandard.compress(block)
    }
  }
}
