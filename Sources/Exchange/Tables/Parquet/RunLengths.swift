/// Parquet's hybrid of run lengths and packed bits, for definition levels and dictionary indices.
/// https://parquet.apache.org/docs/file-format/data-pages/encodings/
enum RunLengths {
  /// - Parameters:
  ///   - values: each below 2^width.
  ///   - width: bits, 1…32.
  static func encode(_ values: [UInt32], width: Int, into out: inout [UInt8]) {
    var literals = 0
    var i = 0
    while i < values.count {
      var end = i + 1
      while end < values.count && values[end] == values[i] { end += 1 }
      // Packed bits come in groups of eight: a run gives the group before it what it lacks.
      let borrowed = (8 - (i - literals) % 8) % 8
      if end - i - borrowed >= 8 {
        pack(values[literals..<i + borrowed], width, into: &out)
        Varint.add(UInt64(end - i - borrowed) << 1, to: &out)
        for byte in 0..<(width + 7) / 8 {
          out.append(UInt8(truncatingIfNeeded: values[i] >> UInt32(8 * byte)))
        }
        literals = end
      }
      i = end
    }
    pack(values[literals...], width, into: &out)
  }

  /// One run of packed bits, the last group filled up with zeros.
  private static func pack(_ values: ArraySlice<UInt32>, _ width: Int, into out: inout [UInt8]) {
    if values.isEmpty { return }
    let groups = (values.count + 7) / 8
    Varint.add(UInt64(groups) << 1 | 1, to: &out)
    let end = out.count + groups * width
    var pending: UInt64 = 0
    var bits = 0
    for value in values {
      pending |= UInt64(value) << UInt64(bits)
      bits += width
      while bits >= 8 {
        out.append(UInt8(truncatingIfNeeded: pending))
        pending >>= 8
        bits -= 8
      }
    }
    if bits > 0 { out.append(UInt8(truncatingIfNeeded: pending)) }
    out.append(contentsOf: repeatElement(0, count: end - out.count))
  }
}
