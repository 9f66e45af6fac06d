/// A table as VOTable 1.4 (doi:10.5479/ADS/bib/2019ivoa.spec.1021O): `BINARY2`, or `TABLEDATA` that
/// a person can read.
///
/// `BINARY2` has a mask of nulls in each row; in `TABLEDATA` a null is an empty cell, which an empty
/// text is too. Texts that are not ASCII are `unicodeChar`.
struct VOTableWriter: TableWriter {
  private let isBinary: Bool
  private var columns: [TableColumn] = []
  private var stream = Base64Stream()
  private var row: [UInt8] = []
  private var lossCounter = LossCounter()

  var losses: [String] { lossCounter.messages }

  init(isBinary: Bool) { self.isBinary = isBinary }

  mutating func begin(_ table: TableDescription, into out: inout [UInt8]) throws(ExchangeError) {
    columns = table.columns
    var text = """
      <?xml version="1.0" encoding="UTF-8"?>
      <VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">
      <RESOURCE>
      <TABLE name="\(XMLText.escaped(table.name))" nrows="\(table.rowCount)">

      """
    if !table.description.isEmpty {
      text += "<DESCRIPTION>\(XMLText.escaped(table.description))</DESCRIPTION>\n"
    }
    for column in columns { text += Self.field(column) }
    text += isBinary ? "<DATA><BINARY2><STREAM encoding=\"base64\">\n" : "<DATA><TABLEDATA>\n"
    out += text.utf8
  }

  mutating func write(_ batch: TableBatch, into out: inout [UInt8]) {
    row.removeAll(keepingCapacity: true)
    for i in 0..<batch.rowCount {
      if isBinary {
        addBinary(batch, i)
      } else {
        addText(batch, i, to: &out)
      }
    }
    if isBinary { stream.add(row, to: &out) }
  }

  mutating func end(into out: inout [UInt8]) throws(ExchangeError) {
    if isBinary { stream.end(into: &out) }
    out += (isBinary ? "</STREAM></BINARY2></DATA>\n" : "</TABLEDATA></DATA>\n").utf8
    out += "</TABLE>\n</RESOURCE>\n</VOTABLE>\n".utf8
  }

  private static func field(_ column: TableColumn) -> String {
    var text = "<FIELD name=\"\(XMLText.escaped(column.name))\" \(type(of: column))"
    if let unit = column.unit { text += " unit=\"\(XMLText.escaped(unit))\"" }
    if let ucd = column.ucd { text += " ucd=\"\(XMLText.escaped(ucd))\"" }
    guard !column.description.isEmpty else { return text + "/>\n" }
    return text + "><DESCRIPTION>\(XMLText.escaped(column.description))</DESCRIPTION></FIELD>\n"
  }

  private static func type(of column: TableColumn) -> String {
    switch column.kind {
    case .boolean: "datatype=\"boolean\""
    case .int16: "datatype=\"short\""
    case .int32: "datatype=\"int\""
    case .int64: "datatype=\"long\""
    case .float64: "datatype=\"double\""
    case .text: "datatype=\"\(column.isASCII ? "char" : "unicodeChar")\" arraysize=\"*\""
    case .bytes: "datatype=\"unsignedByte\" arraysize=\"*\""
    }
  }

  // MARK: - BINARY2

  private mutating func addBinary(_ batch: TableBatch, _ index: Int) {
    var mask: UInt8 = 0
    for c in columns.indices {
      if !batch.columns[c].present[index] { mask |= 0x80 >> UInt8(c & 7) }
      if c & 7 == 7 || c == columns.count - 1 {
        row.append(mask)
        mask = 0
      }
    }
    for c in columns.indices { addBinary(batch.columns[c], index, columns[c]) }
  }

  private mutating func addBinary(_ values: ColumnValues, _ index: Int, _ column: TableColumn) {
    switch column.kind {
    case .float64:
      BigEndian.add(values.present[index] ? values.doubles[index] : .nan, to: &row)
    case .boolean:
      row.append(values.present[index] ? (values.integers[index] != 0 ? 0x54 : 0x46) : 0x3F)
    case .int16: BigEndian.add(Int16(truncatingIfNeeded: values.integers[index]), to: &row)
    case .int32: BigEndian.add(Int32(truncatingIfNeeded: values.integers[index]), to: &row)
    case .int64: BigEndian.add(values.integers[index], to: &row)
    case .bytes:
      BigEndian.add(Int32(values.range(index).count), to: &row)
      row.append(contentsOf: values.bytes[values.range(index)])
    case .text:
      guard column.isASCII else {
        let units = Array(values.text(index).utf16)
        BigEndian.add(Int32(units.count), to: &row)
        for unit in units { BigEndian.add(unit, to: &row) }
        return
      }
      BigEndian.add(Int32(values.range(index).count), to: &row)
      row.append(contentsOf: values.bytes[values.range(index)])
    }
  }

  // MARK: - TABLEDATA

  private mutating func addText(_ batch: TableBatch, _ index: Int, to out: inout [UInt8]) {
    out += "<TR>".utf8
    for c in columns.indices {
      let values = batch.columns[c]
      guard values.present[index] else {
        out += "<TD/>".utf8
        continue
      }
      out += "<TD>".utf8
      switch columns[c].kind {
      case .float64: out += values.doubles[index].description.utf8
      case .boolean: out.append(values.integers[index] != 0 ? 0x54 : 0x46)
      case .int16, .int32, .int64: out += values.integers[index].description.utf8
      case .bytes:
        let numbers = values.bytes[values.range(index)].map { "\($0)" }
        out += numbers.joined(separator: " ").utf8
      case .text:
        let text = values.text(index)
        if text.isEmpty {
          lossCounter.add(
            "empty texts of \(columns[c].name) read as null: TABLEDATA can't tell them apart")
        } else if !XMLText.canHold(text) {
          lossCounter.add("texts of \(columns[c].name) lost characters that XML can't hold")
        }
        out += XMLText.escaped(text).utf8
      }
      out += "</TD>".utf8
    }
    out += "</TR>\n".utf8
  }
}
