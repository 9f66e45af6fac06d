import Filters
import Foundation
import Testing

/// A small visit made of numbers that tests know.
enum MadeVisit {
  /// `count` alerts with columns that a generator fills; the others are null.
  static func table(
    _ count: Int, _ fill: (_ row: Int, _ set: (String, FilterValue) -> Void) -> Void
  ) -> VisitTable {
    let names = AlertColumns.all.map(\.name)
    let columns = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    var rows = VisitRows(columnCount: names.count)
    for row in 0..<count {
      rows.addRow()
      fill(row) { name, value in
        guard let column = columns[name] else {
          Issue.record("no column \(name)")
          return
        }
        rows.set(column, value)
      }
    }
    return VisitTable(
      name: "alerts", columns: AlertColumns.all, key: "diaSourceId", parts: [rows])
  }

  /// Alerts with a number, a place, a brightness that falls, a band.
  static func simple(_ count: Int) -> VisitTable {
    table(count) { row, set in
      set("diaSourceId", .integer(Int64(1_000 + row)))
      set("ra", .real(Double(row) * 0.01))
      set("dec", .real(-5 + Double(row % 100) * 0.1))
      set("psfFlux", row % 7 == 0 ? .null : .real(10_000 / Double(row + 1)))
      set("snr", .real(Double((row * 37) % 101)))
      set("band", .text(["g", "r", "i"][row % 3]))
      set("visit", .integer(42))
    }
  }

  static func run(
    _ texts: [String], on table: VisitTable, limits: FilterLimits = FilterLimits(), jobs: Int = 2
  ) async throws -> [FilterOutcome] {
    let filters = texts.enumerated().map {
      UserFilter(owner: "ana", name: "f\($0)", text: $1)
    }
    return try await FilterRunner(filters, limits: limits).run(on: [table], jobs: jobs)
  }
}

/// Numbers from a seed, the same each time.
struct TestRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// SplitMix64 (Steele, Lea & Flood 2014).
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
