/// Whether a text can be put between parentheses without reaching out of them: so that what a
/// stranger writes stays one expression of our statement, about the row in hand.
enum SQLExpression {
  /// What is wrong; nil when it is closed in itself.
  static func fault(of text: String) -> String? {
    var depth = 0
    var quote: UInt8?
    var word: [UInt8] = []
    let bytes = Array(text.utf8)
    for (index, byte) in bytes.enumerated() {
      if quote == nil, isOfWord(byte) {
        word.append(byte)
        continue
      }
      if let fault = fault(ofWord: word) { return fault }
      word = []
      if let open = quote {
        // A doubled quote closes and opens again, which is the same.
        if byte == open { quote = nil }
        continue
      }
      let next = index + 1 < bytes.count ? bytes[index + 1] : 0
      switch byte {
      case 0x27, 0x22, 0x60: quote = byte
      case 0x5B: quote = 0x5D
      case 0x28: depth += 1
      case 0x29:
        depth -= 1
        if depth < 0 { return "a parenthesis closes that was not opened" }
      case 0x3B: return "it has a semicolon; give one expression"
      case 0x2D where next == 0x2D: return "it has a comment (--)"
      case 0x2F where next == 0x2A: return "it has a comment (/*)"
      case 0: return "it has a zero byte"
      default: break
      }
    }
    if let fault = fault(ofWord: word) { return fault }
    if quote != nil { return "a quote is not closed" }
    return depth == 0 ? nil : "a parenthesis is not closed"
  }

  private static func isOfWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x24, 0x80...: true
    default: false
    }
  }

  /// Queries inside of the expression would read other rows and tables, and names for them (WITH)
  /// double what SQLite compiles with each line, before any clock or limit is looked at.
  private static func fault(ofWord word: [UInt8]) -> String? {
    guard !word.isEmpty else { return nil }
    let text = String(decoding: word, as: UTF8.self).uppercased()
    guard ["SELECT", "WITH", "VALUES"].contains(text) else { return nil }
    return "it has \(text): give one expression on the row's own columns"
  }
}
