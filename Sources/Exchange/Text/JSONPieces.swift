/// Whole values of a JSON file, copied out of it: work for any core.
struct JSONBlock: Sendable {
  let bytes: [UInt8]
  /// Where each value is, its line in the file, from 1, and its index in a list.
  let values: [(range: Range<Int>, line: Int, index: Int?)]
}

/// Cuts JSON into the values that stand at its top: the elements of one list, or values one after the
/// other, as JSON lines (https://jsonlines.org) have them. The memory is that of some values.
///
/// It only finds where values end; whether each is well-formed is seen when it is parsed.
struct JSONPieces {
  private let reader: LineReader
  private var isStarted = false
  private var isList = false
  private var isListOver = false
  private var line = 1
  private var index = 0

  init(_ reader: LineReader) { self.reader = reader }

  /// The next values, about ``LineReader/blockSize`` bytes of them; nil at the end.
  ///
  /// - Throws: ``ExchangeError/malformed(file:line:reason:)`` where the file ends within a value or a
  ///   list, or goes on after a list.
  mutating func next() throws(ExchangeError) -> JSONBlock? {
    var bytes: [UInt8] = []
    var values: [(range: Range<Int>, line: Int, index: Int?)] = []
    while bytes.count < LineReader.blockSize {
      guard try skipToValue() else { break }
      let first = line
      let length = try valueLength()
      let value = Bytes(rebasing: reader.head[..<length])
      for byte in value where byte == 0x0A { line += 1 }
      let start = bytes.count
      bytes.append(contentsOf: value)
      reader.skip(length)
      values.append((start..<bytes.count, first, isList ? index : nil))
      index += 1
    }
    return values.isEmpty ? nil : JSONBlock(bytes: bytes, values: values)
  }

  /// Goes to the first byte of the next value.
  ///
  /// - Returns: false at the end.
  private mutating func skipToValue() throws(ExchangeError) -> Bool {
    while true {
      let head = reader.head
      var at = 0
      defer { reader.skip(at) }
      while at < head.count {
        switch head[at] {
        case 0x0A:
          line += 1
          at += 1
        case 0x20, 0x09, 0x0D: at += 1
        case _ where isListOver: throw malformed("something follows the list")
        case 0x5B where !isStarted:  // [
          isStarted = true
          isList = true
          at += 1
        case 0x2C where isList && index > 0: at += 1  // ,
        case 0x5D where isList:  // ]
          isListOver = true
          at += 1
        default:
          isStarted = true
          return true
        }
      }
      guard try reader.readMore(keeping: 0) else {
        if isList && !isListOver { throw malformed("not well-formed JSON; is the file complete?") }
        return false
      }
    }
  }

  /// The bytes of the value that the reader stands at, which are then in its buffer.
  private mutating func valueLength() throws(ExchangeError) -> Int {
    var at = 0
    var depth = 0
    var isString = false
    var isEscaped = false
    while true {
      let head = reader.head
      while at < head.count {
        let byte = head[at]
        if isString {
          if isEscaped {
            isEscaped = false
          } else if byte == 0x5C {
            isEscaped = true
          } else if byte == 0x22 {
            isString = false
            if depth == 0 { return at + 1 }
          }
        } else {
          switch byte {
          case 0x22: isString = true
          case 0x7B, 0x5B: depth += 1
          case 0x7D, 0x5D:
            if depth == 0 { return max(1, at) }
            depth -= 1
            if depth == 0 { return at + 1 }
          case 0x2C, 0x20, 0x09, 0x0A, 0x0D: if depth == 0 { return max(1, at) }
          default: break
          }
        }
        at += 1
      }
      guard try reader.readMore(keeping: at) else {
        if depth == 0, !isString { return at }
        throw malformed("not well-formed JSON; is the file complete?")
      }
    }
  }

  private func malformed(_ reason: String) -> ExchangeError {
    .malformed(file: reader.file, line: line, reason: reason)
  }
}
