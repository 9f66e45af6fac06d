/// Decodes whole values into trees: for looking at an alert and for tests. Work on many packets
/// goes through ``AvroProjection``.
public struct AvroDecoder: Sendable {
  public let schema: AvroSchema

  /// Nesting of values; more than any alert has, less than the stack.
  private static let depthLimit = 128
  /// Items of no bytes at all (null, empty records) can't be checked against the data's length.
  private static let emptyItemLimit = 1_000_000

  public init(schema: AvroSchema) { self.schema = schema }

  /// Decodes one value and gives where the next one begins.
  ///
  /// - Parameters:
  ///   - bytes: Avro binary.
  ///   - offset: where the value begins.
  /// - Throws: ``AlertsError/malformed(offset:reason:)``.
  public func decode(
    _ bytes: [UInt8], at offset: Int = 0
  ) throws(AlertsError) -> (value: AvroValue, end: Int) {
    let result: Result<(AvroValue, Int), AlertsError> = bytes.withUnsafeBytes { buffer in
      do throws(AlertsError) {
        let decoded = try decode(buffer, at: offset)
        return .success((decoded.value, decoded.end))
      } catch {
        return .failure(error)
      }
    }
    let (value, end) = try result.get()
    return (value, end)
  }

  /// - Parameter type: of the value; nil for the schema's outermost one.
  func decode(
    _ bytes: UnsafeRawBufferPointer, at offset: Int, type: Int? = nil
  ) throws(AlertsError) -> (value: AvroValue, end: Int) {
    guard var cursor = AvroCursor(bytes, at: offset) else {
      throw .malformed(offset: offset, reason: "no data")
    }
    do throws(AvroFault) {
      let value = try value(type ?? schema.root, &cursor, depth: 0)
      return (value, cursor.offset)
    } catch {
      throw error.alertsError
    }
  }

  private func value(
    _ type: Int, _ cursor: inout AvroCursor, depth: Int
  ) throws(AvroFault) -> AvroValue {
    guard depth < Self.depthLimit else { throw cursor.fault(.tooDeep) }
    switch schema[type] {
    case .null: return .null
    case .boolean: return .boolean(try cursor.boolean())
    case .int: return .int(try cursor.int())
    case .long: return .long(try cursor.long())
    case .float: return .float(try cursor.float())
    case .double: return .double(try cursor.double())
    case .bytes: return .bytes(Array(try cursor.octets()))
    case .string: return .string(String(decoding: try cursor.octets(), as: UTF8.self))
    case .fixed(_, let size):
      let start = cursor.offset
      try cursor.skip(size)
      return .fixed(Array(UnsafeRawBufferPointer(start: cursor.base + start, count: size)))
    case .enumeration(_, let symbols):
      let index = try cursor.long()
      guard index >= 0, index < symbols.count else { throw cursor.fault(.enumSymbol) }
      return .enumeration(symbols[Int(index)])
    case .union(let branches):
      let branch = try cursor.long()
      guard branch >= 0, branch < branches.count else { throw cursor.fault(.unionBranch) }
      return try value(branches[Int(branch)], &cursor, depth: depth + 1)
    case .record(let record):
      var fields: [AvroEntry] = []
      fields.reserveCapacity(record.fields.count)
      for field in record.fields {
        fields.append(AvroEntry(field.name, try value(field.type, &cursor, depth: depth + 1)))
      }
      return .record(AvroRecord(name: record.name, fields: fields))
    case .array(let items):
      var values: [AvroValue] = []
      try blocks(&cursor) { (cursor) throws(AvroFault) in
        values.append(try value(items, &cursor, depth: depth + 1))
      }
      return .array(values)
    case .map(let valueType):
      var entries: [AvroEntry] = []
      try blocks(&cursor) { (cursor) throws(AvroFault) in
        let key = String(decoding: try cursor.octets(), as: UTF8.self)
        entries.append(AvroEntry(key, try value(valueType, &cursor, depth: depth + 1)))
      }
      return .map(entries)
    }
  }

  private func blocks(
    _ cursor: inout AvroCursor, _ item: (inout AvroCursor) throws(AvroFault) -> Void
  ) throws(AvroFault) {
    var emptyItems = 0
    while true {
      let (count, bytes) = try cursor.block()
      if count == 0 { return }
      let start = cursor.offset
      for _ in 0..<count {
        let before = cursor.offset
        try item(&cursor)
        if cursor.offset == before {
          emptyItems += 1
          guard emptyItems <= Self.emptyItemLimit else { throw cursor.fault(.tooManyItems) }
        }
      }
      if let bytes, cursor.offset - start != bytes { throw cursor.fault(.blockSize) }
    }
  }
}
