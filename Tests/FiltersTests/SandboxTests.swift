import Filters
import Foundation
import Testing

/// What filters may not do, and what stops them.
struct SandboxTests {
  @Test(
    "Everything but reading the visit is refused when a filter is compiled",
    arguments: [
      "INSERT INTO alerts (ra) VALUES (1)", "UPDATE alerts SET ra = 1", "DELETE FROM alerts",
      "DROP TABLE alerts", "CREATE TABLE t (x)", "CREATE TEMP TABLE t AS SELECT * FROM alerts",
      "ATTACH 'other.db' AS other", "DETACH main", "PRAGMA journal_mode = WAL",
      "PRAGMA table_info(alerts)", "VACUUM", "VACUUM INTO 'copy.db'", "REINDEX", "ANALYZE",
      "BEGIN", "COMMIT", "SAVEPOINT s", "EXPLAIN SELECT diaSourceId FROM alerts",
      "SELECT diaSourceId, load_extension('x') FROM alerts",
      "SELECT diaSourceId, readfile('/etc/passwd') FROM alerts",
      "SELECT diaSourceId, writefile('x', 'y') FROM alerts",
      "SELECT diaSourceId, zeroblob(1000000000) FROM alerts",
      "SELECT diaSourceId, randomblob(1000000000) FROM alerts",
      "SELECT diaSourceId, printf('%1000000000d', 1) FROM alerts",
      "SELECT diaSourceId, replace(band, 'g', 'gg') FROM alerts",
      "SELECT diaSourceId, hex(band) FROM alerts",
      "SELECT diaSourceId, random() FROM alerts",
      "SELECT diaSourceId, sqlite_version() FROM alerts",
      "SELECT min(diaSourceId) AS diaSourceId, group_concat(band) FROM alerts",
      "SELECT rowid AS diaSourceId FROM sqlite_master",
      "SELECT rowid AS diaSourceId FROM sqlite_schema",
      "SELECT rowid AS diaSourceId FROM sqlite_temp_master",
      "SELECT count(*) AS diaSourceId FROM sqlite_master",
      "SELECT cid AS diaSourceId FROM pragma_table_info('alerts')",
      "SELECT seq AS diaSourceId FROM pragma_database_list",
      "SELECT key AS diaSourceId FROM json_each('[1]')",
      """
      WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)
      SELECT x AS diaSourceId FROM c
      """,
      "SELECT diaSourceId FROM alerts; SELECT diaSourceId FROM alerts",
      "SELECT diaSourceId FROM alerts; DROP TABLE alerts",
      "1 = 1; DROP TABLE alerts", "SELECT ra FROM alerts", "SELECT diaSourceId FROM unheard",
      "unheard > 3", "\"unheard\" > 3", "", "   ", "-- only a comment", "SELECT", ")", "1) OR (1",
      "ra > ?1 AND ra < ?2", "ra > :ra AND dec > :dec",
    ])
  func refused(_ text: String) async throws {
    #expect(throws: FilterError.self) { try FilterRunner.check(text) }
    let table = MadeVisit.simple(10)
    let outcome = try await MadeVisit.run([text], on: table)[0]
    #expect(outcome.failure != nil && outcome.lines.isEmpty)
    // Nothing has changed for the next one.
    let next = try await MadeVisit.run([text, "ra >= 0"], on: table)[1]
    #expect(next.failure == nil && next.matched == 10)
  }

  /// A limit of processor time that the test itself sets: nothing here depends on the machine's
  /// speed, only on that the filters would run for much longer.
  private var limits: FilterLimits {
    var limits = FilterLimits()
    limits.milliseconds = 30
    limits.bytes = 16 << 20
    return limits
  }

  @Test(
    "A filter that would take forever, or all memory, is stopped; the others don't notice",
    arguments: [
      // 5·10¹³ combinations.
      "SELECT a.diaSourceId FROM alerts a, alerts b, alerts c WHERE a.ra + b.ra + c.ra = 7.5",
      "SELECT min(a.diaSourceId) AS diaSourceId FROM alerts a, alerts b, alerts c, alerts d",
      // Sorts all pairs: hundreds of megabytes.
      """
      SELECT a.diaSourceId, a.band || b.band || substr(b.band || a.ra || b.ra || a.dec, 1, 90) AS t
      FROM alerts a, alerts b ORDER BY t
      """,
      """
      WITH pairs AS MATERIALIZED (SELECT a.diaSourceId AS id, a.ra, b.dec, b.snr, a.psfFlux
        FROM alerts a, alerts b) SELECT id AS diaSourceId FROM pairs ORDER BY ra + dec
      """,
      "SELECT a.diaSourceId FROM alerts a, alerts b GROUP BY a.ra * 1000 + b.dec ORDER BY b.snr",
      """
      SELECT diaSourceId, sum(snr) OVER (ORDER BY ra ROWS BETWEEN 20000 PRECEDING AND 20000
        FOLLOWING EXCLUDE TIES) FROM (SELECT a.* FROM alerts a, alerts b)
      """,
    ])
  func stopped(_ text: String) async throws {
    let table = MadeVisit.simple(20_000)
    let outcomes = try await MadeVisit.run(
      ["snr > 90", text, "snr > 95"], on: table, limits: limits, jobs: 3)
    #expect(outcomes[1].failure?.isOverrun == true, "\(String(describing: outcomes[1].failure))")
    for (index, bound) in [(0, 90), (2, 95)] {
      #expect(outcomes[index].failure == nil)
      #expect(outcomes[index].matched == (0..<20_000).count { ($0 * 37) % 101 > bound })
    }
  }

  private static func repeated(_ text: String, _ count: Int, _ separator: String = "") -> String {
    Array(repeating: text, count: count).joined(separator: separator)
  }

  private static let longTexts: [String] = [
    "band || \(repeated("band", 5_000, " || ")) = 'x'",
    "\(repeated("(", 2_000))1\(repeated(")", 2_000))",
    "\(repeated("NOT ", 3_000))1",
    "ra IN (\(repeated("1", 30_000, ",")))",
    "band LIKE '\(repeated("%a", 200))'",
    "band GLOB '\(repeated("*a", 200))'",
    repeated("SELECT diaSourceId FROM alerts", 100, " UNION "),
    "SELECT diaSourceId, \(repeated("*", 10, ",")) FROM alerts",
  ]

  @Test(
    "Long texts, deep nesting and patterns of exponential cost end at once or are refused",
    arguments: Self.longTexts)
  func tooLong(_ text: String) async throws {
    let outcome = try await MadeVisit.run([text], on: MadeVisit.simple(10))[0]
    #expect(outcome.failure != nil && outcome.lines.isEmpty)
  }

  @Test("A pattern with many wildcards against a long text ends within the time of a filter")
  func patterns() async throws {
    let table = MadeVisit.table(200) { row, set in
      set("diaSourceId", .integer(Int64(row)))
      set("band", .text(String(repeating: "a", count: 90_000)))
    }
    let pattern = String(repeating: "%a", count: 45) + "%b"
    let outcomes = try await MadeVisit.run(
      ["band LIKE '\(pattern)'", "diaSourceId < 3"], on: table, limits: limits)
    #expect(outcomes[0].failure?.isOverrun == true || outcomes[0].matched == 0)
    #expect(outcomes[1].matched == 3)
  }

  @Test("Numbers that overflow 64 bits are SQL's affair and stop nobody")
  func overflow() async throws {
    let table = MadeVisit.simple(10)
    let outcomes = try await MadeVisit.run(
      [
        "diaSourceId * 9223372036854775807 > 0", "abs(-9223372036854775807 - 1) > 0",
        "SELECT 9223372036854775807 + diaSourceId AS diaSourceId FROM alerts",
        "SELECT -1 AS diaSourceId FROM alerts", "SELECT 'x' AS diaSourceId FROM alerts",
        "SELECT NULL AS diaSourceId FROM alerts", "ra / 0 > 1", "1e999 > ra",
      ], on: table)
    #expect(outcomes[0].matched == 10)
    #expect(outcomes[1].failure != nil)
    // What names no alert is no line; what is no whole number might name another one.
    for outcome in [outcomes[3], outcomes[5]] {
      #expect(outcome.failure == nil && outcome.lines.isEmpty)
    }
    for outcome in [outcomes[2], outcomes[4]] {
      guard case .invalid(let reason) = outcome.failure else {
        Issue.record("\(String(describing: outcome.failure))")
        continue
      }
      #expect(reason.contains("no whole number"))
    }
    #expect(outcomes[6].matched == 0)
    #expect(outcomes[7].matched == 10)
  }
}

/// What a filter may not do to those who read what it gives.
@Suite struct FilterLineTests {
  @Test(
    "Names that lines have of their own, and zero bytes, are refused",
    arguments: [
      "SELECT diaSourceId, 'x/bob/good/1' AS id FROM alerts",
      "SELECT diaSourceId, 'bob/good' AS filter FROM alerts",
      "SELECT diaSourceId, 9 AS version FROM alerts",
      "SELECT diaSourceId, 9 AS ID FROM alerts", "SELECT diaSourceId, 9 AS Filter FROM alerts",
      "SELECT diaSourceId FROM alerts WHERE snr < 99\0 AND snr < 1",
    ])
  func refused(text: String) {
    #expect(throws: FilterError.self) { try FilterRunner.check(text) }
  }
}
