/// Why a nightly run could not be done at all.
public enum NightlyError: Error, CustomStringConvertible {
  case noDetections(first: Int, last: Int, have: ClosedRange<Int>?)

  public var description: String {
    switch self {
    case .noDetections(let first, let last, let have):
      "the catalog has no detections in the nights MJD \(first) to \(last)"
        + (have.map { "; it has nights MJD \($0.lowerBound) to \($0.upperBound)" }
          ?? "; it is empty")
    }
  }
}
