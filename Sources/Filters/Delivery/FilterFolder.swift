package import Alerts
import Foundation

/// What filters chose, as files: `OWNER/NAME/EXPOSURE_PART.jsonl` with a line an alert, and
/// `OWNER/NAME/EXPOSURE_PART.avro` with the whole alerts, as they leave the tagger.
///
/// PART names the alerts of the exposure that came together: one that comes in several parts, or to
/// several processes, has a file for each, and none is written over another. A file appears when it is
/// complete. Running the same alerts again writes the same file again; alerts are told apart by their
/// diaSourceId.
package struct FilterFolder: Sendable {
  package let path: String

  package init(path: String) { self.path = path }

  /// - Parameters:
  ///   - record: the whole alert of a row; nil where it can't be read any more.
  /// - Throws: ``AlertsError``.
  package func write(
    _ outcome: FilterOutcome, of visit: FilterVisit, record: (Int) -> AlertRecord?
  ) throws(AlertsError) {
    guard !outcome.lines.isEmpty else { return }
    let folder = URL(filePath: path)
      .appending(path: outcome.filter.owner).appending(path: outcome.filter.name)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw .file(
        folder.path,
        reason:
          "can't be made (\(error.localizedDescription)); choose an output folder that can be "
          + "written")
    }
    let name = "\(visit.fileName)_\(visit.part)"
    if !outcome.isOfMissing {
      try write(outcome.lines.compactMap { record($0.row) }, folder, name)
    }
    let output = try AtomicOutput(path: folder.appending(path: "\(name).jsonl").path)
    for line in outcome.lines {
      try output.write(Array(LightRecord.line(outcome, line.values, visit: visit.name).utf8))
    }
    try output.commit()
  }

  /// A container holds alerts of one schema; of a visit whose alerts have several, one file each.
  private func write(
    _ records: [AlertRecord], _ folder: URL, _ name: String
  ) throws(AlertsError) {
    var schemas: [String] = []
    for record in records where !schemas.contains(record.schema.schema.json) {
      schemas.append(record.schema.schema.json)
    }
    for (number, json) in schemas.enumerated() {
      let ending = number == 0 ? "avro" : "\(number + 1).avro"
      let members = records.filter { $0.schema.schema.json == json }
      guard let schema = members.first?.schema.schema else { continue }
      let output = try AtomicOutput(path: folder.appending(path: "\(name).\(ending)").path)
      var writer = try ObjectContainerWriter(output: output, schema: schema)
      for record in members { try writer.append(record.bytes) }
      try writer.finish()
      try output.commit()
    }
  }
}
