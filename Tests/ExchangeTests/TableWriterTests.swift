import CFITSIO
import Exchange
import Foundation
import FoundationXML
import TestSupport
import Testing

/// What astropy, pyarrow, pandas, DuckDB and stilts make of the files is checked by
/// Tools/test-interop; here CFITSIO, XMLParser and the bytes of the formats' definitions.
@Suite struct TableWriterTests {
  /// Every kind, with and without nulls, more rows than a piece of work.
  private static let columns: [TableColumn] = {
    var columns = [
      TableColumn("id", .int64, ucd: "meta.id", "Number", isNullable: false),
      TableColumn("x", .float64, unit: "AU", "A < B & C"), TableColumn("name", .text),
      TableColumn("flag", .boolean), TableColumn("rank", .int16), TableColumn("n", .int32),
    ]
    columns[2].maximumBytes = 6
    return columns
  }()

  private static func batch(_ count: Int) -> TableBatch {
    var batch = TableBatch(columns)
    for i in 0..<count {
      batch.columns[0].append(Int64(i))
      batch.columns[1].append(i % 3 == 0 ? nil : 0.1 * Double(i))
      batch.columns[2].append(i % 5 == 0 ? nil : "n\(i % 7)")
      batch.columns[3].append(i % 4 == 0 ? nil : i % 2 == 0)
      batch.columns[4].append(i % 6 == 0 ? nil : -i % 100)
      batch.columns[5].append(i % 7 == 0 ? nil : i * 1000)
    }
    return batch
  }

  private static func bytes(
    _ format: TableFormat, count: Int, compressed: Bool = false, jobs: Int = 2
  ) async throws -> [UInt8] {
    var writer = format.writer(compressed: compressed, jobs: jobs)
    var out: [UInt8] = []
    try writer.begin(
      TableDescription(name: "things", description: "Things", columns: columns, rowCount: count),
      into: &out)
    try await writer.write(batch(count), into: &out)
    try writer.end(into: &out)
    return out
  }

  @Test func cfitsioReadsTheTable() async throws {
    let bytes = try await Self.bytes(.fits, count: 5000)
    // FITS files are whole blocks.
    #expect(bytes.count.isMultiple(of: 2880))
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "things.fits").path
    try Data(bytes).write(to: URL(filePath: path))
    var file: UnsafeMutablePointer<fitsfile>?
    var status: Int32 = 0
    fftopn(&file, path, READONLY, &status)
    var rows = 0
    ffgnrw(file, &rows, &status)
    #expect(rows == 5000)
    var values = [Double](repeating: 0, count: rows)
    var isNull: Int32 = 0
    var null = -1.0
    ffgcv(file, TDOUBLE, 2, 1, 1, Int64(rows), &null, &values, &isNull, &status)
    #expect(status == 0)
    #expect((0..<rows).allSatisfy { values[$0] == ($0 % 3 == 0 ? -1 : 0.1 * Double($0)) })
    var whole = [Int32](repeating: 0, count: rows)
    var noNumber: Int32 = -7
    ffgcv(file, TINT, 6, 1, 1, Int64(rows), &noNumber, &whole, &isNull, &status)
    #expect((0..<rows).allSatisfy { whole[$0] == ($0 % 7 == 0 ? -7 : Int32($0 * 1000)) })
    var unit = [CChar](repeating: 0, count: 72)
    ffgkys(file, "TUNIT2", &unit, nil, &status)
    #expect(String(decoding: unit.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self) == "AU")
    ffclos(file, &status)
    #expect(status == 0)
  }

  @Test func parquetFramesAndJobs() async throws {
    let bytes = try await Self.bytes(.parquet, count: 3000)
    #expect(bytes.prefix(4).elementsEqual("PAR1".utf8))
    #expect(bytes.suffix(4).elementsEqual("PAR1".utf8))
    let length = bytes.suffix(8).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    // Footer, its length and the magic are within the file; the footer begins with field 1, i32, 2.
    let footer = bytes.count - 8 - length
    #expect(footer > 4)
    #expect(bytes[footer] == 0x15 && bytes[footer + 1] == 4)
    #expect(try await Self.bytes(.parquet, count: 3000, jobs: 1) == bytes)
    let small = try await Self.bytes(.parquet, count: 3000, compressed: true)
    #expect(small.count < bytes.count)
  }

  @Test func votableIsXMLWithEveryRow() async throws {
    let text = String(decoding: try await Self.bytes(.votableText, count: 50), as: UTF8.self)
    #expect(XMLParser(data: Data(text.utf8)).parse())
    #expect(text.components(separatedBy: "<TR>").count == 51)
    #expect(text.contains("<DESCRIPTION>A &lt; B &amp; C</DESCRIPTION>"))
    #expect(text.contains("<TR><TD>0</TD><TD/><TD/><TD/><TD/><TD/></TR>"))
    #expect(text.contains("<TR><TD>1</TD><TD>0.1</TD><TD>n1</TD><TD>F</TD><TD>-1</TD>"))
  }

  @Test func csvTellsNullFromEmpty() async throws {
    var writer = TableFormat.csv.writer(compressed: false, jobs: 1)
    let columns = [TableColumn("a", .text), TableColumn("b", .float64)]
    var batch = TableBatch(columns)
    for text in ["", nil, "x,\"y\""] as [String?] {
      batch.columns[0].append(text)
      batch.columns[1].append(0.1 + 0.2)
    }
    var out: [UInt8] = []
    try writer.begin(TableDescription(name: "t", columns: columns, rowCount: 3), into: &out)
    try await writer.write(batch, into: &out)
    let number = "0.30000000000000004"
    let expected = "a,b\n\"\",\(number)\n,\(number)\n\"x,\"\"y\"\"\",\(number)\n"
    #expect(String(decoding: out, as: UTF8.self) == expected)
  }

  @Test func lossesAreCounted() async throws {
    var writer = TableFormat.fits.writer(compressed: false, jobs: 1)
    var column = TableColumn("name", .text)
    column.maximumBytes = 6
    column.isASCII = false
    var batch = TableBatch([column])
    batch.columns[0].append("Čapek")
    batch.columns[0].append("")
    var out: [UInt8] = []
    try writer.begin(TableDescription(name: "t", columns: [column], rowCount: 2), into: &out)
    try await writer.write(batch, into: &out)
    #expect(writer.losses.count == 2)
    #expect(out.suffix(12).elementsEqual("??apek\0\0\0\0\0\0".utf8))
  }
}
