import Foundation

/// Makes odd kernels from good ones.
enum SPKEditing {
  /// Byte offset of the first summary record.
  static func summaryRecord(_ data: Data) -> Int { (Int(int(data, 76)) - 1) * 1024 }

  static func int(_ data: Data, _ offset: Int) -> Int32 {
    data.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Int32.self) }
  }

  static func double(_ data: Data, _ offset: Int) -> Double {
    data.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Double.self) }
  }

  static func set<T>(_ data: inout Data, _ offset: Int, _ value: T) {
    withUnsafeBytes(of: value) { data.replaceSubrange(offset..<offset + $0.count, with: $0) }
  }

  /// A kernel whose segments claim to cover no more than a span [s past J2000 TDB].
  static func narrowed(_ data: Data, to span: ClosedRange<Double>) -> Data {
    var result = data
    let start = summaryRecord(data)
    for index in 0..<Int(double(data, start + 16)) {
      let summary = start + 24 + index * 40
      set(&result, summary, max(double(data, summary), span.lowerBound))
      set(&result, summary + 8, min(double(data, summary + 8), span.upperBound))
    }
    return result
  }
}
