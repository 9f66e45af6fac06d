import Exchange

/// Rows as JSON, CSV or VOTable.
struct ReplyTable: Sendable {
  var name: String
  var description: String
  var columns: [TableColumn]
  var rows: TableBatch

  /// - Parameters:
  ///   - format: `json`, `csv` or `votable`.
  ///   - head: what the JSON says before its rows, an array named as the table.
  func reply(_ format: String, head: (inout JSONText) -> Void) async throws -> Reply {
    if format == "json" {
      return Reply.json(256 * (rows.rowCount + 1)) { text in
        head(&text)
        text.key(name)
        text.array { $0.rows(rows, columns) }
      }
    }
    return Reply(
      format == "csv" ? "text/csv; charset=utf-8; header=present" : "application/x-votable+xml",
      try await bytes(format == "csv" ? .csv : .votableText))
  }

  private func bytes(_ format: TableFormat) async throws -> [UInt8] {
    var measured = columns
    for index in columns.indices where columns[index].kind == .text {
      measured[index].isASCII = rows.columns[index].bytes.allSatisfy { $0 < 0x80 }
    }
    var out: [UInt8] = []
    var writer = format.writer(compressed: false, jobs: 1)
    try writer.begin(
      TableDescription(
        name: name, description: description, columns: measured, rowCount: rows.rowCount),
      into: &out)
    try await writer.write(rows, into: &out)
    try writer.end(into: &out)
    return out
  }
}
