import Astro

/// A table as Apache Parquet: one row group a batch, its columns encoded on all cores.
///
/// Flat tables only. Pages are uncompressed or gzip. Units, descriptions and types are in the
/// file's metadata as astropy has them (`table_meta_yaml`), and in that of each column chunk.
/// https://parquet.apache.org/docs/file-format/
struct ParquetWriter: TableWriter {
  private struct RowGroup {
    var rowCount: Int
    var chunks: [Chunk]
  }

  /// What the footer says of a chunk.
  private struct Chunk {
    var chunk: ParquetColumnChunk
    var offset: Int
    var length: Int
  }

  private let compressed: Bool
  private let jobs: Int
  private var table = TableDescription(name: "", columns: [], rowCount: 0)
  private var rowGroups: [RowGroup] = []
  private var offset = 0
  /// The longest value of each text column [bytes].
  private var longest: [Int] = []
  private static let magic = Array("PAR1".utf8)

  var losses: [String] { [] }

  init(compressed: Bool, jobs: Int) {
    self.compressed = compressed
    self.jobs = jobs
  }

  mutating func begin(_ table: TableDescription, into out: inout [UInt8]) throws(ExchangeError) {
    self.table = table
    out += Self.magic
    offset = Self.magic.count
    longest = table.columns.map { _ in 0 }
  }

  mutating func write(_ batch: TableBatch, into out: inout [UInt8]) async throws {
    guard batch.rowCount > 0 else { return }
    let (columns, compressed) = (table.columns, compressed)
    let chunks = try await parallelMap(count: columns.count, chunk: 1, jobs: jobs) { range in
      let i = range.lowerBound
      return try ParquetColumnChunk(batch.columns[i], columns[i], compressed: compressed)
    }
    var group = RowGroup(rowCount: batch.rowCount, chunks: [])
    for chunk in chunks {
      out += chunk.bytes
      group.chunks.append(
        Chunk(chunk: chunk.withoutBytes, offset: offset, length: chunk.bytes.count))
      offset += chunk.bytes.count
    }
    rowGroups.append(group)
    for i in columns.indices where Self.hasLength(columns[i]) {
      for row in 0..<batch.rowCount {
        longest[i] = max(longest[i], batch.columns[i].range(row).count)
      }
    }
  }

  mutating func end(into out: inout [UInt8]) throws(ExchangeError) {
    let footer = footer()
    out += footer
    LittleEndian.add(UInt32(footer.count), to: &out)
    out += Self.magic
  }

  private static func hasLength(_ column: TableColumn) -> Bool {
    column.kind == .text || column.kind == .bytes
  }

  // MARK: - Footer

  private func footer() -> [UInt8] {
    var thrift = ThriftCompact()
    thrift.add(1, i32: 2)
    thrift.add(2, structures: [nil] + table.columns.map(Optional.some)) { element, column in
      Self.addSchema(column, table, to: &element)
    }
    thrift.add(3, i64: rowGroups.map(\.rowCount).reduce(0, +))
    thrift.add(4, structures: rowGroups) { element, group in add(group, to: &element) }
    thrift.add(5, structures: metadata) { element, pair in
      element.add(1, pair.key)
      element.add(2, pair.value)
    }
    thrift.add(6, "ecliptic")
    // Bounds are in the order of each type.
    thrift.add(7, structures: table.columns) { element, _ in element.add(1) { _ in } }
    thrift.end()
    return thrift.bytes
  }

  private static func addSchema(
    _ column: TableColumn?, _ table: TableDescription, to element: inout ThriftCompact
  ) {
    guard let column else {
      element.add(4, table.name)
      element.add(5, i32: table.columns.count)
      return
    }
    element.add(1, i32: ParquetColumnChunk.Physical(column.kind).rawValue)
    element.add(3, i32: column.isNullable ? 1 : 0)
    element.add(4, column.name)
    if column.kind == .text {
      element.add(6, i32: 0)
      element.add(10) { $0.add(1) { _ in } }
    } else if column.kind == .int16 {
      element.add(6, i32: 16)
      element.add(10) { union in
        union.add(10) {
          $0.add(1, i8: 16)
          $0.add(2, true)
        }
      }
    }
  }

  private func add(_ group: RowGroup, to element: inout ThriftCompact) {
    let indices = Array(group.chunks.indices)
    element.add(1, structures: indices) { chunk, i in
      chunk.add(2, i64: group.chunks[i].offset)
      chunk.add(3) { add(group.chunks[i], table.columns[i], to: &$0) }
    }
    element.add(2, i64: group.chunks.map(\.chunk.uncompressedLength).reduce(0, +))
    element.add(3, i64: group.rowCount)
  }

  private func add(_ chunk: Chunk, _ column: TableColumn, to element: inout ThriftCompact) {
    let encoded = chunk.chunk
    typealias Encoding = ParquetColumnChunk.Encoding
    element.add(1, i32: ParquetColumnChunk.Physical(column.kind).rawValue)
    element.add(
      2,
      i32List: [Encoding.plain, Encoding.runLengths]
        + (encoded.hasDictionary ? [Encoding.dictionary] : []))
    element.add(3, textList: [column.name])
    element.add(4, i32: compressed ? 2 : 0)
    element.add(5, i64: encoded.valueCount)
    element.add(6, i64: encoded.uncompressedLength)
    element.add(7, i64: chunk.length)
    let details = [("unit", column.unit), ("description", column.description), ("ucd", column.ucd)]
      .compactMap { key, value in value.map { (key, $0) } }.filter { !$0.1.isEmpty }
    element.add(8, structures: details) { pair, detail in
      pair.add(1, detail.0)
      pair.add(2, detail.1)
    }
    element.add(9, i64: chunk.offset + encoded.dictionaryLength)
    if encoded.hasDictionary { element.add(11, i64: chunk.offset) }
    element.add(12) { statistics in
      statistics.add(3, i64: encoded.nullCount)
      if let bounds = encoded.bounds {
        statistics.add(5, binary: bounds.highest)
        statistics.add(6, binary: bounds.lowest)
      }
    }
  }

  /// Of the file: what astropy makes units and descriptions from.
  private var metadata: [(key: String, value: String)] {
    var yaml = "datatype:\n"
    for column in table.columns {
      yaml += "- {name: \(Self.quoted(column.name))"
      if let unit = column.unit { yaml += ", unit: \(Self.quoted(unit))" }
      yaml += ", datatype: \(Self.astropyType(column.kind))"
      if !column.description.isEmpty {
        yaml += ", description: \(Self.quoted(column.description))"
      }
      yaml += "}\n"
    }
    yaml += "meta: {name: \(Self.quoted(table.name)), "
    yaml += "description: \(Self.quoted(table.description))}"
    let lengths = table.columns.indices.filter { Self.hasLength(table.columns[$0]) }.map {
      (key: "table::len::\(table.columns[$0].name)", value: "\(max(1, longest[$0]))")
    }
    return [("table_meta_yaml", yaml)] + lengths
  }

  /// A double-quoted scalar of YAML.
  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  private static func astropyType(_ kind: TableColumn.Kind) -> String {
    switch kind {
    case .boolean: "bool"
    case .int16: "int16"
    case .int32: "int32"
    case .int64: "int64"
    case .float64: "float64"
    case .text: "string"
    case .bytes: "bytes"
    }
  }
}
