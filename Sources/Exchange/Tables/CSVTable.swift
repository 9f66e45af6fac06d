/// Reads any CSV with a header row by row, by the names of its columns, with constant memory.
///
/// ```swift
/// let table = try CSVTable(path: "truth.csv")
/// let id = try table.column(["obs_id", "diaSourceId"])
/// while try table.next() { print(table.text(id)) }
/// ```
public final class CSVTable {
  public let path: String
  public let names: [String]
  private let reader: LineReader
  private let row = TextRow()

  /// Opens the file and reads its header.
  public init(path: String) throws(ExchangeError) {
    self.path = path
    reader = try LineReader(path: path)
    names = try reader.header { _ in true }.names
  }

  /// The line of the row that ``next()`` read last, from 1.
  public var line: Int { reader.lineNumber }

  /// The first of `candidates` that is a column, nil if none is.
  public func columnIfPresent(_ candidates: [String]) -> Int? {
    for candidate in candidates {
      if let index = names.firstIndex(of: candidate) { return index }
    }
    return nil
  }

  /// The first of `candidates` that is a column.
  /// - Throws: ``ExchangeError/missingColumns(file:line:missing:seen:)`` if none is.
  public func column(_ candidates: [String]) throws(ExchangeError) -> Int {
    if let index = columnIfPresent(candidates) { return index }
    throw .missingColumns(
      file: path, line: line, missing: [candidates.joined(separator: " or ")], seen: names)
  }

  /// Reads the next row; blank lines are passed over.
  /// - Returns: false at the end of the file.
  /// - Throws: the row has not as many fields as the header.
  public func next() throws(ExchangeError) -> Bool {
    while let bytes = try reader.next() {
      if bytes.allSatisfy({ $0 <= 0x20 }) { continue }
      guard row.split(bytes, delimiter: 0x2C) else {
        throw .malformed(file: path, line: line, reason: "a quoted field does not end on its line")
      }
      guard row.count == names.count else {
        throw .malformed(
          file: path, line: line,
          reason: "the row has \(row.count) fields, the header \(names.count)")
      }
      return true
    }
    return false
  }

  /// The text of a field of the current row.
  public func text(_ column: Int) -> String { FieldText.string(row[column]) }

  /// A number in a field of the current row.
  /// - Throws: it is none; the error names line, column and value.
  public func number(_ column: Int) throws(ExchangeError) -> Double {
    if let value = NumberText.double(row[column]) { return value }
    throw .malformed(
      file: path, line: line,
      reason: "\(names[column]): \(FieldText.notANumber(row[column], names[column]).reason)")
  }
}
