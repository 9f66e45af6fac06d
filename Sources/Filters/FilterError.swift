/// What is wrong with a filter, or what it did.
public enum FilterError: Error, Sendable, Hashable, CustomStringConvertible {
  /// It can't be understood, or asks for what there is not.
  case invalid(reason: String)
  /// It asks for what no filter may do.
  case refused(reason: String)
  /// It takes longer than a filter may [ms of processor time].
  case tooSlow(limitMs: Double)
  /// It takes longer than its owner's other filters have left it [ms of processor time].
  case noTimeLeft(limitMs: Double)
  /// It needs more memory than a filter may have.
  case tooLarge(limitBytes: Int)
  /// SQLite itself failed.
  case engine(reason: String)

  public var description: String {
    switch self {
    case .invalid(let reason): reason
    case .refused(let reason): "refused: \(reason)"
    case .tooSlow(let limit):
      "stopped: it takes more than \(Int(limit)) ms of processor time; leave out joins of alerts with "
        + "themselves, narrow what is compared"
    case .noTimeLeft(let limit):
      "stopped: its owner's filters have used up their time for slow ones on this visit, and it takes "
        + "more than the \(Int(limit)) ms that are left to each; make the slowest of them faster"
    case .tooLarge(let limit):
      "stopped: it needs more than \(limit >> 20) MB; leave out joins and long texts"
    case .engine(let reason): "SQLite: \(reason)"
    }
  }

  /// Whether the filter was stopped while it ran, and would be again.
  public var isOverrun: Bool {
    switch self {
    case .tooSlow, .tooLarge: true
    default: false
    }
  }
}
