/// A parsed Avro schema (specification 1.11): a flat list of types that refer to each other by
/// index, so that recursive named types need no classes.
///
/// Logical types, aliases, documentation and unknown attributes carry no layout and are passed
/// over; ``json`` keeps them.
public struct AvroSchema: Sendable {
  /// The text that was parsed, unchanged: what a container's header must repeat.
  public let json: String
  /// All types of the schema.
  public let types: [AvroType]
  /// Index of the outermost type.
  public let root: Int

  init(json: String, types: [AvroType], root: Int) {
    self.json = json
    self.types = types
    self.root = root
  }

  public subscript(_ type: Int) -> AvroType { types[type] }

  /// The outermost record, nil where the schema is something else.
  public var rootRecord: AvroRecordType? {
    if case .record(let record) = types[root] { record } else { nil }
  }
}

/// One Avro type; an `Int` is the index of another one in ``AvroSchema/types``.
public enum AvroType: Sendable, Hashable {
  case null, boolean, int, long, float, double, bytes, string
  case fixed(name: String, size: Int)
  case enumeration(name: String, symbols: [String])
  case array(items: Int)
  case map(values: Int)
  case union([Int])
  case record(AvroRecordType)

  /// The word that a schema has for it.
  public var name: String {
    switch self {
    case .null: "null"
    case .boolean: "boolean"
    case .int: "int"
    case .long: "long"
    case .float: "float"
    case .double: "double"
    case .bytes: "bytes"
    case .string: "string"
    case .fixed(let name, _), .enumeration(let name, _): name
    case .array: "array"
    case .map: "map"
    case .union: "union"
    case .record(let record): record.name
    }
  }
}

/// A record type: fields in the order of their bytes.
public struct AvroRecordType: Sendable, Hashable {
  /// With namespace.
  public let name: String
  public let fields: [AvroField]
  let positions: [String: Int]

  init(name: String, fields: [AvroField]) {
    self.name = name
    self.fields = fields
    positions = Dictionary(
      fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Place of a field among ``fields``.
  public func position(of field: String) -> Int? { positions[field] }
}

public struct AvroField: Sendable, Hashable {
  public let name: String
  /// Index into ``AvroSchema/types``.
  public let type: Int
}
