/// What a caller can do wrong. A pair of sky that holds no links is an empty result, not an error.
public enum LinkingError: Error, Equatable, CustomStringConvertible {
  /// The columns of ``LinkingInput`` differ in length.
  case columnLengths(String)
  /// An option outside of its range.
  case option(name: String, value: String, allowed: String)
  /// A detection came out in two linkages: never seen; a fault of this program.
  case sharedDetection(index: Int)
  /// An observation that is not finite or without uncertainty.
  case observation(index: Int, reason: String)

  public var description: String {
    switch self {
    case .columnLengths(let text):
      "the columns of the linking input differ in length: \(text); give one value a detection"
    case .option(let name, let value, let allowed):
      "linking option \(name) is \(value): allowed is \(allowed)"
    case .sharedDetection(let index):
      "observation \(index) was given to two linkages, a fault of the linker: please report it "
        + "with the input"
    case .observation(let index, let reason):
      "observation \(index) of the linking input: \(reason); prepare it again or leave it out"
    }
  }
}
