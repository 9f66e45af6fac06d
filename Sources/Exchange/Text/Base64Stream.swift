/// Base64 (RFC 4648) of bytes that come piece by piece, in lines of 76 characters.
struct Base64Stream {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let bytesALine = 57
  /// What did not fill a line yet.
  private var rest: [UInt8] = []

  mutating func add(_ bytes: [UInt8], to out: inout [UInt8]) {
    rest += bytes
    var start = 0
    while rest.count - start >= Self.bytesALine {
      Self.encode(rest[start..<start + Self.bytesALine], to: &out)
      out.append(0x0A)
      start += Self.bytesALine
    }
    rest.removeFirst(start)
  }

  mutating func end(into out: inout [UInt8]) {
    guard !rest.isEmpty else { return }
    Self.encode(rest[...], to: &out)
    out.append(0x0A)
    rest = []
  }

  private static func encode(_ bytes: ArraySlice<UInt8>, to out: inout [UInt8]) {
    var i = bytes.startIndex
    while i < bytes.endIndex {
      let left = bytes.endIndex - i
      let group =
        UInt32(bytes[i]) << 16 | (left > 1 ? UInt32(bytes[i + 1]) << 8 : 0)
        | (left > 2 ? UInt32(bytes[i + 2]) : 0)
      out.append(alphabet[Int(group >> 18)])
      out.append(alphabet[Int(group >> 12 & 63)])
      out.append(left > 1 ? alphabet[Int(group >> 6 & 63)] : 0x3D)
      out.append(left > 2 ? alphabet[Int(group & 63)] : 0x3D)
      i += 3
    }
  }
}
