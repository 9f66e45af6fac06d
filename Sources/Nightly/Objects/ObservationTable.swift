package import Astrometry
package import Catalog

/// The observations of a run: those of the window, then those of known objects outside it.
package struct ObservationTable: Sendable {
  /// Parallel arrays.
  package private(set) var stored: [StoredDetection] = []
  package private(set) var observations: [AstrometricObservation] = []
  /// By `diaSourceId`.
  package private(set) var index: [Int64: Int] = [:]

  package init() {}

  package mutating func append(_ detection: StoredDetection, _ observation: AstrometricObservation)
  {
    guard index[detection.detection.diaSourceId] == nil else { return }
    index[detection.detection.diaSourceId] = stored.count
    stored.append(detection)
    observations.append(observation)
  }

  /// Rows of some detections in the order of time, then identifier; unknown ones are left out.
  package func rows(of ids: some Sequence<Int64>) -> [Int] {
    Set(ids.compactMap { index[$0] }).sorted { a, b in
      let (x, y) = (stored[a].detection, stored[b].detection)
      return x.midpoint != y.midpoint ? x.midpoint < y.midpoint : x.diaSourceId < y.diaSourceId
    }
  }

  package func ids(of rows: [Int]) -> [Int64] { rows.map { stored[$0].detection.diaSourceId } }

  package func nightCount(_ rows: [Int]) -> Int { Set(rows.map { stored[$0].night }).count }
}
