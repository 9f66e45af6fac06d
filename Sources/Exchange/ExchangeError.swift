/// Why a whole file could not be read or written. A single bad record is not an error but a
/// ``QuarantinedRecord``.
public enum ExchangeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file is missing, unreadable, or the machine failed while it was read.
  case cannotRead(file: String, reason: String)
  /// The file holds no bytes, or no records.
  case empty(file: String)
  /// No known format; says what was found and which formats are read.
  case unknownFormat(file: String, found: String, remedy: String)
  /// The header line lacks columns without which no row can be understood.
  case missingColumns(file: String, line: Int, missing: [String], seen: [String])
  /// The file as a whole is damaged (not one record of it).
  case malformed(file: String, line: Int?, reason: String)
  case cannotWrite(file: String, reason: String)

  public var description: String {
    switch self {
    case .cannotRead(let file, let reason): return "\(file): cannot be read: \(reason)"
    case .empty(let file): return "\(file): the file is empty; nothing was read"
    case .unknownFormat(let file, let found, let remedy): return "\(file): \(found); \(remedy)"
    case .missingColumns(let file, let line, let missing, let seen):
      return """
        \(file):\(line): the header lacks \(missing.joined(separator: ", ")); \
        it has \(seen.joined(separator: ", "))
        """
    case .malformed(let file, let line, let reason):
      return "\(file)\(line.map { ":\($0)" } ?? ""): \(reason)"
    case .cannotWrite(let file, let reason): return "\(file): cannot be written: \(reason)"
    }
  }
}
