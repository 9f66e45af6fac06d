import Astro
import Catalog
import Exchange

/// Writes rows of a catalog in a format: one batch is read while the one before it is encoded.
struct TableExport {
  let catalog: Catalog
  let selection: TableSelection
  let format: ExportFormat
  let isCompressed: Bool
  let jobs: Int
  let adesHeader: ADESHeader

  /// - Returns: how many rows there are, and what the format could not hold.
  func write(to path: String) async throws -> (rows: Int, losses: [String]) {
    if format == .sqlite {
      let subset = try catalog.exportSubset(selection, to: path)
      return (subset.objects, subset.losses)
    }
    if let observations = format.observations {
      return try await writeObservations(observations, to: path)
    }
    return selection.table == "orbits"
      ? try await writeOrbits(to: path) : try await writeTable(to: path)
  }

  private func writeTable(to path: String) async throws -> (rows: Int, losses: [String]) {
    let cursor = try catalog.tableCursor(selection, isMeasured: format.needsMeasures)
    return try await stream(to: path, cursor.description) { try await cursor.next() }
  }

  private func writeOrbits(to path: String) async throws -> (rows: Int, losses: [String]) {
    let cursor = try catalog.orbitCursor(selection, isMeasured: format.needsMeasures)
    if let text = format.orbitText { return try await writeText(cursor, text, to: path) }
    let description = OrbitTable.description(
      rowCount: cursor.rowCount, designationBytes: cursor.designationBytes,
      isASCII: cursor.isASCII)
    return try await stream(to: path, description) { [jobs] in
      guard let records = try await cursor.next() else { return nil }
      let parts = try await parallelMap(count: records.count, chunk: 1024, jobs: jobs) {
        OrbitTable.batch(records[$0].lazy.map(\.orbit))
      }
      var batch = TableBatch(description.columns)
      for part in parts { batch.append(part) }
      return batch
    }
  }

  /// Orbits in a format of text.
  private func writeText(
    _ cursor: OrbitCursor, _ text: OrbitTextFormat, to path: String
  ) async throws -> (rows: Int, losses: [String]) {
    var total = OrbitText()
    var count = 0
    var out = try ExportOutput(isCompressed: isCompressed)
    try await OutputFile.write(to: path) { file in
      try out.write(Array(text.head.utf8), to: &file)
      var records = try await cursor.next()
      while let current = records {
        async let following = cursor.next()
        let parts = try await parallelMap(count: current.count, chunk: 1024, jobs: jobs) {
          text.encode(current[$0])
        }
        for part in parts {
          if count > 0 && part.count > 0 { try out.write(Array(text.separator.utf8), to: &file) }
          try out.write(part.bytes, to: &file)
          count += part.count
          total.addLosses(of: part)
        }
        records = try await following
      }
      try out.write(Array(text.foot.utf8), to: &file)
      try out.end(&file)
    }
    return (count, total.losses)
  }

  private func writeObservations(
    _ observations: ObservationFormat, to path: String
  ) async throws -> (rows: Int, losses: [String]) {
    let cursor = try catalog.observationCursor(selection)
    var writer = observations.writer(header: adesHeader)
    var out = try ExportOutput(isCompressed: isCompressed)
    try await OutputFile.write(to: path) { file in
      var bytes: [UInt8] = []
      writer.begin(into: &bytes)
      while let records = try await cursor.next() {
        writer.write(records, into: &bytes)
        try out.write(bytes, to: &file)
        bytes.removeAll(keepingCapacity: true)
      }
      writer.end(into: &bytes)
      try out.write(bytes, to: &file)
      try out.end(&file)
    }
    var losses = writer.losses
    if observations != .obs80, !adesHeader.missing.isEmpty {
      losses.append(
        "not complete as a submission: --ades-header lacks "
          + adesHeader.missing.joined(separator: ", "))
    }
    return (writer.count, losses)
  }

  private func stream(
    to path: String, _ description: TableDescription,
    _ next: @escaping @Sendable () async throws -> TableBatch?
  ) async throws -> (rows: Int, losses: [String]) {
    guard let table = format.table else { return (0, []) }
    var count = 0
    var writer = table.writer(compressed: isCompressed, jobs: jobs)
    var out = try ExportOutput(isCompressed: isCompressed && table != .parquet)
    try await OutputFile.write(to: path) { file in
      var bytes: [UInt8] = []
      try writer.begin(description, into: &bytes)
      var batch = try await next()
      while let current = batch {
        async let following = next()
        try await writer.write(current, into: &bytes)
        try out.write(bytes, to: &file)
        bytes.removeAll(keepingCapacity: true)
        count += current.rowCount
        batch = try await following
      }
      try writer.end(into: &bytes)
      try out.write(bytes, to: &file)
      try out.end(&file)
    }
    return (count, writer.losses)
  }
}
