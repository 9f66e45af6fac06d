/// One row of a table of text, cut into fields. Reused from row to row.
///
/// Quoting is that of RFC 4180: a field may stand in double quotes, a quote in it is doubled. A
/// quoted field may not run over the end of its line. Blanks around a field are not part of it.
final class TextRow {
  /// The bytes that the fields point into: the line, or a copy where quotes were taken out.
  private(set) var bytes = Bytes(start: nil, count: 0)
  private(set) var fields: [Range<Int>] = []
  /// Where fields go when quotes are taken out of them.
  private var scratch = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 4096)

  deinit { scratch.deallocate() }

  var count: Int { fields.count }

  /// The bytes of a field; valid while the line is and until the next ``split``.
  subscript(index: Int) -> Bytes { Bytes(rebasing: bytes[fields[index]]) }

  /// - Returns: false when a quoted field does not end.
  func split(_ line: Bytes, delimiter: UInt8) -> Bool {
    fields.removeAll(keepingCapacity: true)
    bytes = line
    var start = 0
    var i = 0
    let count = line.count
    while i < count {
      let c = line[i]
      if c == delimiter {
        fields.append(trimmed(start..<i))
        start = i + 1
      } else if c == 0x22 && delimiter == 0x2C {
        return splitQuoted(line, delimiter: delimiter)
      }
      i += 1
    }
    fields.append(trimmed(start..<count))
    return true
  }

  /// Takes fields that were found in another way (XML): `ranges` into `bytes`.
  func set(_ bytes: Bytes, ranges: [Range<Int>]) {
    self.bytes = bytes
    fields = ranges
    for i in fields.indices { fields[i] = trimmed(fields[i]) }
  }

  private func trimmed(_ range: Range<Int>) -> Range<Int> {
    var low = range.lowerBound
    var high = range.upperBound
    while low < high && bytes[low] <= 0x20 { low += 1 }
    while high > low && bytes[high - 1] <= 0x20 { high -= 1 }
    return low..<high
  }

  private func splitQuoted(_ line: Bytes, delimiter: UInt8) -> Bool {
    if scratch.count < line.count {
      scratch.deallocate()
      scratch = .allocate(capacity: line.count * 2)
    }
    var ranges: [Range<Int>] = []
    var start = 0
    var end = 0
    var quoted = false
    var i = 0
    while i < line.count {
      let c = line[i]
      if c == 0x22 && quoted && i + 1 < line.count && line[i + 1] == 0x22 {
        scratch[end] = c
        end += 1
        i += 1
      } else if c == 0x22 {
        quoted.toggle()
      } else if c == delimiter && !quoted {
        ranges.append(start..<end)
        start = end
      } else {
        scratch[end] = c
        end += 1
      }
      i += 1
    }
    ranges.append(start..<end)
    set(Bytes(rebasing: scratch[..<end]), ranges: ranges)
    return !quoted
  }
}
