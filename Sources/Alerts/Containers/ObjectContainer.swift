import Foundation

/// An Avro object container file, opened: its header and where its blocks lie.
public struct ObjectContainer: Sendable {
  static let magic: [UInt8] = [0x4f, 0x62, 0x6a, 0x01]

  public let schema: AvroSchema
  public let codec: AvroCodec
  /// All header entries, in order, as they stood.
  public let metadata: [AvroEntry]
  public let sync: [UInt8]
  /// Where the blocks begin.
  public let headerLength: Int

  /// One block.
  struct Block: Sendable {
    /// Of the block's head.
    var offset: Int
    /// Of the (compressed) records.
    var payload: Range<Int>
    var count: Int
  }

  /// A place where a file stops making sense.
  struct Fault: Sendable {
    var offset: Int
    var reason: String
  }

  private static let headerSchema = """
    {"type":"record","name":"header","fields":[{"name":"magic","type":{"type":"fixed",\
    "name":"magic","size":4}},{"name":"meta","type":{"type":"map","values":"bytes"}},\
    {"name":"sync","type":{"type":"fixed","name":"sync","size":16}}]}
    """

  static func hasMagic(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count >= 4 && bytes[0..<4].elementsEqual(magic)
  }

  /// Reads the header.
  ///
  /// - Throws: ``AlertsError`` when it isn't one, or has a codec that is not known here.
  init(_ bytes: UnsafeRawBufferPointer, file: String) throws(AlertsError) {
    guard Self.hasMagic(bytes) else {
      throw .file(file, reason: "is not an Avro object container: it doesn't begin with Obj 1")
    }
    let decoder = AvroDecoder(schema: try AvroSchema(json: Self.headerSchema))
    let header = try decoder.decode(bytes, at: 0)
    guard case .map(let metadata)? = header.value["meta"],
      let sync = header.value["sync"]?.octets
    else { throw .file(file, reason: "has no container header") }
    func text(_ key: String) -> String? {
      metadata.first { $0.key == key }?.value.octets.map { String(decoding: $0, as: UTF8.self) }
    }
    guard let json = text("avro.schema") else {
      throw .file(file, reason: "has a header without avro.schema")
    }
    let codecName = text("avro.codec") ?? "null"
    guard let codec = AvroCodec(rawValue: codecName) else {
      let known = AvroCodec.allCases.map(\.rawValue).joined(separator: ", ")
      throw .file(
        file, reason: "is compressed with '\(codecName)'; rewrite it with one of \(known)")
    }
    schema = try AvroSchema(json: json, source: file)
    self.codec = codec
    self.metadata = metadata
    self.sync = sync
    headerLength = header.end
  }

  /// Finds all blocks. After a damaged one the next sync marker is looked for, so that one bad
  /// place doesn't lose the rest of the file.
  func blocks(
    _ bytes: UnsafeRawBufferPointer, of mapping: FileMapping? = nil
  ) -> (blocks: [Block], faults: [Fault]) {
    var sweep = PageSweep(mapping)
    var blocks: [Block] = []
    var faults: [Fault] = []
    var at = headerLength
    while at < bytes.count {
      sweep.pass(at)
      do throws(AlertsError) {
        let block = try block(bytes, at: at)
        blocks.append(block)
        at = block.payload.upperBound + 16
      } catch {
        if case .malformed(let offset, let reason) = error {
          faults.append(Fault(offset: offset, reason: reason))
        }
        guard let next = afterSync(bytes, from: at) else { break }
        at = next
      }
    }
    return (blocks, faults)
  }

  private func block(
    _ bytes: UnsafeRawBufferPointer, at offset: Int
  ) throws(AlertsError) -> Block {
    guard var cursor = AvroCursor(bytes, at: offset) else {
      throw .malformed(offset: offset, reason: "no data")
    }
    let count: Int64
    let size: Int64
    do throws(AvroFault) {
      count = try cursor.long()
      size = try cursor.long()
    } catch {
      throw .malformed(offset: offset, reason: "a block's head is damaged or cut short")
    }
    guard count >= 0, size >= 0, count <= Int64(Int32.max) else {
      throw .malformed(
        offset: offset, reason: "a block claims \(count) records in \(size) bytes")
    }
    guard size <= Int64(cursor.remaining) - 16 else {
      throw .malformed(
        offset: offset,
        reason: "the file is cut short: a block of \(size) bytes and its sync marker should "
          + "follow, \(cursor.remaining) bytes do; fetch the file again")
    }
    let payload = cursor.offset..<(cursor.offset + Int(size))
    guard bytes[payload.upperBound..<(payload.upperBound + 16)].elementsEqual(sync) else {
      throw .malformed(
        offset: payload.upperBound,
        reason: "a block does not end in the file's sync marker; the file is damaged")
    }
    return Block(offset: offset, payload: payload, count: Int(count))
  }

  private func afterSync(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard bytes.count - start >= 16 else { return nil }
    let first = sync[0]
    var at = start
    while at <= bytes.count - 16 {
      if bytes[at] == first, bytes[at..<(at + 16)].elementsEqual(sync) { return at + 16 }
      at += 1
    }
    return nil
  }
}
