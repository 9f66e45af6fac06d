/// Reads the numbers of a text table fast: the Earth-orientation table has 60,000 of them, and every
/// run of the program begins with it.
struct TableScanner {
  private let bytes: [UInt8]
  private var next = 0
  /// Number of the current line, from 1, and where it begins.
  private(set) var line = 0
  private var lineStart = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  /// Goes to the next line that is neither empty nor a comment (`#`); false at the end.
  mutating func nextLine() -> Bool {
    if line > 0 { skipLine() }
    while next < bytes.count {
      line += 1
      lineStart = next
      if bytes[next] != UInt8(ascii: "#"), !isEnd(bytes[next]) { return true }
      skipLine()
    }
    return false
  }

  /// The current line, for messages.
  var lineText: String {
    String(decoding: bytes[lineStart...].prefix { !isEnd($0) }, as: UTF8.self)
  }

  /// The next number of this line: an optional sign, digits, an optional point with digits. Nil for
  /// anything else. Correctly rounded, as both its digits and the power of ten are exact.
  mutating func decimal() -> Double? {
    skipBlanks()
    var negative = false
    if next < bytes.count, bytes[next] == UInt8(ascii: "-") {
      negative = true
      next += 1
    }
    var digits: Int64 = 0
    var count = 0
    var scale = 1.0
    var afterPoint = false
    while next < bytes.count {
      let byte = bytes[next]
      if byte >= 0x30, byte <= 0x39, count < 15 {
        digits = digits * 10 + Int64(byte - 0x30)
        count += 1
        if afterPoint { scale *= 10 }
      } else if byte == UInt8(ascii: "."), !afterPoint {
        afterPoint = true
      } else {
        break
      }
      next += 1
    }
    guard count > 0, next == bytes.count || isBlank(bytes[next]) || isEnd(bytes[next]) else {
      return nil
    }
    return (negative ? -Double(digits) : Double(digits)) / scale
  }

  /// The next character that is no blank, nil at the end of the line.
  mutating func character() -> UInt8? {
    skipBlanks()
    guard next < bytes.count, !isEnd(bytes[next]) else { return nil }
    next += 1
    return bytes[next - 1]
  }

  private mutating func skipBlanks() {
    while next < bytes.count, isBlank(bytes[next]) { next += 1 }
  }

  private mutating func skipLine() {
    while next < bytes.count, bytes[next] != 0x0A { next += 1 }
    next += 1
  }

  private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
  private func isEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
}
