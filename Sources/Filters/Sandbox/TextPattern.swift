/// A pattern of LIKE or GLOB, and whether a text has its form: as SQLite's, but in a time that grows with
/// the text's length times the pattern's, whatever they are. Only the last `%` is ever tried again: what
/// stands between two of them is found where it comes first.
struct TextPattern {
  typealias Bytes = UnsafeBufferPointer<UInt8>

  enum Kind {
    /// `%`, `_`; letters of ASCII are alike, large or small.
    case like(escape: Bytes?)
    /// `*`, `?`, `[…]`.
    case glob
  }

  private let bytes: Bytes
  private let all: UInt8
  private let one: UInt8
  private let escape: Bytes?
  private let isGlob: Bool

  init(_ bytes: Bytes, _ kind: Kind) {
    self.bytes = bytes
    switch kind {
    case .like(let escape):
      (all, one, isGlob) = (UInt8(ascii: "%"), UInt8(ascii: "_"), false)
      self.escape = escape
    case .glob:
      (all, one, isGlob) = (UInt8(ascii: "*"), UInt8(ascii: "?"), true)
      escape = nil
    }
  }

  func matches(_ text: Bytes) -> Bool {
    var (at, place) = (0, 0)
    // After the last % , and the place in the text that its tail is tried from.
    var retry: (at: Int, place: Int)?
    while true {
      if at < bytes.count, bytes[at] == all, !isEscape(at) {
        at += 1
        retry = (at, place)
        continue
      }
      if at == bytes.count, place == text.count { return true }
      if at < bytes.count, let next = step(at, text, place) {
        (at, place) = next
        continue
      }
      guard let last = retry, last.place < text.count else { return false }
      place = min(text.count, last.place + TextFunctions.width(text[last.place]))
      at = last.at
      retry = (at, place)
    }
  }

  private func isEscape(_ at: Int) -> Bool {
    guard let escape, at + escape.count <= bytes.count else { return false }
    return escape.indices.allSatisfy { bytes[at + $0] == escape[$0] }
  }

  /// Past one character of the pattern and of the text; nil: they differ.
  private func step(_ at: Int, _ text: Bytes, _ place: Int) -> (at: Int, place: Int)? {
    if isEscape(at) {
      let literal = at + (escape?.count ?? 0)
      // The escape at the pattern's end matches nothing.
      guard literal < bytes.count else { return nil }
      return same(literal, text, place)
    }
    guard place < text.count else { return nil }
    if bytes[at] == one {
      return (at + 1, min(text.count, place + TextFunctions.width(text[place])))
    }
    if isGlob, bytes[at] == UInt8(ascii: "[") { return set(at + 1, text, place) }
    return same(at, text, place)
  }

  /// One character, byte by byte.
  private func same(_ at: Int, _ text: Bytes, _ place: Int) -> (at: Int, place: Int)? {
    let count = min(TextFunctions.width(bytes[at]), bytes.count - at)
    guard place + count <= text.count else { return nil }
    for index in 0..<count {
      let (a, b) = (bytes[at + index], text[place + index])
      guard a == b || !isGlob && Self.small(a) == Self.small(b) else { return nil }
    }
    return (at + count, place + count)
  }

  private static func small(_ byte: UInt8) -> UInt8 {
    (0x41...0x5A).contains(byte) ? byte + 0x20 : byte
  }

  /// `[abc]`, `[a-c]`, `[^a]`, `[]]`.
  private func set(_ start: Int, _ text: Bytes, _ place: Int) -> (at: Int, place: Int)? {
    var at = start
    func next() -> UInt32? {
      guard at < bytes.count else { return nil }
      return Self.character(bytes, &at)
    }
    var after = place
    let character = Self.character(text, &after)
    var (seen, isInverted) = (false, false)
    var before: UInt32?
    var member = next()
    if member == 0x5E {
      isInverted = true
      member = next()
    }
    if member == 0x5D {
      seen = character == 0x5D
      member = next()
    }
    while let value = member, value != 0x5D {
      if value == 0x2D, at < bytes.count, bytes[at] != 0x5D, let low = before {
        let high = next() ?? 0
        if (low...max(low, high)).contains(character), character <= high { seen = true }
        before = nil
      } else {
        if character == value { seen = true }
        before = value
      }
      member = next()
    }
    guard member != nil, seen != isInverted else { return nil }
    return (at, after)
  }

  /// The number of the character at a place, and past it.
  private static func character(_ bytes: Bytes, _ at: inout Int) -> UInt32 {
    let first = bytes[at]
    let end = min(bytes.count, at + TextFunctions.width(first))
    var value = first < 0xC0 ? UInt32(first) : UInt32(first) & (0x7F >> UInt32(end - at))
    at += 1
    while at < end {
      value = value << 6 | UInt32(bytes[at] & 0x3F)
      at += 1
    }
    return value
  }
}
