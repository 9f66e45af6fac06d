/// How many tables a filter's text stands for when every name that it gives to a SELECT (`WITH a AS …`)
/// is written out where it is used: a view of two views of two views … doubles with each word.
///
/// SQLite writes them out before it asks or looks at any clock, so the text itself is looked at. The count
/// is an upper bound: a column that is called like a table counts too.
enum FilterReach {
  /// More than any question to a visit needs.
  static let most = 32

  private enum Token: Equatable {
    case word(String)
    case open, close
    case other
  }

  /// - Returns: at most ``most`` + 1.
  static func count(_ text: String) -> Int {
    let tokens = tokens(Array(text.utf8))
    var bodies: [String: [Range<Int>]] = [:]
    for index in tokens.indices {
      guard case .word(let name) = tokens[index], let body = body(tokens, after: index) else {
        continue
      }
      bodies[name, default: []].append(body)
    }
    var known: [String: Int] = [:]
    func weight(_ range: Range<Int>, _ depth: Int) -> Int {
      var sum = 0
      for index in range {
        guard sum <= most, case .word(let name) = tokens[index] else { continue }
        if VisitTable.names.contains(name) { sum += 1 }
        // Where a name is given it stands for nothing.
        guard let ranges = bodies[name], body(tokens, after: index) == nil else { continue }
        sum += known[name] ?? weight(name, ranges, depth)
      }
      return min(sum, most + 1)
    }
    func weight(_ name: String, _ ranges: [Range<Int>], _ depth: Int) -> Int {
      // A name that stands for itself is recursion, which is refused anyway.
      guard depth < 40 else { return most + 1 }
      known[name] = 0
      let value = min(most + 1, ranges.reduce(0) { max($0, weight($1, depth + 1)) } + 1)
      known[name] = value
      return value
    }
    return weight(tokens.indices, 0)
  }

  /// What a name is given to: what stands in brackets after `name AS (`, `name (columns) AS (`, with
  /// MATERIALIZED or NOT MATERIALIZED before the bracket.
  private static func body(_ tokens: [Token], after index: Int) -> Range<Int>? {
    var at = index + 1
    if at < tokens.count, tokens[at] == .open {
      guard let end = closing(tokens, at) else { return nil }
      at = end + 1
    }
    guard at < tokens.count, tokens[at] == .word("as") else { return nil }
    at += 1
    while at < tokens.count, tokens[at] == .word("not") || tokens[at] == .word("materialized") {
      at += 1
    }
    guard at < tokens.count, tokens[at] == .open else { return nil }
    return (at + 1)..<(closing(tokens, at) ?? tokens.count)
  }

  private static func closing(_ tokens: [Token], _ start: Int) -> Int? {
    var depth = 0
    for index in start..<tokens.count {
      if tokens[index] == .open { depth += 1 }
      if tokens[index] == .close { depth -= 1 }
      if depth == 0 { return index }
    }
    return nil
  }

  /// As SQLite takes a text apart, as far as it matters here.
  private static func tokens(_ bytes: [UInt8]) -> [Token] {
    var tokens: [Token] = []
    var at = 0
    func isWord(_ byte: UInt8) -> Bool {
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || byte == 0x5F || byte == 0x24 || byte >= 0x80
    }
    while at < bytes.count {
      let byte = bytes[at]
      let next = at + 1 < bytes.count ? bytes[at + 1] : 0
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0C, 0x0D: at += 1
      case 0x2D where next == 0x2D:
        while at < bytes.count, bytes[at] != 0x0A { at += 1 }
      case 0x2F where next == 0x2A:
        at += 2
        while at < bytes.count, !(bytes[at] == 0x2F && bytes[at - 1] == 0x2A) { at += 1 }
        at += 1
      case 0x22, 0x27, 0x60, 0x5B:
        let (name, end) = quoted(bytes, at)
        tokens.append(.word(name))
        at = end
      case 0x28, 0x29:
        tokens.append(byte == 0x28 ? .open : .close)
        at += 1
      case _ where isWord(byte):
        let start = at
        while at < bytes.count, isWord(bytes[at]) { at += 1 }
        tokens.append(.word(String(decoding: bytes[start..<at], as: UTF8.self).lowercased()))
      default:
        tokens.append(.other)
        at += 1
      }
    }
    return tokens
  }

  /// A name (or text) in quotes or square brackets, and where it ends.
  private static func quoted(_ bytes: [UInt8], _ start: Int) -> (String, end: Int) {
    let quote = bytes[start] == 0x5B ? 0x5D : bytes[start]
    var name: [UInt8] = []
    var at = start + 1
    while at < bytes.count {
      if bytes[at] == quote {
        guard quote != 0x5D, at + 1 < bytes.count, bytes[at + 1] == quote else { break }
        at += 1
      }
      name.append(bytes[at])
      at += 1
    }
    return (String(decoding: name, as: UTF8.self).lowercased(), at + 1)
  }
}
