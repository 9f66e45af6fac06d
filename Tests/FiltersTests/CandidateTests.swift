import Filters
import Testing

/// The table of candidates, and looking up by key.
struct CandidateTests {
  /// Three alerts in four have candidates, of them one to three.
  private static func candidates(_ count: Int) -> VisitTable {
    let names = CandidateTable.columns.map(\.name)
    var rows = VisitRows(columnCount: names.count)
    for row in 0..<count where row % 4 > 0 {
      for rank in 1...(row % 4) {
        rows.addRow()
        for (name, value) in [
          ("diaSourceId", FilterValue.integer(Int64(1_000 + row))),
          ("rank", .integer(Int64(rank))), ("designation", .text("object \(row) \(rank)")),
          ("probability", .real(0.5 / Double(rank))),
        ] {
          if let column = names.firstIndex(of: name) { rows.set(column, value) }
        }
      }
    }
    return VisitTable(
      name: "candidates", columns: CandidateTable.columns, key: "diaSourceId", parts: [rows])
  }

  private func run(_ text: String, alerts: Int = 2_000) async throws -> FilterOutcome {
    let filter = UserFilter(owner: "ana", name: "f", text: text)
    return try await FilterRunner([filter]).run(
      on: [MadeVisit.simple(alerts), Self.candidates(alerts)], jobs: 1)[0]
  }

  @Test("All candidates of an alert are there, joined by its number at once")
  func join() async throws {
    let second = try await run(
      """
      SELECT diaSourceId, c.designation, c.probability FROM alerts JOIN candidates c
      USING (diaSourceId) WHERE c.rank = 2 AND snr > 3 ORDER BY diaSourceId
      """)
    #expect(second.failure == nil, "\(String(describing: second.failure))")
    let rows = (0..<2_000).filter { $0 % 4 >= 2 && ($0 * 37) % 101 > 3 }
    #expect(second.matched == rows.count && second.lines.map(\.row) == Array(rows.prefix(20)))
    for line in second.lines {
      #expect(line.values[1] == .text("object \(line.row) 2") && line.values[2] == .real(0.25))
    }
    let none = try await run(
      "NOT EXISTS (SELECT 1 FROM candidates c WHERE c.diaSourceId = alerts.diaSourceId)")
    #expect(none.failure == nil && none.matched == 500)
    let close = try await run(
      """
      SELECT diaSourceId, count(*) AS n, sum(probability) AS p FROM candidates GROUP BY diaSourceId
      HAVING n = 3
      """)
    #expect(close.matched == 500 && close.lines.allSatisfy { $0.row % 4 == 3 })
  }

  /// What is looked up must be what a comparison of every row finds: `+diaSourceId` can't be looked up.
  @Test(
    "Looking up gives what comparing all gives, whatever it is compared with",
    arguments: [
      "1003", "1003.0", "1003.5", "'1003'", "CAST('1003' AS INTEGER)",
      "NULL",
      "x'31303033'", "-1", "1e300", "9223372036854775807", "9223372036854775808.0", "visit + 961",
      "(SELECT max(b.diaSourceId) FROM alerts b)", "true",
    ])
  func lookUp(_ value: String) async throws {
    for sign in ["=", "IS", "IN"] {
      let found = try await run("diaSourceId \(sign) (\(value)) ORDER BY diaSourceId")
      let compared = try await run("+diaSourceId \(sign) (\(value)) ORDER BY diaSourceId")
      #expect(found.failure == nil && compared.failure == nil)
      #expect(found.lines.map(\.row) == compared.lines.map(\.row), "\(sign) \(value)")
    }
  }

  @Test("Rows of one key that are no neighbours are all found")
  func scattered() async throws {
    let table = MadeVisit.table(6) { row, set in
      set("diaSourceId", .integer(Int64(row % 2)))
      set("ra", .real(Double(row)))
    }
    let outcome = try await MadeVisit.run(
      ["SELECT min(diaSourceId) AS diaSourceId, count(*) AS n FROM alerts WHERE diaSourceId = 1"],
      on: table)[0]
    #expect(outcome.lines.first?.values == [.integer(1), .integer(3)])
  }
}
