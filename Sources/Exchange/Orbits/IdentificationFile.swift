public import Astrometry
import Dynamics

/// A list of who is who, as CSV with the columns of Rubin's copies of the MPC's tables:
/// `numbered_identifications` (`permid` and the primary provisional designation) or
/// `current_identifications` (primary and secondary provisional designations), packed or unpacked.
public final class IdentificationFile {
  private let reader: LineReader
  private let row = TextRow()
  private let columnCount: Int
  /// Of the primary designation, and of the other name.
  private let primary: Int
  private let other: Int
  private let path: String

  private static let primaryNames = [
    "unpacked_primary_provisional_designation", "packed_primary_provisional_designation",
  ]
  private static let otherNames = [
    "permid", "unpacked_secondary_provisional_designation",
    "packed_secondary_provisional_designation",
  ]

  /// Nil for a file that is no such list.
  /// - Throws: the file is missing or empty.
  public init?(path: String) throws(ExchangeError) {
    self.path = path
    reader = try LineReader(path: path)
    guard let line = try reader.next() else { return nil }
    let names = DetectionFormat.columnNames(line, delimiter: 0x2C)
    guard let primary = Self.primaryNames.compactMap({ names.firstIndex(of: $0) }).first,
      let other = Self.otherNames.compactMap({ names.firstIndex(of: $0) }).first
    else { return nil }
    self.primary = primary
    self.other = other
    columnCount = names.count
  }

  /// The next lines; nil at the end.
  public func next(
    upTo count: Int
  ) throws(ExchangeError) -> (names: [[String]], bad: [QuarantinedRecord])? {
    var names: [[String]] = []
    var bad: [QuarantinedRecord] = []
    while names.count < count, let line = try reader.next() {
      if line.allSatisfy({ $0 <= 0x20 }) { continue }
      do throws(FieldFault) {
        names.append(try self.names(line))
      } catch {
        bad.append(
          QuarantinedRecord(
            file: path, location: .line(reader.lineNumber), field: error.field,
            reason: error.reason, record: FieldText.string(line)))
      }
    }
    return names.isEmpty && bad.isEmpty ? nil : (names, bad)
  }

  private func names(_ line: Bytes) throws(FieldFault) -> [String] {
    _ = row.split(line, delimiter: 0x2C)
    guard row.count == columnCount else {
      throw FieldFault(
        field: nil, reason: "the line has \(row.count) columns, the header \(columnCount)")
    }
    let found = try [primary, other].map { column throws(FieldFault) in
      let text = FieldText.string(row[column])
      guard let designation = Designation(text) else {
        throw FieldFault(
          field: column == primary ? "primary designation" : "other designation",
          reason: "‘\(text)’ is no designation of the MPC")
      }
      return designation.description
    }
    return found[0] == found[1] ? [found[0]] : found
  }
}
