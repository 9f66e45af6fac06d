package import Foundation

/// Values one after the other as they lie in memory: written and read by the same program.
package struct PieceWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func put<Value: BitwiseCopyable>(_ value: Value) {
    unsafe withUnsafeBytes(of: value) { unsafe bytes.append(contentsOf: $0) }
  }

  package mutating func put<Value: BitwiseCopyable>(all values: [Value]) {
    put(values.count)
    unsafe values.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
  }

  package mutating func put(_ text: String) { put(all: Array(text.utf8)) }
}

/// Reads what ``PieceWriter`` wrote.
package struct PieceReader {
  private let bytes: Data
  private var place: Int

  /// - Parameter bytes: may be a mapped file; what is read is copied.
  package init(_ bytes: Data) {
    self.bytes = bytes
    place = bytes.startIndex
  }

  package var isAtEnd: Bool { place == bytes.endIndex }
  private var rest: Int { bytes.endIndex - place }

  /// - Throws: ``PieceError/truncated`` when the bytes end before.
  package mutating func get<Value: BitwiseCopyable>(
    _ type: Value.Type = Value.self
  ) throws(PieceError) -> Value {
    let size = MemoryLayout<Value>.size
    guard rest >= size else { throw .truncated }
    let start = place - bytes.startIndex
    place += size
    return unsafe bytes.withUnsafeBytes {
      unsafe $0.loadUnaligned(fromByteOffset: start, as: Value.self)
    }
  }

  package mutating func getAll<Value: BitwiseCopyable>(
    _ type: Value.Type = Value.self
  ) throws(PieceError) -> [Value] {
    let count = try get(Int.self)
    let stride = MemoryLayout<Value>.stride
    guard count >= 0, count <= rest / stride else { throw .truncated }
    let start = place - bytes.startIndex
    place += count * stride
    return unsafe [Value](unsafeUninitializedCapacity: count) { room, filled in
      unsafe bytes.withUnsafeBytes { source in
        unsafe UnsafeMutableRawBufferPointer(room).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: source[start..<start + count * stride]))
      }
      filled = count
    }
  }

  package mutating func getText() throws(PieceError) -> String {
    String(decoding: try getAll(UInt8.self), as: UTF8.self)
  }
}

/// Bytes that are not what they should be: kept and checked bytes never are.
package enum PieceError: Error, Equatable, CustomStringConvertible {
  case truncated
  case surplus

  package var description: String {
    switch self {
    case .truncated: "ends too early"
    case .surplus: "goes on after its end"
    }
  }
}
