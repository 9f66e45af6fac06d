/// Writes value trees as Avro binary.
///
/// A union takes the first branch that the value's kind fits (a `.float` takes float, not double;
/// numbers widen only where no exact branch exists). A record's field that the value leaves out
/// is written as null where the schema allows it, else it is an error.
public struct AvroEncoder: Sendable {
  public let schema: AvroSchema

  public init(schema: AvroSchema) { self.schema = schema }

  /// - Throws: ``AlertsError/encoding(field:reason:)`` with the path of the field at fault.
  public func encode(_ value: AvroValue) throws(AlertsError) -> [UInt8] {
    var output: [UInt8] = []
    try encode(value, into: &output)
    return output
  }

  public func encode(_ value: AvroValue, into output: inout [UInt8]) throws(AlertsError) {
    try write(value, schema.root, path: "", &output)
  }

  /// Writes a value of one of the schema's inner types.
  func encode(
    _ value: AvroValue, type: Int, path: String, into output: inout [UInt8]
  ) throws(AlertsError) {
    try write(value, type, path: path, &output)
  }

  private func write(
    _ value: AvroValue, _ type: Int, path: String, _ output: inout [UInt8]
  ) throws(AlertsError) {
    switch (schema[type], value) {
    case (.null, .null): break
    case (.boolean, .boolean(let flag)): output.append(flag ? 1 : 0)
    case (.int, .int(let number)): output.appendAvro(long: Int64(number))
    case (.int, .long(let number)) where Int32(exactly: number) != nil:
      output.appendAvro(long: number)
    case (.long, .long(let number)): output.appendAvro(long: number)
    case (.long, .int(let number)): output.appendAvro(long: Int64(number))
    case (.float, .float(let number)): output.appendAvro(float: number)
    case (.float, .double(let number)): output.appendAvro(float: Float(number))
    case (.double, .double(let number)): output.appendAvro(double: number)
    case (.double, .float(let number)): output.appendAvro(double: Double(number))
    case (.bytes, .bytes(let octets)):
      output.appendAvro(long: Int64(octets.count))
      output += octets
    case (.string, .string(let text)): output.appendAvro(string: text)
    case (.fixed(_, let size), .fixed(let octets)):
      guard octets.count == size else {
        throw .encoding(field: path, reason: "has \(octets.count) bytes, the type is \(size) long")
      }
      output += octets
    case (.enumeration(let name, let symbols), .enumeration(let symbol)):
      guard let index = symbols.firstIndex(of: symbol) else {
        throw .encoding(field: path, reason: "'\(symbol)' is no symbol of \(name)")
      }
      output.appendAvro(long: Int64(index))
    case (.union(let branches), _):
      guard let branch = branch(of: branches, for: value) else {
        let names = branches.map { schema[$0].name }.joined(separator: ", ")
        throw .encoding(field: path, reason: "fits none of the union's types \(names)")
      }
      output.appendAvro(long: Int64(branch))
      try write(value, branches[branch], path: path, &output)
    case (.array(let items), .array(let values)):
      if !values.isEmpty { output.appendAvro(long: Int64(values.count)) }
      for (index, item) in values.enumerated() {
        try write(item, items, path: "\(path)[\(index)]", &output)
      }
      output.append(0)
    case (.map(let values), .map(let entries)):
      if !entries.isEmpty { output.appendAvro(long: Int64(entries.count)) }
      for entry in entries {
        output.appendAvro(string: entry.key)
        try write(entry.value, values, path: "\(path)[\(entry.key)]", &output)
      }
      output.append(0)
    case (.record(let type), .record(let record)):
      try write(record, type, path: path, &output)
    default:
      throw .encoding(
        field: path, reason: "is a \(value.kind) where the schema has \(schema[type].name)")
    }
  }

  private func write(
    _ record: AvroRecord, _ type: AvroRecordType, path: String, _ output: inout [UInt8]
  ) throws(AlertsError) {
    let inner = path.isEmpty ? "" : path + "."
    for (index, field) in type.fields.enumerated() {
      // Trees mostly come in the schema's order: try that place before searching.
      if index < record.fields.count, record.fields[index].key == field.name {
        try write(record.fields[index].value, field.type, path: inner + field.name, &output)
      } else if let value = record[field.name] {
        try write(value, field.type, path: inner + field.name, &output)
      } else {
        do throws(AlertsError) {
          try write(.null, field.type, path: inner + field.name, &output)
        } catch {
          throw .encoding(field: inner + field.name, reason: "is missing and may not be null")
        }
      }
    }
    if let extra = record.fields.first(where: { type.position(of: $0.key) == nil }) {
      throw .encoding(field: inner + extra.key, reason: "is not in the schema's \(type.name)")
    }
  }

  private func branch(of branches: [Int], for value: AvroValue) -> Int? {
    branches.firstIndex { matches($0, value, exactly: true) }
      ?? branches.firstIndex { matches($0, value, exactly: false) }
  }

  private func matches(_ type: Int, _ value: AvroValue, exactly: Bool) -> Bool {
    switch (schema[type], value) {
    case (.null, .null), (.boolean, .boolean), (.int, .int), (.long, .long), (.float, .float),
      (.double, .double), (.bytes, .bytes), (.string, .string), (.array, .array), (.map, .map):
      true
    case (.fixed(_, let size), .fixed(let octets)): octets.count == size
    case (.enumeration(_, let symbols), .enumeration(let symbol)): symbols.contains(symbol)
    case (.record(let type), .record(let record)):
      record.name.isEmpty
        ? record.fields.allSatisfy { type.position(of: $0.key) != nil } : record.name == type.name
    case (.long, .int), (.double, .float), (.float, .double): !exactly
    case (.int, .long(let number)): !exactly && Int32(exactly: number) != nil
    default: false
    }
  }
}

extension AvroValue {
  /// The word for what it is, in messages.
  var kind: String {
    switch self {
    case .null: "null"
    case .boolean: "boolean"
    case .int: "int"
    case .long: "long"
    case .float: "float"
    case .double: "double"
    case .bytes: "bytes"
    case .string: "string"
    case .fixed: "fixed"
    case .enumeration: "enum symbol"
    case .array: "array"
    case .map: "map"
    case .record: "record"
    }
  }
}

extension [UInt8] {
  /// A zig-zag variable-length integer.
  mutating func appendAvro(long value: Int64) {
    var rest = UInt64(bitPattern: value << 1 ^ value >> 63)
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }

  mutating func appendAvro(float value: Float) {
    Swift.withUnsafeBytes(of: value.bitPattern.littleEndian) { append(contentsOf: $0) }
  }

  mutating func appendAvro(double value: Double) {
    Swift.withUnsafeBytes(of: value.bitPattern.littleEndian) { append(contentsOf: $0) }
  }

  mutating func appendAvro(string text: String) {
    let octets = text.utf8
    appendAvro(long: Int64(octets.count))
    append(contentsOf: octets)
  }
}
