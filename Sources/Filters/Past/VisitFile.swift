import Alerts
import Astro
import Foundation

/// A visit's tables in a file, so that a filter can be tried on them later: what filters saw, not the
/// whole alerts, which are a hundred times as large.
///
/// The file has `ECLVISIT`, the length of a header (8 bytes, little-endian), the header as JSON, then
/// zstd frames: for each table some columns at a time (kinds, a byte a value, then the values' eight),
/// its texts last. Columns go by name: a file of another version has those that both know.
enum VisitFile {
  static let magic = Array("ECLVISIT".utf8)

  private struct Header: Codable {
    var visit: String
    var tables: [Table]

    struct Table: Codable {
      var name: String
      var columns: [String]
      var rows: Int
      var textBytes: Int
      /// Compressed bytes of each group of columns, of the texts last.
      var frames: [Int]
    }
  }

  /// So many columns are compressed together.
  private static let groupSize = 16
  /// A header that claims more is damaged.
  private static let mostRows = 200_000
  private static let mostColumns = 10_000

  // MARK: - Writing

  static func bytes(
    of tables: [VisitTable], visit: String, jobs: Int
  ) async throws -> [UInt8] {
    var header = Header(visit: visit, tables: [])
    var frames: [[UInt8]] = []
    for table in tables {
      let groups = (table.columns.count + groupSize - 1) / groupSize
      let made = try await parallelMap(count: groups + 1, chunk: 1, jobs: jobs) { range in
        let first = range.lowerBound * groupSize
        guard range.lowerBound < groups else { return Self.compressed(table.textBytes) }
        return Self.compressed(
          table.bytes(of: first..<min(first + groupSize, table.columns.count)))
      }
      for frame in made where frame.isEmpty {
        throw AlertsError.encoding(field: "visit", reason: "zstd failed: out of memory?")
      }
      header.tables.append(
        Header.Table(
          name: table.name, columns: table.columns.map(\.name), rows: table.rowCount,
          textBytes: table.textBytes.count, frames: made.map(\.count)))
      frames += made
    }
    let json = Array(try JSONEncoder().encode(header))
    var output = magic
    withUnsafeBytes(of: UInt64(json.count).littleEndian) { output += $0 }
    output += json
    for frame in frames { output += frame }
    return output
  }

  /// Empty: it failed.
  private static func compressed(_ bytes: [UInt8]) -> [UInt8] {
    (try? Zstandard.compress(bytes, level: 1)) ?? []
  }

  // MARK: - Reading

  /// The rows of each table, in the columns that this version has.
  static func read(
    _ path: String, columns: [String: [FilterColumn]]
  ) throws(AlertsError) -> (visit: String, rows: [String: VisitRows]) {
    guard let data = try? Data(contentsOf: URL(filePath: path), options: .mappedIfSafe) else {
      throw .file(path, reason: "can't be read")
    }
    let (header, start) = try header(data, path)
    var at = start
    var result: [String: VisitRows] = [:]
    for table in header.tables {
      guard let wanted = columns[table.name] else {
        at += table.frames.reduce(0, +)
        continue
      }
      result[table.name] = try rows(table, wanted, data, &at, path)
    }
    return (header.visit, result)
  }

  private static func damaged(_ path: String, _ what: String) -> AlertsError {
    .file(path, reason: "is damaged: \(what); remove it")
  }

  private static func header(
    _ data: Data, _ path: String
  ) throws(AlertsError) -> (Header, start: Int) {
    guard data.starts(with: magic), data.count >= 16 else {
      throw .file(path, reason: "is no stored visit")
    }
    let length = data[8..<16].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(data.count - 16),
      let header = try? JSONDecoder().decode(Header.self, from: data[16..<(16 + Int(length))])
    else { throw damaged(path, "its header") }
    var size = 16 + Int(length)
    for table in header.tables {
      let groups = (table.columns.count + groupSize - 1) / groupSize
      guard (0...mostRows).contains(table.rows), table.columns.count <= mostColumns,
        (0...Int(UInt32.max)).contains(table.textBytes), table.frames.count == groups + 1
      else { throw damaged(path, "its header") }
      for frame in table.frames {
        guard (0...data.count).contains(frame) else { throw damaged(path, "its header") }
        size += frame
      }
    }
    guard size == data.count else {
      throw damaged(path, "it has \(data.count) bytes, \(size) are told of")
    }
    return (header, 16 + Int(length))
  }

  private static func rows(
    _ table: Header.Table, _ wanted: [FilterColumn], _ data: Data, _ at: inout Int, _ path: String
  ) throws(AlertsError) -> VisitRows {
    let places = Dictionary(
      wanted.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    var rows = VisitRows(columnCount: wanted.count, rowCount: table.rows)
    for (number, frame) in table.frames.enumerated() {
      let first = number * groupSize
      let isTexts = number == table.frames.count - 1
      let columns = isTexts ? 0..<0 : first..<min(first + groupSize, table.columns.count)
      let size = isTexts ? table.textBytes : columns.count * table.rows * 9
      let expanded = try expand(data, at..<(at + frame), size, path)
      at += frame
      guard !isTexts else {
        guard rows.adopt(texts: expanded) else {
          throw damaged(path, "a text lies outside of the texts")
        }
        continue
      }
      for column in columns {
        guard let place = places[table.columns[column]] else { continue }
        guard rows.adopt(place, expanded, column - first, of: columns.count) else {
          throw damaged(path, "a value of no kind")
        }
      }
    }
    return rows
  }

  private static func expand(
    _ data: Data, _ range: Range<Int>, _ size: Int, _ path: String
  ) throws(AlertsError) -> [UInt8] {
    let result: Result<[UInt8], AlertsError> = data.withUnsafeBytes { bytes in
      Result { () throws(AlertsError) in
        try Zstandard.expand(UnsafeRawBufferPointer(rebasing: bytes[range]), limit: size)
      }
    }
    guard case .success(let expanded) = result, expanded.count == size else {
      throw damaged(path, "its data don't expand to what they were")
    }
    return expanded
  }
}
