import Astrometry
import Exchange

/// Links that an earlier run wrote, read again as members of this run's detections.
enum KnownLinks {
  /// - Returns: one list of indices into `detections` a linkage. A member that is not among them
  ///   (it has left the window) is left out.
  static func read(_ path: String, detections: [Detection]) throws(ExchangeError) -> [[Int]] {
    var places: [String: Int] = [:]
    for (index, detection) in detections.enumerated() {
      places[detection.sourceId ?? String(detection.diaSourceId)] = index
    }
    let table = try CSVTable(path: path)
    let link = try table.column(["linkId", "ssObjectId"])
    let id = try table.column(["obs_id", "diaSourceId", "obsID"])
    var numbers: [String: Int] = [:]
    var linkages: [[Int]] = []
    while try table.next() {
      guard let place = places[table.text(id)] else { continue }
      let name = table.text(link)
      let number = numbers[name] ?? linkages.count
      if number == linkages.count {
        numbers[name] = number
        linkages.append([])
      }
      linkages[number].append(place)
    }
    return linkages
  }
}
