/// One field's value in a tag, before a schema says how it is written.
package enum TagValue: Sendable {
  /// Not known: null.
  case none
  case number(Double)
  case whole(Int64)
  case text(String)

  init(_ number: Double?) { self = number.map { .number($0) } ?? .none }

  init(_ whole: Int?) { self = whole.map { .whole(Int64($0)) } ?? .none }

  var avro: AvroValue {
    switch self {
    case .none: .null
    case .number(let value): .double(value)
    case .whole(let value): .long(value)
    case .text(let value): .string(value)
    }
  }
}
