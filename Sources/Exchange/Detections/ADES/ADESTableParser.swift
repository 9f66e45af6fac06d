import Astrometry

/// Reads ADES observations as a table: PSV (`|`), or CSV with the same names.
///
/// A PSV file holds blocks: header lines (`#`, `!`), a line of column names, rows. A line of names
/// may come again at any place, with other columns.
final class ADESTableParser: DetectionLineParser {
  private let options: DetectionFile.Options
  private let delimiter: UInt8
  private let row = TextRow()
  private var columns: ADESColumns?
  /// A block's rows can't be read when its line of names lacks some: they are set aside.
  private var missing: [String] = []

  init(options: DetectionFile.Options, delimiter: UInt8) {
    self.options = options
    self.delimiter = delimiter
  }

  func take(_ line: Bytes, number: Int, into collector: inout DetectionCollector) {
    if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) || line[0] == 0x23 || line[0] == 0x21 {
      // A new block begins with its own names.
      if line.first == 0x23 && delimiter == 0x7C && Self.opensBlock(line) { columns = nil }
      collector.batch.otherLines += 1
      return
    }
    if let found = names(in: line) {
      columns = ADESColumns(names: found)
      missing = columns?.missing ?? []
      collector.batch.otherLines += 1
      return
    }
    do throws(FieldFault) {
      try readRow(line, number: number, into: &collector)
    } catch {
      collector.reject(error, line: number, record: line)
    }
  }

  func finish(into collector: inout DetectionCollector) {}

  private func readRow(
    _ line: Bytes, number: Int, into collector: inout DetectionCollector
  ) throws(FieldFault) {
    guard let columns else {
      throw FieldFault(field: nil, reason: "a row before any line of column names")
    }
    guard missing.isEmpty else {
      throw FieldFault(
        field: missing[0],
        reason: "the block's line of column names lacks \(missing.joined(separator: ", "))")
    }
    guard row.split(line, delimiter: delimiter) else {
      throw FieldFault(field: nil, reason: "a quoted field does not end on its line")
    }
    guard row.count == columns.names.count else {
      throw FieldFault(
        field: nil,
        reason:
          "the row has \(row.count) fields, its header \(columns.names.count); correct the row")
    }
    let observation = ADESObservation(row: row, columns: columns, options: options)
    if options.keepsRadar, observation.isRadar {
      let (measurement, id) = try observation.radar()
      collector.accept([measurement], id: id, line: number, record: line)
      return
    }
    let detection = try observation.detection()
    collector.accept(
      detection, line: number, idField: observation.identifierField, record: line)
  }

  /// `# version=…` or `# observatory`: the header of a new block.
  private static func opensBlock(_ line: Bytes) -> Bool {
    let word = FieldText.string(line).dropFirst().drop { $0 == " " }
    return word.hasPrefix("version") || word.hasPrefix("observatory")
  }

  /// The columns that a line names; nil for a row. Only a whole field counts: a remark may well
  /// speak of a `provID`.
  private func names(in line: Bytes) -> [String]? {
    let telling = ["obsTime", "provID", "permID"]
    let text = FieldText.string(line)
    guard telling.contains(where: { text.contains($0) }) else { return nil }
    let fields = DetectionFormat.columnNames(line, delimiter: delimiter)
    return fields.contains(where: telling.contains) ? fields : nil
  }
}
