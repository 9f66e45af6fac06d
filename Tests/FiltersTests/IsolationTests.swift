import Filters
import Foundation
import Testing

/// What a filter may not do, one test for each way out.
struct IsolationTests {
  private func failure(_ text: String, rows: Int = 10) async throws -> FilterError? {
    let outcomes = try await MadeVisit.run(
      ["snr > 50 ORDER BY snr DESC", text, "snr > 60"], on: MadeVisit.simple(rows), jobs: 1)
    // The filters before and after it choose what they choose without it, in their order.
    let alone = try await MadeVisit.run(
      ["snr > 50 ORDER BY snr DESC", "snr > 60"], on: MadeVisit.simple(rows), jobs: 1)
    for (one, other) in zip([outcomes[0], outcomes[2]], alone) {
      #expect(one.failure == nil && one.lines.map(\.row) == other.lines.map(\.row))
      #expect(one.matched == other.matched)
    }
    #expect(outcomes[1].lines.isEmpty || outcomes[1].failure == nil)
    return outcomes[1].failure
  }

  private func isRefused(_ text: String) async throws -> Bool {
    if case .refused = try await failure(text) { true } else { false }
  }

  @Test("INSERT is refused")
  func insert() async throws { #expect(try await failure("INSERT INTO alerts VALUES (1)") != nil) }

  @Test("ATTACH is refused, and makes no file")
  func attach() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "attached-\(UUID()).db").path
    #expect(try await failure("ATTACH '\(file)' AS other") != nil)
    #expect(!FileManager.default.fileExists(atPath: file))
  }

  @Test("PRAGMA is refused, as a statement and as a table")
  func pragma() async throws {
    #expect(try await failure("PRAGMA journal_mode = DELETE") != nil)
    #expect(try await failure("SELECT cid AS diaSourceId FROM pragma_table_info('alerts')") != nil)
  }

  @Test("load_extension is refused")
  func loadExtension() async throws {
    #expect(try await failure("SELECT diaSourceId, load_extension('x') FROM alerts") != nil)
  }

  @Test("zeroblob is refused")
  func zeroblob() async throws {
    #expect(try await failure("SELECT diaSourceId, zeroblob(1000000000) FROM alerts") != nil)
  }

  @Test("Recursion is refused, and names that stand for names that stand for names")
  func recursion() async throws {
    #expect(
      try await isRefused(
        """
        WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)
        SELECT x AS diaSourceId FROM c
        """))
    // 256 tables with 410 columns each, before SQLite looks at any clock.
    let doubled = (1...8).map { "c\($0) AS (SELECT x.* FROM c\($0 - 1) x, C\($0 - 1) y)" }
    let text = "WITH c0 AS (SELECT * FROM alerts), " + doubled.joined(separator: ", ")
    #expect(try await isRefused(text + " SELECT diaSourceId FROM c8"))
    let quoted = text.replacing(" c", with: " /* ( */ \"c").replacing(" x, C", with: "\" x, [C")
    _ = try await failure(quoted + " SELECT diaSourceId FROM c8")
    let joins = (0..<60).map { "alerts t\($0)" }.joined(separator: ", ")
    #expect(try await isRefused("SELECT t0.diaSourceId FROM \(joins)"))
    #expect(
      try await failure(
        "WITH a AS (SELECT * FROM alerts), b AS (SELECT * FROM a) SELECT diaSourceId FROM b") == nil
    )
  }

  @Test("Giant strings are refused, however they are made")
  func giantStrings() async throws {
    let wide = Array(repeating: "band", count: 90).joined(separator: " || ")
    let wider = Array(repeating: "x", count: 90).joined(separator: " || ")
    let widest = Array(repeating: "y", count: 90).joined(separator: " || ")
    for text in [
      """
      WITH a AS (SELECT diaSourceId, \(wide) AS x FROM alerts), b AS (SELECT diaSourceId, \(wider) AS y
        FROM a) SELECT diaSourceId, \(widest) FROM b
      """,
      "SELECT diaSourceId, printf('%1000000000d', 1) FROM alerts",
      "SELECT diaSourceId, replace(band, '', band) FROM alerts",
      "SELECT min(diaSourceId) AS diaSourceId, group_concat(band) FROM alerts",
    ] { #expect(try await failure(text) != nil, "\(text)") }
  }

  @Test("sqlite_master is refused, by all its names")
  func schema() async throws {
    for name in ["sqlite_master", "sqlite_schema", "sqlite_temp_master", "main.sqlite_master"] {
      #expect(try await failure("SELECT rowid AS diaSourceId FROM \(name)") != nil, "\(name)")
    }
  }

  @Test("A cross join of alerts is stopped within its time")
  func crossJoin() async throws {
    let failure = try await failure(
      "SELECT a.diaSourceId FROM alerts a, alerts b, alerts c WHERE a.ra + b.ra + c.ra = 1e9",
      rows: 5_000)
    #expect(failure == .tooSlow(limitMs: FilterLimits().milliseconds))
  }

  @Test("Numbers beyond 64 bits end in an error, or as real numbers")
  func overflow() async throws {
    #expect(try await failure("abs(-9223372036854775807 - 1) > 0") != nil)
    #expect(try await failure("sum(9223372036854775807) OVER () > 0") != nil)
    #expect(try await failure("9223372036854775807 + diaSourceId > 0") == nil)
  }

  @Test("Patterns of exponential cost end within the time of a filter, however long the texts")
  func patterns() async throws {
    let table = MadeVisit.table(500) { row, set in
      set("diaSourceId", .integer(Int64(row)))
      set("band", .text(String(repeating: "a", count: 19_000)))
    }
    var limits = FilterLimits()
    limits.milliseconds = 30
    let like = String(repeating: "%a", count: 23) + "%b"
    let outcomes = try await MadeVisit.run(
      ["band LIKE '\(like)'", "band GLOB '\(like.replacing("%", with: "*"))'", "diaSourceId < 3"],
      on: table, limits: limits, jobs: 1)
    for outcome in outcomes[...1] {
      #expect(outcome.failure?.isOverrun == true || outcome.matched == 0)
    }
    #expect(outcomes[2].matched == 3)
  }

  @Test("What is sorted goes into memory that counts, and into no file")
  func sorting() async throws {
    let files = Self.openFiles
    var limits = FilterLimits()
    limits.bytes = 8 << 20
    limits.milliseconds = 10_000
    let outcome = try await MadeVisit.run(
      ["SELECT a.diaSourceId, a.ra || b.dec AS t FROM alerts a, alerts b ORDER BY t"],
      on: MadeVisit.simple(3_000), limits: limits)[0]
    #expect(outcome.failure == .tooLarge(limitBytes: 8 << 20))
    #expect(!Self.openFiles.subtracting(files).contains { $0.contains("etilqs") })
  }

  /// SQLite's files for what has no room in memory are called etilqs_….
  private static var openFiles: Set<String> {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return Set(
      names.compactMap {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
      })
  }
}
