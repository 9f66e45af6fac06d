/// What stops a simulation.
public enum SimulationError: Error, Hashable, CustomStringConvertible {
  case unreadable(file: String, reason: String)
  case badRow(file: String, line: Int, field: String, value: String, remedy: String)
  case badOption(name: String, value: String, remedy: String)
  /// An object that the survey cannot follow to its visits.
  case motionEnded(reason: String)
  /// A visit that has more detections, or a larger number, than identifiers have digits for.
  case identifiersRunOut(visit: Int64, reason: String)
  case nothingToDo(reason: String)
  case cannotWrite(file: String, reason: String)

  public var description: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): \(reason)"
    case .badRow(let file, let line, let field, let value, let remedy):
      "\(file):\(line): \(field): “\(value)”; \(remedy)"
    case .badOption(let name, let value, let remedy): "\(name) \(value): \(remedy)"
    case .motionEnded(let reason): reason
    case .identifiersRunOut(let visit, let reason): "visit \(visit): \(reason)"
    case .nothingToDo(let reason): reason
    case .cannotWrite(let file, let reason): "\(file): cannot write: \(reason)"
    }
  }
}
