import Foundation

/// Whole lines of a text file, with their ends, copied out of it: work for any core.
struct LineBlock: Sendable {
  let bytes: [UInt8]
  /// Number of the first line in the file, from 1.
  let firstLine: Int

  /// Calls `body` with each line, without its end (LF or CR LF), and its number in the file.
  func forEachLine(_ body: (Bytes, Int) -> Void) {
    bytes.withUnsafeBufferPointer { all in
      var number = firstLine
      var start = 0
      while start < all.count, let base = all.baseAddress {
        var stop = all.count
        if let found = memchr(base + start, 0x0A, all.count - start) {
          stop = UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }
        let isReturn = stop > start && all[stop - 1] == 0x0D
        body(Bytes(rebasing: all[start..<(isReturn ? stop - 1 : stop)]), number)
        number += 1
        start = stop + 1
      }
    }
  }

  /// The text of a line; for messages.
  func text(ofLine wanted: Int) -> String {
    var text = ""
    forEachLine { line, number in
      if number == wanted { text = FieldText.string(line) }
    }
    return text
  }
}
