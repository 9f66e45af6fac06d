import Alerts
import Foundation

/// What `tag` writes beside the alerts: all candidates, and objects that are not seen.
struct TagSidecars {
  private var avro: CandidatesAvro?
  private var csv: AtomicOutput?
  private var missing: AtomicOutput?

  /// - Parameters: paths, nil where they are not wanted.
  init(candidates: String?, missing: String?) throws {
    if let candidates {
      if candidates.hasSuffix(".avro") {
        avro = try CandidatesAvro(path: candidates)
      } else {
        csv = try AtomicOutput(path: candidates)
        try csv?.write(CandidatesCSV.header.utf8)
      }
    }
    self.missing = try missing.map { try AtomicOutput(path: $0) }
    try self.missing?.write(MissingObject.csvHeader.utf8)
  }

  mutating func add(_ result: AlertTagger.Result) throws {
    for alert in result.alerts {
      try avro?.append(alert)
      try csv?.write(CandidatesCSV.lines(alert).utf8)
    }
    for object in result.missing { try missing?.write(object.csvLine.utf8) }
  }

  mutating func commit() throws {
    try avro?.commit()
    try csv?.commit()
    try missing?.commit()
  }
}
