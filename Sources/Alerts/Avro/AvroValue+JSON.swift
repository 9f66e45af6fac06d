public import Foundation

extension AvroValue {
  /// The value as JSON: records and maps are objects, keys sorted, images and other bytes only
  /// their length (`{"bytes": 41760}`), NaN and infinities texts.
  public func json() throws -> Data {
    try JSONSerialization.data(
      withJSONObject: jsonObject,
      options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes, .fragmentsAllowed])
  }

  private var jsonObject: Any {
    switch self {
    case .null: NSNull()
    case .boolean(let value): value
    case .int(let value): NSNumber(value: value)
    case .long(let value): NSNumber(value: value)
    // By way of its shortest decimal form, not of the binary neighbour in double.
    case .float(let value):
      value.isFinite ? NSDecimalNumber(string: "\(value)") : "\(value)" as Any
    case .double(let value): value.isFinite ? NSNumber(value: value) : "\(value)" as Any
    case .bytes(let value), .fixed(let value): ["bytes": value.count]
    case .string(let value), .enumeration(let value): value
    case .array(let items): items.map(\.jsonObject)
    case .map(let entries): Self.object(entries)
    case .record(let record): Self.object(record.fields)
    }
  }

  private static func object(_ entries: [AvroEntry]) -> [String: Any] {
    Dictionary(entries.map { ($0.key, $0.value.jsonObject) }, uniquingKeysWith: { $1 })
  }
}
