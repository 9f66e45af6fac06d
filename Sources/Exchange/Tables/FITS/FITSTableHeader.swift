@preconcurrency import CFITSIO
import Glibc

/// The header of a FITS file with one binary table, made by CFITSIO in memory: the data is not in
/// it, so that rows can be streamed, to a pipe too.
///
/// Standard: FITS 4.0 (Pence et al. 2010, doi:10.1051/0004-6361/201015362, and its version 4.0 of
/// 2018). Beside TTYPE, TFORM, TUNIT and TNULL, the keywords TCOMM (description) and TUCD are
/// written, which astropy and TOPCAT read.
struct FITSTableHeader {
  /// Length of a FITS block [bytes].
  static let blockSize = 2880

  /// Both headers (of the empty primary array and of the table), each filled up to a block.
  let bytes: [UInt8]

  init(_ table: TableDescription) throws(ExchangeError) {
    var file: UnsafeMutablePointer<fitsfile>?
    var status: Int32 = 0
    ffinit(&file, "mem://", &status)
    defer {
      var ignored: Int32 = 0
      if file != nil { ffclos(file, &ignored) }
    }
    Self.createTable(table, in: file, &status)
    for (i, column) in table.columns.enumerated() {
      Self.describe(column, number: i + 1, in: file, &status)
    }
    var result: [UInt8] = []
    for unit in [Int32(1), 2] {
      var kind: Int32 = 0
      ffmahd(file, unit, &kind, &status)
      result += Self.cards(of: file, &status)
    }
    guard status == 0 else {
      var text = [CChar](repeating: 0, count: Int(FLEN_STATUS))
      ffgerr(status, &text)
      let reason = String(
        decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      throw .cannotWrite(file: table.name, reason: "CFITSIO: \(reason)")
    }
    Self.setRowCount(table.rowCount, in: &result)
    bytes = result
  }

  /// TFORM of a column.
  static func form(of column: TableColumn) -> String {
    switch column.kind {
    case .boolean: "1L"
    case .int16: "1I"
    case .int32: "1J"
    case .int64: "1K"
    case .float64: "1D"
    case .text: "\(width(of: column))A"
    case .bytes: "\(width(of: column))B"
    }
  }

  /// Bytes of a column in a row. Columns of no width, where all is null, confuse readers.
  static func width(of column: TableColumn) -> Int {
    switch column.kind {
    case .boolean: 1
    case .int16: 2
    case .int32: 4
    case .int64, .float64: 8
    case .text, .bytes: max(1, column.maximumBytes)
    }
  }

  /// The number that stands for null, for whole numbers.
  static func null(of kind: TableColumn.Kind) -> Int64? {
    switch kind {
    case .int16: Int64(Int16.min)
    case .int32: Int64(Int32.min)
    case .int64: Int64.min
    case .boolean, .float64, .text, .bytes: nil
    }
  }

  private static func createTable(
    _ table: TableDescription, in file: UnsafeMutablePointer<fitsfile>?, _ status: inout Int32
  ) {
    func copies(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] { texts.map { strdup($0) } }
    var names = copies(table.columns.map(\.name))
    var forms = copies(table.columns.map(form))
    var units = copies(table.columns.map { $0.unit ?? "" })
    defer { for text in names + forms + units { free(text) } }
    ffcrtb(
      file, BINARY_TBL, 0, Int32(table.columns.count), &names, &forms, &units, table.name, &status)
    if !table.description.isEmpty {
      ffpcom(file, table.description, &status)
    }
  }

  private static func describe(
    _ column: TableColumn, number: Int, in file: UnsafeMutablePointer<fitsfile>?,
    _ status: inout Int32
  ) {
    if column.isNullable, let null = null(of: column.kind) {
      ffpkyj(file, "TNULL\(number)", null, "null", &status)
    }
    if !column.description.isEmpty {
      ffpkls(file, "TCOMM\(number)", column.description, nil, &status)
    }
    if let ucd = column.ucd { ffpkys(file, "TUCD\(number)", ucd, nil, &status) }
  }

  /// The cards of the current header, END too, filled up with blanks.
  private static func cards(
    of file: UnsafeMutablePointer<fitsfile>?, _ status: inout Int32
  ) -> [UInt8] {
    var header: UnsafeMutablePointer<CChar>?
    var count: Int32 = 0
    ffhdr2str(file, 0, nil, 0, &header, &count, &status)
    guard status == 0, let header else { return [] }
    defer {
      var ignored: Int32 = 0
      fffree(header, &ignored)
    }
    var bytes = (0..<strlen(header)).map { UInt8(bitPattern: header[$0]) }
    while !bytes.count.isMultiple(of: blockSize) { bytes.append(0x20) }
    return bytes
  }

  /// Sets NAXIS2, which CFITSIO would make the length of its own data.
  private static func setRowCount(_ count: Int, in bytes: inout [UInt8]) {
    let card = "NAXIS2  ="
    var place = 0
    while place + 80 <= bytes.count {
      if bytes[place..<place + card.utf8.count].elementsEqual(card.utf8) {
        let text = "\(count)"
        let field = String(repeating: " ", count: max(0, 20 - text.count)) + text
        bytes.replaceSubrange(place + 10..<place + 30, with: field.utf8)
      }
      place += 80
    }
  }
}
