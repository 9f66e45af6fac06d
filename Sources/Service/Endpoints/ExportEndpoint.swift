import Astro
import Astrometry
import Catalog
import Exchange
import Foundation
import HTTPTypes

/// Tables of the catalog as files, streamed.
enum ExportEndpoint {
  /// What the address calls a format, and the type that it is sent as.
  private static let formats: [(name: String, mediaType: String)] = [
    ("csv", "text/csv"), ("votable", "application/x-votable+xml"),
    ("votable-tabledata", "application/x-votable+xml"), ("fits", "application/fits"),
    ("parquet", "application/vnd.apache.parquet"), ("mpcorb", "text/plain"),
    ("mpc-orb", "application/json"), ("oef", "text/plain"), ("ades-psv", "text/plain"),
    ("ades-xml", "application/xml"),
    ("obs80", "text/plain"),
  ]

  /// Tables that say nothing of the machine's files.
  private static let tables = [
    "orbits", "mpc_orbits", "SSObject", "SSSource", "DiaSource", "links", "orbitSolutions",
    "visits",
  ]

  static func all(_ state: ServiceState) -> [Endpoint] {
    [
      Endpoint(
        path: "/v1/export/{table}", operation: "export", summary: "A table as a file.",
        description: """
          As `ecliptic export`: one state of the catalog, streamed. `mpcorb`, `mpc-orb` and `oef` are of \
          `orbits`, `ades-psv`, `ades-xml` and `obs80` of `DiaSource`; the others hold any table.
          """,
        tag: "export",
        parameters: [
          Parameter("table", .choice(tables), "The table.", example: "mpc_orbits", inPath: true),
          Parameter("format", .choice(formats.map(\.name)), default: "csv", "Of the file."),
          Parameter(
            "where", .text(maximum: 4_000), "SQL expression on the table's columns.",
            example: "q < 1.3"),
          Parameter(
            "class", .choice(OrbitClassSelection.allCases.map(\.rawValue)),
            "Only objects on an orbit of this kind."),
          Parameter(
            "arc", .number(0...100_000), "Only objects observed over so many days at least."),
          Parameter("since", .time, "Only detections since, or objects detected since."),
        ],
        mediaTypes: Set(formats.map(\.mediaType)).sorted(), weight: .streaming
      ) { call in
        let table = call.arguments.text("table") ?? ""
        let format = call.arguments.text("format") ?? "csv"
        var selection = TableSelection(table: table)
        selection.condition = call.arguments.text("where")
        selection.orbitClass = call.arguments.text("class").flatMap { .init(rawValue: $0) }
        selection.minimumArcDays = call.arguments.number("arc")
        selection.sinceMjdTai = call.arguments.time("since")?.tai.mjd
        selection.secondsAtOnce = 5 * state.options.querySeconds
        return try await reply(selection, format, state)
      }
    ]
  }

  private static func reply(
    _ selection: TableSelection, _ format: String, _ state: ServiceState
  ) async throws -> Reply {
    let kind = formats.first { $0.name == format }?.mediaType ?? "application/octet-stream"
    // CSV is of any table.
    let isOrbitCSV = format == "csv" && selection.table == "orbits"
    let text = format == "csv" ? (isOrbitCSV ? .csv : nil) : OrbitTextFormat(rawValue: format)
    let observations = ObservationFormat(rawValue: format)
    if text != nil, selection.table != "orbits" {
      throw HTTPProblem.badParameter("format", "\(format) is of the table orbits alone")
    }
    if observations != nil, selection.table != "DiaSource" {
      throw HTTPProblem.badParameter("format", "\(format) is of the table DiaSource alone")
    }
    let produce: @Sendable (_ write: ([UInt8]) async throws -> Void) async throws -> Void
    do {
      try state.queries.check(selection)
      let export = CatalogStream(
        catalog: state.catalog, selection: selection, jobs: state.options.jobs)
      if let text {
        produce = try await export.orbits(text)
      } else if let observations {
        produce = try await export.observations(observations)
      } else {
        produce = try await export.table(TableFormat(rawValue: format) ?? .csv)
      }
    } catch CatalogError.badQuery(_, let reason) {
      throw HTTPProblem.badParameter("where", "the condition does not run: \(reason)")
    } catch let error as CatalogError {
      if case .notSelectable = error { throw HTTPProblem.badParameter("table", "\(error)") }
      guard case .database(_, _, let reason) = error, selection.condition != nil else {
        throw error
      }
      throw HTTPProblem.badParameter("where", "the condition fails as it runs: \(reason)")
    }
    var reply = Reply(kind, stream: produce)
    let name = "\(selection.table).\(fileExtension(format))"
    reply.headers = [(.contentDisposition, "attachment; filename=\"\(name)\"")]
    reply.isCompressed = format == "parquet"
    return reply
  }

  private static func fileExtension(_ format: String) -> String {
    switch format {
    case "votable", "votable-tabledata": "vot"
    case "mpcorb": "DAT"
    case "mpc-orb": "json"
    case "ades-psv": "psv"
    case "ades-xml": "xml"
    case "obs80": "txt"
    default: format
    }
  }
}

/// A selection of the catalog as the bytes of a format, with the memory of a batch. The first
/// batch is read before the answer begins: what is wrong with a condition mostly shows there.
struct CatalogStream: Sendable {
  let catalog: Catalog
  let selection: TableSelection
  let jobs: Int

  typealias Produce = @Sendable (_ write: ([UInt8]) async throws -> Void) async throws -> Void

  func table(_ format: TableFormat) async throws -> Produce {
    let isMeasured = format == .fits || format == .votable || format == .votableText
    guard selection.table == "orbits" else {
      let cursor = try catalog.tableCursor(selection, isMeasured: isMeasured)
      return try await produce(format, cursor.description) { try await cursor.next() }
    }
    let cursor = try catalog.orbitCursor(selection, isMeasured: isMeasured)
    let description = OrbitTable.description(
      rowCount: cursor.rowCount, designationBytes: cursor.designationBytes,
      isASCII: cursor.isASCII)
    return try await produce(format, description) {
      try await cursor.next().map { OrbitTable.batch($0.lazy.map(\.orbit)) }
    }
  }

  private func produce(
    _ format: TableFormat, _ description: TableDescription,
    _ next: @escaping @Sendable () async throws -> TableBatch?
  ) async throws -> Produce {
    let jobs = jobs
    let first = try await next()
    return { write in
      var writer = format.writer(compressed: format == .parquet, jobs: jobs)
      var bytes: [UInt8] = []
      try writer.begin(description, into: &bytes)
      var batch = first
      while let current = batch {
        try await writer.write(current, into: &bytes)
        try await write(bytes)
        bytes.removeAll(keepingCapacity: true)
        batch = try await next()
      }
      try writer.end(into: &bytes)
      try await write(bytes)
    }
  }

  func orbits(_ format: OrbitTextFormat) async throws -> Produce {
    let cursor = try catalog.orbitCursor(selection, isMeasured: false)
    let first = try await cursor.next()
    let jobs = jobs
    return { write in
      try await write(Array(format.head.utf8))
      var count = 0
      var next = first
      while let records = next {
        let parts = try await parallelMap(count: records.count, chunk: 1024, jobs: jobs) {
          format.encode(records[$0])
        }
        var bytes: [UInt8] = []
        for part in parts {
          if count > 0 && part.count > 0 { bytes += format.separator.utf8 }
          bytes += part.bytes
          count += part.count
        }
        try await write(bytes)
        next = try await cursor.next()
      }
      try await write(Array(format.foot.utf8))
    }
  }

  func observations(_ format: ObservationFormat) async throws -> Produce {
    let cursor = try catalog.observationCursor(selection)
    let first = try await cursor.next()
    return { write in
      var writer = format.writer(header: .none)
      var bytes: [UInt8] = []
      writer.begin(into: &bytes)
      var next = first
      while let records = next {
        writer.write(records, into: &bytes)
        try await write(bytes)
        bytes.removeAll(keepingCapacity: true)
        next = try await cursor.next()
      }
      writer.end(into: &bytes)
      try await write(bytes)
    }
  }
}
