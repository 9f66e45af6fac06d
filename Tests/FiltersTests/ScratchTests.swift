import Filters
import Foundation
import Testing

/// What is sorted or kept for later, in more memory than SQLite keeps by itself.
struct ScratchTests {
  private static let count = 9_000

  private static func name(_ row: Int) -> String {
    // 7,919 is prime: an order that has nothing to do with the rows'.
    String(format: "%05d", (row * 7_919) % count) + String(repeating: "x", count: 700)
  }

  private static let table = MadeVisit.table(count) { row, set in
    set("diaSourceId", .integer(Int64(row)))
    set("tag_designation", .text(name(row)))
    set("snr", .real(Double(row % 10)))
  }

  @Test(
    "Megabytes of lines come back in their order, complete",
    arguments: [
      "SELECT diaSourceId, tag_designation FROM alerts ORDER BY tag_designation",
      "SELECT DISTINCT diaSourceId, tag_designation FROM alerts ORDER BY tag_designation",
      """
      WITH all_of AS MATERIALIZED (SELECT diaSourceId, tag_designation || snr AS t FROM alerts)
      SELECT diaSourceId FROM all_of ORDER BY t
      """,
      """
      SELECT min(diaSourceId) AS diaSourceId, tag_designation FROM alerts GROUP BY tag_designation
      """,
      """
      SELECT diaSourceId, tag_designation AS t FROM alerts WHERE snr < 5 UNION
      SELECT diaSourceId, tag_designation FROM alerts WHERE snr >= 3 ORDER BY t
      """,
    ])
  func large(_ text: String) async throws {
    var limits = FilterLimits()
    limits.alertsPerUser = Self.count
    // The bench says how long it takes; this is about what comes.
    limits.milliseconds = 60_000
    let outcome = try await MadeVisit.run([text], on: Self.table, limits: limits)[0]
    #expect(outcome.failure == nil, "\(String(describing: outcome.failure))")
    let names = outcome.lines.map { Self.name($0.row) }
    #expect(names.count == Self.count && names == names.sorted())
  }

  @Test("No more than a filter's memory, and the next one has all of it again")
  func cap() async throws {
    var limits = FilterLimits()
    // Other tests' use of SQLite counts, too: that is less.
    limits.bytes = 24 << 20
    limits.milliseconds = 60_000
    let long = Array(repeating: "tag_designation", count: 8).joined(separator: " || ")
    let texts = [
      "SELECT diaSourceId, \(long) AS t FROM alerts ORDER BY t",
      "SELECT diaSourceId, substr(tag_designation, 1, 20) AS t FROM alerts ORDER BY t",
    ]
    let outcomes = try await MadeVisit.run(
      texts + texts, on: Self.table, limits: limits, jobs: 1)
    for index in [0, 2] { #expect(outcomes[index].failure == .tooLarge(limitBytes: 24 << 20)) }
    for index in [1, 3] {
      #expect(outcomes[index].failure == nil && outcomes[index].matched == Self.count)
    }
  }
}
