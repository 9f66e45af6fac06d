/// The different values of a column, when they are few.
struct ParquetDictionary {
  /// The values, PLAIN.
  private(set) var plain: [UInt8] = []
  private(set) var count = 0
  /// Of each value that is not null.
  private(set) var indices: [UInt32] = []

  /// - Returns: nil when the values hardly repeat: it gives up once a tenth of what was seen (and
  ///   more than 256) were different.
  init?(_ values: ColumnValues) {
    if values.kind == .boolean || values.nullCount == values.count { return nil }
    indices.reserveCapacity(values.count - values.nullCount)
    let done =
      switch values.kind {
      case .text, .bytes: gather(values) { values.text($0) }
      case .float64: gather(values) { values.doubles[$0].bitPattern }
      case .boolean, .int16, .int32, .int64: gather(values) { values.integers[$0] }
      }
    guard done else { return nil }
  }

  private mutating func gather<Key: Hashable>(
    _ values: ColumnValues, _ key: (Int) -> Key
  ) -> Bool {
    var known: [Key: UInt32] = [:]
    for i in 0..<values.count where values.present[i] {
      let key = key(i)
      if let index = known[key] {
        indices.append(index)
        continue
      }
      guard known.count <= 256 + i / 10 else { return false }
      indices.append(UInt32(known.count))
      known[key] = UInt32(known.count)
      ParquetColumnChunk.addPlain(values, i, to: &plain)
    }
    count = known.count
    return true
  }
}
