/// The formats that detections come in.
public enum DetectionFormat: String, Sendable, Hashable, CaseIterable {
  case lsstCSV = "LSST CSV"
  case obs80 = "MPC 80-column"

  static let remedy = "detections are read from "
    + allCases.map(\.rawValue).joined(separator: ", ")

  /// Recognises a format by its content; the name of the file is not asked.
  /// - Parameter head: the first bytes of the file.
  /// - Returns: nil when it is none of ours.
  static func recognise(_ head: Bytes) -> DetectionFormat? {
    var firstTable: DetectionFormat?
    for line in head.split(separator: 0x0A, maxSplits: 400).prefix(400) {
      let bytes = Bytes(rebasing: line)
      if Obs80Line.looksLikeOne(bytes) { return .obs80 }
      if firstTable == nil { firstTable = table(bytes) }
      if let firstTable { return firstTable }
    }
    return nil
  }

  private static func table(_ line: Bytes) -> DetectionFormat? {
    let names = columnNames(line, delimiter: 0x2C)
    return LSSTColumns.isHeader(names) ? .lsstCSV : nil
  }

  /// The names of a header line; a `#` before the first is not part of it.
  static func columnNames(_ line: Bytes, delimiter: UInt8) -> [String] {
    var text = line
    while let last = text.last, last == 0x0D { text = Bytes(rebasing: text.dropLast()) }
    if text.first == 0x23 { text = Bytes(rebasing: text.dropFirst()) }
    let row = TextRow()
    _ = row.split(text, delimiter: delimiter)
    return (0..<row.count).map { FieldText.string(row[$0]) }
  }
}
