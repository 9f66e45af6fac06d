package import Foundation

/// What can be kept in a file between stages, or be the outcome of a piece of one.
package protocol PieceRecord: Sendable {
  func write(to writer: inout PieceWriter)
  init(from reader: inout PieceReader) throws(PieceError)
}

extension PieceRecord {
  package var pieceBytes: [UInt8] {
    var writer = PieceWriter()
    write(to: &writer)
    return writer.bytes
  }

  package init(pieceBytes: Data) throws(PieceError) {
    var reader = PieceReader(pieceBytes)
    try self.init(from: &reader)
    guard reader.isAtEnd else { throw .surplus }
  }
}

extension Array: PieceRecord where Element: PieceRecord {
  package func write(to writer: inout PieceWriter) {
    writer.put(count)
    for element in self { element.write(to: &writer) }
  }

  package init(from reader: inout PieceReader) throws(PieceError) {
    let count = try reader.get(Int.self)
    guard count >= 0 else { throw .truncated }
    self.init()
    for _ in 0..<count { append(try Element(from: &reader)) }
  }
}

extension Optional: PieceRecord where Wrapped: PieceRecord {
  package func write(to writer: inout PieceWriter) {
    writer.put(self != nil)
    self?.write(to: &writer)
  }

  package init(from reader: inout PieceReader) throws(PieceError) {
    self = try reader.get(Bool.self) ? try Wrapped(from: &reader) : nil
  }
}
