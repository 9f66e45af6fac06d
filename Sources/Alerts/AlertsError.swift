/// What stops work on alerts. A single bad packet does not: it is quarantined.
public enum AlertsError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A schema that is not Avro, or not one of an alert.
  case schema(source: String, reason: String)
  /// A file that can't be read or holds no alerts.
  case file(String, reason: String)
  /// Bytes that don't follow their schema, at an offset from their beginning.
  case malformed(offset: Int, reason: String)
  /// A service that may be there again later.
  case unreachable(String, reason: String)
  /// A Kafka cluster, or what was said about one: what was being done, what went wrong.
  case kafka(action: String, reason: String)
  /// A value that doesn't fit the schema it should be written with.
  case encoding(field: String, reason: String)

  public var description: String {
    switch self {
    case .schema(let source, let reason): "schema \(source): \(reason)"
    case .file(let file, let reason): "\(file): \(reason)"
    case .malformed(let offset, let reason): "at byte \(offset): \(reason)"
    case .unreachable(let service, let reason): "\(service): \(reason)"
    case .kafka(let action, let reason): "\(action): \(reason)"
    case .encoding(let field, let reason): "field \(field): \(reason)"
    }
  }
}
