import Filters
import Foundation
import GRDB
import Testing

/// LIKE, GLOB, instr and trim, which are ours, against those of SQLite.
struct TextFunctionTests {
  /// Texts of few different characters, so that much matches.
  private static func text(_ letters: [String], _ most: Int, _ random: inout TestRandom) -> String {
    (0..<Int.random(in: 0...most, using: &random)).map { _ in
      letters.randomElement(using: &random) ?? ""
    }.joined()
  }

  private static func quoted(_ text: String) -> String {
    "'\(text.replacing("'", with: "''"))'"
  }

  private static let letters = ["a", "A", "b", "é", "𝄞", "%", "_", "*", "-", "]", "["]

  private static func expression(_ random: inout TestRandom) -> String {
    func some(_ letters: [String], _ most: Int) -> String {
      quoted(text(letters, most, &random))
    }
    let texts = ["a", "A", "b", "é", "𝄞", "%", "-", "]"]
    switch Int.random(in: 0..<10, using: &random) {
    case 0...1: return "\(some(texts, 8)) LIKE \(some(letters + ["%", "%", "_"], 7))"
    case 2:
      let escape = ["a", "%", "_", "é"].randomElement(using: &random) ?? "a"
      return "\(some(texts, 8)) LIKE \(some(letters + ["%", "%", "_"], 7)) ESCAPE '\(escape)'"
    case 3...5:
      return "\(some(texts, 8)) GLOB \(some(letters + ["*", "?", "[^", "[a-é", "[]", "["], 7))"
    case 6: return "instr(\(some(texts, 9)), \(some(texts, 3)))"
    case 7:
      let name = ["trim", "ltrim", "rtrim"].randomElement(using: &random) ?? "trim"
      return "\(name)(\(some(texts + [" "], 8)), \(some(texts, 3)))"
    case 8: return "rtrim(\(some([" ", "a", "é"], 6))) || '|' || ltrim(\(some([" ", "b"], 5)))"
    default:
      let odd = ["NULL", "17.25", "x'6162'", "x'62'", "''", "-3"]
      let (a, b) = (
        odd.randomElement(using: &random) ?? "", odd.randomElement(using: &random) ?? ""
      )
      return [
        "\(a) LIKE \(b)", "\(a) GLOB \(b)", "instr(\(a), \(b))", "trim(\(a), \(b))",
        "instr('abcab17.25', \(a))", "'ab' LIKE \(a)", "\(a) LIKE '%2%'",
      ].randomElement(using: &random) ?? ""
    }
  }

  private static func value(_ value: DatabaseValue) -> FilterValue {
    switch value.storage {
    case .null: .null
    case .int64(let number): .integer(number)
    case .double(let number): .real(number)
    case .string(let text): .text(text)
    case .blob(let data): .text(String(decoding: data, as: UTF8.self))
    }
  }

  private static let database = try? DatabaseQueue()

  private static func theirs(_ list: String) throws -> [FilterValue] {
    let row = try database?.read { try Row.fetchOne($0, sql: "SELECT \(list)") }
    return try #require(row).databaseValues.map(value)
  }

  @Test("20,000 random calls give what SQLite's own functions give")
  func asSQLite() async throws {
    var random = TestRandom(seed: 31)
    var (texts, expected): ([String], [[FilterValue]]) = ([], [])
    for _ in 0..<400 {
      let expressions = (0..<50).map { _ in Self.expression(&random) }
      let list = expressions.enumerated().map { "\($1) AS c\($0)" }.joined(separator: ", ")
      texts.append("SELECT diaSourceId, \(list) FROM alerts")
      expected.append(try Self.theirs(list))
    }
    let outcomes = try await MadeVisit.run(texts, on: MadeVisit.simple(1))
    var trues = 0
    for (index, outcome) in outcomes.enumerated() {
      #expect(outcome.failure == nil, "\(String(describing: outcome.failure)) \(texts[index])")
      let values = Array(outcome.lines.first?.values.dropFirst() ?? [])
      for (ours, theirs) in zip(values, expected[index]) {
        #expect(ours == theirs, "\(texts[index])")
        if theirs == .integer(1) { trues += 1 }
      }
    }
    #expect(trues > 1_000)
  }

  @Test("Errors are SQLite's: a long pattern, an escape of two characters")
  func errors() async throws {
    let outcomes = try await MadeVisit.run(
      [
        "band LIKE '\(String(repeating: "%a", count: 26))'",
        "band GLOB '\(String(repeating: "*a", count: 26))'", "band LIKE 'a' ESCAPE 'xy'",
      ], on: MadeVisit.simple(3))
    let reasons = [
      "LIKE or GLOB pattern too complex", "LIKE or GLOB pattern too complex", "ESCAPE",
    ]
    for (outcome, reason) in zip(outcomes, reasons) {
      #expect(outcome.failure?.description.contains(reason) == true)
    }
  }

  /// With SQLite's own each row of these takes 10⁷ comparisons and more: seconds for all.
  @Test(
    "Calls that are quadratic in SQLite end long before the time of a filter",
    arguments: [
      "trim(substr(band, 1, 9000), tag_designation || substr(band, 1, 9000)) = 'x'",
      "rtrim(band, tag_designation || 'a') = 'x'", "instr(band, substr(band, 1, 9000) || 'b') > 0",
      "band LIKE '%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%ab'",
      "band GLOB '*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*ab'",
    ])
  func quadratic(_ text: String) async throws {
    let table = MadeVisit.table(40) { row, set in
      set("diaSourceId", .integer(Int64(row)))
      set("band", .text(String(repeating: "a", count: 19_000)))
      set("tag_designation", .text(String(repeating: "b", count: 9_500)))
    }
    var limits = FilterLimits()
    limits.milliseconds = 2_000
    let outcome = try await MadeVisit.run([text], on: table, limits: limits)[0]
    #expect(
      outcome.failure == nil && outcome.matched == 0, "\(String(describing: outcome.failure))")
  }
}
