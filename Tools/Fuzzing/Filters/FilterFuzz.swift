// libFuzzer's entry to the sandbox of users' filters: any SQL, as bytes or by a grammar.
//
// After each statement it is looked at whether it took more processor time or memory than a filter
// may, gave more lines than may be, wrote anything into the working folder, or changed what the next
// filter gets.
import Foundation
import GRDBSQLite

/// As `precondition`, whose message an optimised program doesn't have.
private func promise(_ isKept: Bool, _ message: @autoclosure () -> String) {
  guard !isKept else { return }
  FileHandle.standardError.write(Data("broken promise: \(message().prefix(2_000))\n".utf8))
  abort()
}

/// A visit with numbers, short and long texts, and nulls.
private let visit: [VisitTable] = {
  var rows = VisitRows(columnCount: AlertColumns.all.count)
  func set(_ name: String, _ value: FilterValue) {
    guard let column = AlertColumns.indices[name] else { return }
    rows.set(column, value)
  }
  for row in 0..<2_000 {
    rows.addRow()
    set("diaSourceId", .integer(Int64(1_000 + row)))
    set("ra", .real(Double(row) * 0.18))
    set("dec", .real(-60 + Double(row % 100)))
    set("psfFlux", row % 7 == 0 ? .null : .real(1e5 / Double(row + 1)))
    set("snr", .real(Double((row * 37) % 101)))
    set("magnitude", .real(16 + Double(row % 90) / 10))
    set("band", .text(["g", "r", "i"][row % 3]))
    set("history_count", .integer(Int64(row % 9)))
    set(
      "tag_designation", row % 50 == 0 ? .text(String(repeating: "a", count: 8_000)) : .text("aa"))
  }
  let alerts = VisitTable(
    name: "alerts", columns: AlertColumns.all, key: "diaSourceId", parts: [rows])
  var possible = VisitRows(columnCount: CandidateTable.columns.count)
  for row in 0..<2_000 where row % 3 > 0 {
    for rank in 1...(row % 3) {
      possible.addRow()
      possible.set(0, integer: Int64(1_000 + row))
      possible.set(1, integer: Int64(rank))
      possible.set(3, text: "2026 A\(row)".utf8)
      possible.set(4, real: 0.5 / Double(rank))
    }
  }
  let candidates = VisitTable(
    name: "candidates", columns: CandidateTable.columns, key: "diaSourceId", parts: [possible])
  return [alerts, candidates, MissingTable.make([])]
}()

private let limits: FilterLimits = {
  var limits = FilterLimits()
  limits.milliseconds = 20
  limits.bytes = 16 << 20
  return limits
}()
extension FilterLimits {
  fileprivate var nanoseconds: UInt64 { UInt64(milliseconds * 1e6) }
}

/// Beyond the limits: what passes between two looks of the budget. Of the 150 ms, 100 are a
/// filter's own.
private let mostNanoseconds: UInt64 = 70_000_000
private let mostBytes = Int64(limits.bytes) + 24 << 20

nonisolated(unsafe) private var sandbox = newSandbox()
nonisolated(unsafe) private var count = 0
nonisolated(unsafe) private var longest: UInt64 = 0
nonisolated(unsafe) private var largest: Int64 = 0
nonisolated(unsafe) private var folder = listing()
nonisolated(unsafe) private var used: Int64 = 0
private let data = checksum()

private func allowance(_ baseline: Int64) -> FilterSandbox.Allowance {
  FilterSandbox.Allowance(
    milliseconds: limits.milliseconds, lines: 20, baseline: baseline)
}

private func newSandbox() -> FilterSandbox {
  guard let sandbox = try? FilterSandbox(visit, limits: limits) else {
    preconditionFailure("no sandbox")
  }
  return sandbox
}

/// Names, sizes and times of the working folder's files.
private func listing() -> [String] {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: ".")) ?? []
  return names.sorted().map { name in
    var status = stat()
    lstat(name, &status)
    return "\(name) \(status.st_size) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)"
  }
}

private func checksum() -> Int {
  var hasher = Hasher()
  hasher.combine(bytes: visit[0].bytes(of: 0..<AlertColumns.all.count).withUnsafeBytes { $0 })
  return hasher.finalize()
}

/// Makes what is made once, before anything is timed.
@_cdecl("LLVMFuzzerInitialize")
public func fuzzInitialize(
  _: UnsafeMutablePointer<Int32>?, _: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> Int32 {
  promise(checksum() == data, "the visit is not what it was")
  lookAround("nothing")
  return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ length: Int) -> Int32 {
  let bytes = Array(UnsafeBufferPointer(start: start, count: length))
  guard let first = bytes.first else { return 0 }
  var text = String(decoding: bytes.dropFirst(), as: UTF8.self)
  if first % 4 != 0 {
    var grammar = SQLGrammar(bytes.dropFirst())
    text = grammar.statement()
  }
  let before = sqlite3_memory_used()
  sqlite3_memory_highwater(1)
  let begin = FilterBudget.threadTime()
  if let answer = try? sandbox.run(FilterText(text), allowance(before)) {
    promise(answer.rows.count <= 20, "\(answer.rows.count) lines: \(text)")
    promise(answer.rows.count <= answer.matched && answer.matched <= 2_000, "matched: \(text)")
    promise(answer.rows.allSatisfy { (0..<2_000).contains($0) }, "a row that is none: \(text)")
  }
  let time = FilterBudget.threadTime() - begin
  let memory = sqlite3_memory_highwater(0) - before
  if time > max(longest, limits.nanoseconds * 2) {
    FileHandle.standardError.write(
      Data("slowest so far, \(time / 1_000) us: \(text.prefix(2_000))\n".utf8))
  }
  longest = max(longest, time)
  largest = max(largest, memory)
  promise(time <= mostNanoseconds, "\(time / 1_000_000) ms of processor time: \(text)")
  promise(memory <= mostBytes, "\(memory >> 20) MB: \(text)")
  lookAround(text)
  return 0
}

/// What a statement may have left.
private func lookAround(_ text: String) {
  promise(listing() == folder, "the folder changed: \(text)")
  // A machine with much to do may take the time of one, but not of three.
  var next: FilterSandbox.Answer?
  for _ in 0..<3 where next == nil {
    next = try? sandbox.run(
      FilterText("snr > 90 ORDER BY snr DESC, diaSourceId"), allowance(sqlite3_memory_used()))
  }
  promise(next?.matched == (0..<2_000).count { ($0 * 37) % 101 > 90 }, "the next filter: \(text)")
  promise(next?.rows.first == (0..<2_000).first { ($0 * 37) % 101 == 100 }, "its order: \(text)")
  count += 1
  guard count % 2_000 == 0 else { return }
  promise(checksum() == data, "the visit changed")
  sandbox = newSandbox()
  let now = sqlite3_memory_used()
  if used > 0 { promise(now - used < 4 << 20, "memory grew by \(now - used) bytes") }
  used = now
  FileHandle.standardError.write(
    Data("filters: \(count) statements, \(longest / 1_000) us, \(largest >> 10) kB at most\n".utf8))
}
