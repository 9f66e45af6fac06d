/// A decoded Avro value. A union's value stands for itself: which branch it took follows from
/// its kind, as ``AvroEncoder`` works it out again.
public indirect enum AvroValue: Sendable, Hashable {
  case null
  case boolean(Bool)
  case int(Int32)
  case long(Int64)
  case float(Float)
  case double(Double)
  case bytes([UInt8])
  case string(String)
  case fixed([UInt8])
  case enumeration(String)
  case array([AvroValue])
  /// Entries in the order of their bytes.
  case map([AvroEntry])
  case record(AvroRecord)

  /// The field of a record, nil where there is none.
  public subscript(_ field: String) -> AvroValue? {
    if case .record(let record) = self { record[field] } else { nil }
  }

  public var isNull: Bool { self == .null }

  /// The value as a number, from any of the numeric kinds.
  public var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .long(let value): Double(value)
    case .float(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  public var integer: Int64? {
    switch self {
    case .int(let value): Int64(value)
    case .long(let value): value
    default: nil
    }
  }

  public var text: String? {
    switch self {
    case .string(let value), .enumeration(let value): value
    default: nil
    }
  }

  public var items: [AvroValue]? {
    if case .array(let items) = self { items } else { nil }
  }

  public var octets: [UInt8]? {
    switch self {
    case .bytes(let value), .fixed(let value): value
    default: nil
    }
  }
}

public struct AvroEntry: Sendable, Hashable {
  public var key: String
  public var value: AvroValue

  public init(_ key: String, _ value: AvroValue) {
    self.key = key
    self.value = value
  }
}

/// A record's fields in order.
public struct AvroRecord: Sendable, Hashable {
  /// Full name of the record type; empty for "whichever record the schema has here".
  public var name: String
  public var fields: [AvroEntry]

  public init(name: String = "", fields: [AvroEntry]) {
    self.name = name
    self.fields = fields
  }

  /// A record from a literal list of fields and values.
  public init(name: String = "", _ fields: KeyValuePairs<String, AvroValue>) {
    self.init(name: name, fields: fields.map { AvroEntry($0.key, $0.value) })
  }

  public subscript(_ field: String) -> AvroValue? {
    get { fields.first { $0.key == field }?.value }
    set {
      if let at = fields.firstIndex(where: { $0.key == field }) {
        if let newValue { fields[at].value = newValue } else { fields.remove(at: at) }
      } else if let newValue {
        fields.append(AvroEntry(field, newValue))
      }
    }
  }
}
