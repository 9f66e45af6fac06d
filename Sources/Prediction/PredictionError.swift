public import Dynamics

/// What makes a prediction impossible as a whole.
public enum PredictionError: Error, Sendable, CustomStringConvertible {
  /// The Sun's or observer's place can't be had: unknown code, time outside of the ephemeris.
  case observer(DynamicsError)
  case cancelled

  public var description: String {
    switch self {
    case .observer(let error): "observer: \(error)"
    case .cancelled: "the prediction was cancelled"
    }
  }
}
