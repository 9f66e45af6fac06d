/// Turns batches of rows into the bytes of one format, with constant memory: what is ready is
/// appended to `out`, and the caller puts it where it belongs.
public protocol TableWriter {
  mutating func begin(_ table: TableDescription, into out: inout [UInt8]) throws(ExchangeError)
  mutating func write(_ batch: TableBatch, into out: inout [UInt8]) async throws
  mutating func end(into out: inout [UInt8]) throws(ExchangeError)

  /// What the format could not hold of the rows that were written; empty when it holds all.
  var losses: [String] { get }
}

/// The formats of tables.
public enum TableFormat: String, CaseIterable, Sendable {
  case csv
  case fits
  case votable
  case votableText = "votable-tabledata"
  case parquet

  /// - Parameters:
  ///   - compressed: Parquet pages are compressed; other formats are compressed as whole files by
  ///     ``GzipCompressor``.
  ///   - jobs: cores for the formats that can use several.
  public func writer(compressed: Bool, jobs: Int) -> any TableWriter {
    switch self {
    case .csv: CSVTableWriter()
    case .fits: FITSTableWriter(jobs: jobs)
    case .votable: VOTableWriter(isBinary: true)
    case .votableText: VOTableWriter(isBinary: false)
    case .parquet: ParquetWriter(compressed: compressed, jobs: jobs)
    }
  }
}

/// Counts of values that a format could not hold, told once at the end.
struct LossCounter: Sendable {
  private var counts: [(what: String, count: Int)] = []

  mutating func add(_ what: String, _ count: Int = 1) {
    if count == 0 { return }
    if let i = counts.firstIndex(where: { $0.what == what }) {
      counts[i].count += count
    } else {
      counts.append((what, count))
    }
  }

  mutating func add(_ other: LossCounter) {
    for (what, count) in other.counts { add(what, count) }
  }

  var messages: [String] { counts.map { "\($0.count) \($0.what)" } }
}
