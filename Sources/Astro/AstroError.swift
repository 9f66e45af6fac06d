/// What can be wrong with a time that a user or a table gives.
public enum AstroError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A text that is not a time. `reason` says what is wrong with it and what would be right.
  case invalidTime(text: String, reason: String)
  /// A table of leap seconds that cannot be used, or a file of times.
  case invalidTable(file: String, line: Int, reason: String)
  case unreadableFile(path: String, reason: String)

  public var description: String {
    switch self {
    case .invalidTime(let text, let reason): "time '\(text)': \(reason)"
    case .invalidTable(let file, let line, let reason): "\(file):\(line): \(reason)"
    case .unreadableFile(let path, let reason): "\(path): \(reason)"
    }
  }
}
