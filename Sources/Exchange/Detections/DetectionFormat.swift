/// The formats that detections come in.
public enum DetectionFormat: String, Sendable, Hashable, CaseIterable {
  case lsstCSV = "LSST CSV"
  case adesCSV = "ADES CSV"
  case adesPSV = "ADES PSV"
  case adesXML = "ADES XML"
  case obs80 = "MPC 80-column"

  static let remedy =
    "detections are read from "
    + allCases.map(\.rawValue).joined(separator: ", ")

  /// Recognises a format by its content; the name of the file is not asked.
  /// - Parameter head: the first bytes of the file.
  /// - Returns: nil when it is none of ours.
  static func recognise(_ head: Bytes) -> DetectionFormat? {
    if let first = head.first(where: { $0 > 0x20 }), first == 0x3C {
      return FieldText.string(head).contains("<ades") ? .adesXML : nil
    }
    for line in head.split(separator: 0x0A, maxSplits: 400).prefix(400) {
      let bytes = Bytes(rebasing: line)
      if isVersionLine(bytes) { return .adesPSV }
      if Obs80Line.looksLikeOne(bytes) { return .obs80 }
      if let format = table(bytes) { return format }
    }
    return nil
  }

  /// `# version=2017` or `# version=2022` opens an ADES PSV file.
  private static func isVersionLine(_ line: Bytes) -> Bool {
    guard line.first == 0x23 else { return false }
    return FieldText.string(line).dropFirst().drop(while: { $0 == " " }).hasPrefix("version")
  }

  private static func table(_ line: Bytes) -> DetectionFormat? {
    if line.contains(0x7C) {
      return columnNames(line, delimiter: 0x7C).contains("obsTime") ? .adesPSV : nil
    }
    let names = columnNames(line, delimiter: 0x2C)
    if names.contains("obsTime") && (names.contains("stn") || names.contains("rcv")) {
      return .adesCSV
    }
    return LSSTColumns.isHeader(names) ? .lsstCSV : nil
  }

  /// What to say of a first line that is no known format.
  static func found(_ line: Bytes) -> String {
    let shown = FieldText.string(Bytes(rebasing: line.prefix(60)))
    for (separator, name) in [(UInt8(0x3B), "semicolons"), (0x09, "tabs")]
    where !line.contains(0x2C) && line.count(where: { $0 == separator }) >= 2 {
      return "no known format; its columns seem to be separated by \(name) (‘\(shown)’): use commas"
    }
    return "no known format; the first line is ‘\(shown)’"
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
