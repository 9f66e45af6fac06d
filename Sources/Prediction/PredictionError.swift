public import Dynamics

/// What makes a prediction impossible as a whole.
public enum PredictionError: Error, Sendable, CustomStringConvertible {
  /// The Sun's or observer's place can't be had: unknown code, time outside of the ephemeris.
  case observer(DynamicsError)
  /// A night's table that can't be used.
  case table(path: String, reason: String)
  case cancelled

  public var description: String {
    switch self {
    case .observer(let error): "observer: \(error)"
    case .table(let path, let reason):
      "\(path): \(reason). Delete it: it is made again when it is needed"
    case .cancelled: "the prediction was cancelled"
    }
  }
}
