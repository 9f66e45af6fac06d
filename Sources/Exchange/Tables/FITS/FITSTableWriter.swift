import Astro

/// A table as a FITS binary table: big-endian rows of fixed width, made on all cores.
///
/// Nulls: NaN for doubles, TNULL for whole numbers, zero bytes for truth values (FITS 4.0, 7.3.2).
/// A text can't be null, and holds ASCII only; what that loses is counted.
struct FITSTableWriter: TableWriter {
  private let jobs: Int
  private var columns: [TableColumn] = []
  private var dataBytes = 0
  private var lossCounter = LossCounter()

  var losses: [String] { lossCounter.messages }

  init(jobs: Int) { self.jobs = jobs }

  mutating func begin(_ table: TableDescription, into out: inout [UInt8]) throws(ExchangeError) {
    columns = table.columns
    out += try FITSTableHeader(table).bytes
  }

  mutating func write(_ batch: TableBatch, into out: inout [UInt8]) async throws {
    let columns = columns
    let parts = try await parallelMap(count: batch.rowCount, chunk: 4096, jobs: jobs) {
      FITSRows(batch, $0, columns)
    }
    for part in parts {
      out += part.bytes
      dataBytes += part.bytes.count
      lossCounter.add(part.losses)
    }
  }

  mutating func end(into out: inout [UInt8]) throws(ExchangeError) {
    let rest = dataBytes % FITSTableHeader.blockSize
    if rest > 0 {
      out.append(contentsOf: repeatElement(0, count: FITSTableHeader.blockSize - rest))
    }
  }
}
