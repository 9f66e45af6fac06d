import Astro
import Dynamics

/// One parameter of an endpoint: what it may be. Checked before the endpoint runs, and described
/// in the OpenAPI document, from this one place.
struct Parameter: Sendable {
  enum Kind: Sendable {
    case number(ClosedRange<Double>)
    case integer(ClosedRange<Int>)
    case text(maximum: Int)
    case choice([String])
    /// ISO 8601 (UTC), or an MJD with its scale.
    case time
    /// An MPC code that has a place on the Earth.
    case observatory
    /// `2026-11-22`.
    case date
  }

  var name: String
  var kind: Kind
  var isRequired = false
  /// Shown as the default; the endpoint applies it.
  var defaultText: String?
  var description: String
  var example: String?
  var isInPath = false

  init(
    _ name: String, _ kind: Kind, required: Bool = false, default defaultText: String? = nil,
    _ description: String, example: String? = nil, inPath: Bool = false
  ) {
    self.name = name
    self.kind = kind
    isRequired = required || inPath
    self.defaultText = defaultText
    self.description = description
    self.example = example
    isInPath = inPath
  }
}

/// A parameter's value, checked.
enum ParameterValue: Sendable {
  case number(Double)
  case integer(Int)
  case text(String)
  case time(Epoch<TDB>)
  case observatory(ObservatoryCode)
}
