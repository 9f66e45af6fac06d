import Filters
import Foundation
import TestSupport
import Testing

/// Random filters against their plain evaluation in Swift: which alerts, in which order, how many.
struct PropertyTests {
  private static let count = 250

  /// What the table holds, for Swift.
  private struct Alert {
    var id: Int
    var numbers: [String: Double]
    var band: String?
  }

  private static let names = ["ra", "dec", "snr", "psfFlux", "magnitude", "history_count"]
  private static let bands: [String?] = ["g", "r", "i", "G", nil]

  private static func alerts(_ random: inout TestRandom) -> [Alert] {
    (0..<count).map { row in
      var numbers: [String: Double] = [:]
      for name in names where Int.random(in: 0..<6, using: &random) > 0 {
        // Quarters, so that equal values and ties are common.
        numbers[name] = Double(Int.random(in: -40...40, using: &random)) / 4
      }
      numbers["history_count"] = numbers["history_count"]?.rounded()
      return Alert(
        id: 5_000 + row, numbers: numbers,
        band: bands[Int.random(in: 0..<bands.count, using: &random)])
    }
  }

  private static func table(_ alerts: [Alert]) -> VisitTable {
    MadeVisit.table(alerts.count) { row, set in
      set("diaSourceId", .integer(Int64(alerts[row].id)))
      for (name, value) in alerts[row].numbers {
        set(name, name == "history_count" ? .integer(Int64(value)) : .real(value))
      }
      if let band = alerts[row].band { set("band", .text(band)) }
    }
  }

  // MARK: - Expressions as SQL and as Swift; nil is SQL's NULL

  private struct Number {
    var sql: String
    var value: (Alert) -> Double?
  }

  private struct Condition {
    var sql: String
    var holds: (Alert) -> Bool?
  }

  private func number(_ random: inout TestRandom, _ depth: Int) -> Number {
    let leaf = depth == 0 || Int.random(in: 0..<3, using: &random) == 0
    switch leaf ? Int.random(in: 0..<2, using: &random) : Int.random(in: 2..<9, using: &random) {
    case 0:
      let name = Self.names.randomElement(using: &random) ?? "ra"
      // As a real number: SQL divides integers as integers.
      return Number(sql: "(\(name) + 0.0)") { $0.numbers[name] }
    case 1:
      let value = Double(Int.random(in: -40...40, using: &random)) / 4
      return Number(sql: "(\(value))") { _ in value }
    case 2, 3:
      let (a, b) = (number(&random, depth - 1), number(&random, depth - 1))
      let signs: [(String, (Double, Double) -> Double?)] = [
        ("+", { $0 + $1 }), ("-", { $0 - $1 }), ("*", { $0 * $1 }),
        ("/", { $1 == 0 ? nil : $0 / $1 }),
      ]
      let sign = signs[Int.random(in: 0..<4, using: &random)]
      return Number(sql: "(\(a.sql) \(sign.0) \(b.sql))") { alert in
        guard let a = a.value(alert), let b = b.value(alert) else { return nil }
        return sign.1(a, b)
      }
    case 4:
      let a = number(&random, depth - 1)
      return Number(sql: "abs(\(a.sql))") { a.value($0).map { abs($0) } }
    case 5:
      let (a, b) = (number(&random, depth - 1), number(&random, depth - 1))
      return Number(sql: "max(\(a.sql), \(b.sql))") { alert in
        guard let a = a.value(alert), let b = b.value(alert) else { return nil }
        return max(a, b)
      }
    case 6:
      let (a, b) = (number(&random, depth - 1), number(&random, depth - 1))
      return Number(sql: "coalesce(\(a.sql), \(b.sql))") { a.value($0) ?? b.value($0) }
    case 7:
      let (a, b) = (number(&random, depth - 1), number(&random, depth - 1))
      let condition = condition(&random, depth - 1)
      return Number(sql: "CASE WHEN \(condition.sql) THEN \(a.sql) ELSE \(b.sql) END") {
        condition.holds($0) == true ? a.value($0) : b.value($0)
      }
    default:
      let (a, b) = (number(&random, depth - 1), number(&random, depth - 1))
      return Number(sql: "nullif(\(a.sql), \(b.sql))") { alert in
        let value = a.value(alert)
        return value != nil && value == b.value(alert) ? nil : value
      }
    }
  }

  private func condition(_ random: inout TestRandom, _ depth: Int) -> Condition {
    let leaf = depth <= 0
    switch leaf ? Int.random(in: 0..<3, using: &random) : Int.random(in: 0..<9, using: &random) {
    case 0: return comparison(&random, max(0, depth - 1))
    case 1:
      let a = number(&random, max(0, depth - 1))
      return Condition(sql: "(\(a.sql) IS NULL)") { a.value($0) == nil }
    case 2: return ofBand(&random)
    case 3:
      let (a, b) = (condition(&random, depth - 1), condition(&random, depth - 1))
      return Condition(sql: "(\(a.sql) AND \(b.sql))") { Self.and(a.holds($0), b.holds($0)) }
    case 4:
      let (a, b) = (condition(&random, depth - 1), condition(&random, depth - 1))
      return Condition(sql: "(\(a.sql) OR \(b.sql))") { alert in
        Self.and(a.holds(alert).map { !$0 }, b.holds(alert).map { !$0 }).map { !$0 }
      }
    case 5:
      let a = condition(&random, depth - 1)
      return Condition(sql: "(NOT \(a.sql))") { a.holds($0).map { !$0 } }
    case 6:
      let (a, low, high) = (
        number(&random, depth - 1), number(&random, 0), number(&random, depth - 1)
      )
      return Condition(sql: "(\(a.sql) BETWEEN \(low.sql) AND \(high.sql))") { alert in
        let value = a.value(alert)
        func compared(_ other: Double?, _ by: (Double, Double) -> Bool) -> Bool? {
          guard let value, let other else { return nil }
          return by(value, other)
        }
        return Self.and(compared(low.value(alert), >=), compared(high.value(alert), <=))
      }
    case 7:
      let a = number(&random, depth - 1)
      let list = (0..<3).map { _ in Double(Int.random(in: -20...20, using: &random)) / 4 }
      return Condition(sql: "(\(a.sql) IN (\(list.map { "\($0)" }.joined(separator: ", "))))") {
        a.value($0).map { list.contains($0) }
      }
    default: return comparison(&random, depth - 1)
    }
  }

  private func comparison(_ random: inout TestRandom, _ depth: Int) -> Condition {
    let (a, b) = (number(&random, depth), number(&random, depth))
    let signs: [(String, (Double, Double) -> Bool)] = [
      ("<", { $0 < $1 }), ("<=", { $0 <= $1 }), (">", { $0 > $1 }), (">=", { $0 >= $1 }),
      ("=", { $0 == $1 }), ("<>", { $0 != $1 }),
    ]
    let sign = signs[Int.random(in: 0..<signs.count, using: &random)]
    return Condition(sql: "(\(a.sql) \(sign.0) \(b.sql))") { alert in
      guard let a = a.value(alert), let b = b.value(alert) else { return nil }
      return sign.1(a, b)
    }
  }

  private func ofBand(_ random: inout TestRandom) -> Condition {
    switch Int.random(in: 0..<3, using: &random) {
    case 0: return Condition(sql: "(band = 'g')") { $0.band.map { $0 == "g" } }
    // LIKE takes no notice of case, GLOB does.
    case 1: return Condition(sql: "(band LIKE 'g%')") { $0.band.map { $0.lowercased() == "g" } }
    default: return Condition(sql: "(band GLOB '[ri]')") { $0.band.map { "ri".contains($0) } }
    }
  }

  private static func and(_ a: Bool?, _ b: Bool?) -> Bool? {
    if a == false || b == false { return false }
    return a == nil || b == nil ? nil : true
  }

  // MARK: - The property

  /// SQL puts NULL before all numbers.
  private static func isBefore(_ a: Double?, _ b: Double?) -> Bool? {
    switch (a, b) {
    case (nil, nil): nil
    case (nil, _): true
    case (_, nil): false
    case (let a?, let b?): a == b ? nil : a < b
    }
  }

  @Test("A thousand random filters give the alerts, the order, the count and the cut of Swift")
  func filters() async throws {
    var random = TestRandom(seed: 2_026)
    let alerts = Self.alerts(&random)
    try await compare(alerts, Self.table(alerts), 1_000, &random)
  }

  @Test(
    "A thousand on a visit of real alerts, each of them twelve times with numbers of its own",
    .enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func realAlerts() async throws {
    let visits = try await VisitReader.visits(
      of: try await RealAlerts().parts("rubin").parts, jobs: 2)
    let names = AlertColumns.all.map(\.name)
    let key = try #require(names.firstIndex(of: "diaSourceId"))
    var rows = VisitRows(columnCount: names.count)
    var alerts: [Alert] = []
    for copy in 0..<12 {
      for visit in visits {
        for row in 0..<visit.alerts.rowCount {
          rows.addRow()
          for column in names.indices {
            rows.set(column, visit.alerts.value(row: row, column: column))
          }
          rows.set(key, integer: Int64(alerts.count))
          alerts.append(
            try Self.alert(alerts.count, visit.alerts, row, sign: copy % 2 == 0 ? 1 : -1))
          // Half of the copies have the opposite declination: else all but one would be alike.
          let dec = try #require(names.firstIndex(of: "dec"))
          rows.set(dec, real: alerts[alerts.count - 1].numbers["dec"])
        }
      }
    }
    #expect(alerts.count > 1_000)
    let table = VisitTable(
      name: "alerts", columns: AlertColumns.all, key: "diaSourceId", parts: [rows])
    var random = TestRandom(seed: 9)
    try await compare(alerts, table, 1_000, &random, least: 250)
  }

  private static func alert(
    _ id: Int, _ table: VisitTable, _ row: Int, sign: Double
  ) throws -> Alert {
    var alert = Alert(id: id, numbers: [:], band: nil)
    for name in names {
      switch table.value(row: row, column: try #require(table.column(name))) {
      case .integer(let number): alert.numbers[name] = Double(number)
      case .real(let number): alert.numbers[name] = number
      default: break
      }
    }
    alert.numbers["dec"] = alert.numbers["dec"].map { $0 * sign }
    if case .text(let band) = table.value(row: row, column: try #require(table.column("band"))) {
      alert.band = band
    }
    return alert
  }

  /// - Parameter least: filters that must choose some of the alerts, and not all.
  private func compare(
    _ alerts: [Alert], _ table: VisitTable, _ count: Int, _ random: inout TestRandom,
    least: Int = 500
  ) async throws {
    var texts: [String] = []
    var expected: [[Int]] = []
    for _ in 0..<count {
      let condition = condition(&random, 4)
      let order = number(&random, 2)
      let descends = Bool.random(using: &random)
      texts.append(
        "\(condition.sql) ORDER BY \(order.sql)\(descends ? " DESC" : ""), diaSourceId")
      let keys = alerts.map { order.value($0) }
      expected.append(
        alerts.indices.filter { condition.holds(alerts[$0]) == true }.sorted { a, b in
          guard let first = Self.isBefore(keys[a], keys[b]) else { return a < b }
          return descends ? !first : first
        })
    }
    var limits = FilterLimits()
    // This is about what they choose, on any machine.
    limits.milliseconds = 10_000
    let outcomes = try await MadeVisit.run(texts, on: table, limits: limits, jobs: 4)
    var (partial, cut) = (0, 0)
    for (index, outcome) in outcomes.enumerated() {
      #expect(outcome.failure == nil, "\(texts[index]): \(String(describing: outcome.failure))")
      #expect(outcome.matched == expected[index].count, "\(texts[index])")
      #expect(outcome.lines.map(\.row) == Array(expected[index].prefix(20)), "\(texts[index])")
      if (1..<alerts.count).contains(expected[index].count) { partial += 1 }
      if expected[index].count > 20 { cut += 1 }
    }
    // Filters that choose all or nothing would show little.
    #expect(partial > least && cut > 300, "\(partial) \(cut)")
  }
}
