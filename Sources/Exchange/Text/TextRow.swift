/// One row of a table of text, cut into fields. Reused from row to row.
///
/// Quoting is that of RFC 4180: a field may stand in double quotes, a quote in it is doubled. A
/// quoted field may not run over the end of its line. Blanks around a field are not part of it.
final class TextRow {
  /// The bytes that the fields point into: the line, or a copy where quotes were taken out.
  private(set) var bytes = Bytes(start: nil, count: 0)
  private(set) var count = 0
  /// First byte of each field, and the one after its last.
  private var bounds = UnsafeMutableBufferPointer<Range<Int>>.allocate(capacity: 256)
  /// Where fields go when quotes are taken out of them.
  private var scratch = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 4096)

  init() { bounds.initialize(repeating: 0..<0) }

  deinit {
    bounds.deallocate()
    scratch.deallocate()
  }

  /// The bytes of a field; valid while the line is and until the next ``split(_:delimiter:)``.
  subscript(index: Int) -> Bytes {
    precondition(index >= 0 && index < count)
    return Bytes(rebasing: bytes[bounds[index]])
  }

  /// - Returns: false when a quoted field does not end.
  func split(_ line: Bytes, delimiter: UInt8) -> Bool {
    var bounds = bounds
    var found = 0
    var start = 0
    var i = 0
    while i < line.count {
      let c = line[i]
      if c == delimiter {
        bounds[found] = Self.trimmed(line, start, i)
        found += 1
        start = i + 1
        if found == bounds.count { bounds = grow(to: 2 * found) }
      } else if c == 0x22 && delimiter == 0x2C {
        return splitQuoted(line, delimiter: delimiter)
      }
      i += 1
    }
    bounds[found] = Self.trimmed(line, start, line.count)
    bytes = line
    count = found + 1
    return true
  }

  /// Takes fields that were found in another way (XML): `ranges` into `bytes`.
  func set(_ bytes: Bytes, ranges: [Range<Int>]) {
    if ranges.count > bounds.count { grow(to: 2 * ranges.count) }
    self.bytes = bytes
    count = ranges.count
    for (i, range) in ranges.enumerated() {
      bounds[i] = Self.trimmed(bytes, range.lowerBound, range.upperBound)
    }
  }

  @discardableResult
  private func grow(to capacity: Int) -> UnsafeMutableBufferPointer<Range<Int>> {
    let larger = UnsafeMutableBufferPointer<Range<Int>>.allocate(capacity: capacity)
    _ = larger.initialize(from: bounds)
    bounds.deallocate()
    bounds = larger
    return larger
  }

  private static func trimmed(_ bytes: Bytes, _ first: Int, _ end: Int) -> Range<Int> {
    var low = first
    var high = end
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
