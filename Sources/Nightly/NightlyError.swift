import Astrometry

/// Why a nightly run could not be done at all.
public enum NightlyError: Error, CustomStringConvertible {
  case noDetections(first: Int, last: Int, have: ClosedRange<Int>?)

  case unknownObject(name: String)
  case sameObject(String, String)
  case notOne(String, String)
  case notAPart(String, of: String)
  case notItsDetections(String, [Int64])
  case noObject(String, detections: Int)

  public var description: String {
    switch self {
    case .noDetections(let first, let last, let have):
      "the catalog has no detections in the nights \(Night(mjd: first)) to \(Night(mjd: last))"
        + (have.map {
          "; it has nights \(Night(mjd: $0.lowerBound)) to \(Night(mjd: $0.upperBound))"
        }
          ?? "; it has no detections at all") + ". Ingest the night's files first"
    case .unknownObject(let name):
      "the catalog knows no object \(name) with an orbit; ecliptic export --table identifications"
        + " lists the names that it knows"
    case .sameObject(let a, let b): "\(a) and \(b) are names of one object already"
    case .notOne(let a, let b):
      "no orbit holds the detections of \(a) and \(b) together, or both were seen at one moment"
        + " (nothing was changed)"
    case .notAPart(let part, let whole):
      "\(part) is no object that became a part of \(whole); ecliptic export --table retiredObjects"
        + " lists those"
    case .notItsDetections(let name, let ids):
      ids.isEmpty
        ? "no detections were named; give their diaSourceIds, or --former"
        : "not detections of \(name): \(ids.prefix(10).map(String.init).joined(separator: ", "))"
    case .noObject(let name, let count):
      "of the two parts of \(name), the one of \(count) detections is no object: they are too few, or"
        + " no orbit holds them; ecliptic catalog release takes detections away (nothing was changed)"
    }
  }
}
