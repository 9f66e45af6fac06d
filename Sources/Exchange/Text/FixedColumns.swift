extension UnsafeBufferPointer<UInt8> {
  /// Columns `first` to `last` of a line, from 1 as descriptions of formats count them; blanks
  /// around taken off, columns that the line has not are empty.
  func columns(_ first: Int, _ last: Int) -> Bytes {
    var low = Swift.min(first - 1, count)
    var high = Swift.min(last, count)
    while low < high && self[low] == 0x20 { low += 1 }
    while high > low && self[high - 1] == 0x20 { high -= 1 }
    return Bytes(rebasing: self[low..<Swift.max(low, high)])
  }
}
