/// A record that could not be used: never dropped in silence, reported and kept for a retry.
public struct QuarantinedRecord: Hashable, Sendable, CustomStringConvertible {
  /// File that it came from (`-` for standard input).
  public var file: String
  /// Line (from 1) of a text file, or byte offset of a binary one.
  public var location: Location
  /// Column or field that is at fault, when one is.
  public var field: String?
  /// What is wrong, with the offending value, and what to do about it.
  public var reason: String
  /// The record as it stood, for text formats.
  public var record: String?

  public enum Location: Hashable, Sendable {
    case line(Int)
    case byteOffset(Int)
  }

  public init(
    file: String, location: Location, field: String? = nil, reason: String, record: String? = nil
  ) {
    self.file = file
    self.location = location
    self.field = field
    self.reason = reason
    self.record = record
  }

  public var description: String {
    let place =
      switch location {
      case .line(let line): "\(file):\(line)"
      case .byteOffset(let offset): "\(file) at byte \(offset)"
      }
    return "\(place): \(field.map { "\($0): " } ?? "")\(reason)"
  }
}
