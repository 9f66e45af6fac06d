public import Astrometry
public import Dynamics

/// What a reader made of a part of a file of orbits (or of all of it).
public struct OrbitBatch: Sendable {
  public var orbits: [CatalogOrbit] = []
  /// Line of each orbit, from 1; empty for JSON, which is not read by lines.
  public var lines: [Int] = []
  public var quarantined: [QuarantinedRecord] = []
  /// Lines that hold no orbit: header, blank lines, comments.
  public var otherLines = 0

  public init() {}
}

extension OrbitBatch {
  mutating func reject(_ fault: FieldFault, file: String, line: Int, record: String) {
    quarantined.append(
      QuarantinedRecord(
        file: file, location: .line(line), field: fault.field, reason: fault.reason,
        record: record))
  }
}

/// Understands one line after another of one format.
protocol OrbitLineParser: AnyObject {
  /// - Returns: nil for a line that holds no orbit.
  func orbit(_ line: Bytes) throws(FieldFault) -> CatalogOrbit?
}
