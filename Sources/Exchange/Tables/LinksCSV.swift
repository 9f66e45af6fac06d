public import Astrometry

/// The links CSV: one row for each detection of each linkage.
public enum LinksCSV {
  /// The line of names. `idName` is `obs_id` when the detections came with that, so that a script
  /// finds the column that it gave.
  public static func header(detections: [Detection]) -> String {
    "linkId,\(detections.contains { $0.sourceId != nil } ? "obs_id" : "diaSourceId")\n"
  }

  /// The rows of one linkage.
  /// - Parameters:
  ///   - members: indices into `detections`.
  public static func lines(linkId: Int, members: [Int], detections: [Detection]) -> String {
    var text = ""
    for member in members {
      var line = CSVLine()
      line.add(Int64(linkId))
      let detection = detections[member]
      line.add(detection.sourceId ?? String(detection.diaSourceId))
      text += line.text
    }
    return text
  }
}
