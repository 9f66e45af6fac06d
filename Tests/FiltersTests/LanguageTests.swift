import Filters
import Foundation
import Testing

/// What filters say, and that it is what they get.
struct LanguageTests {
  @Test(
    "A condition, a WHERE and a whole SELECT are the same; comments and semicolons don't matter")
  func forms() async throws {
    let texts = [
      "snr > 50 ORDER BY snr DESC", "WHERE snr > 50 ORDER BY snr DESC",
      "SELECT diaSourceId FROM alerts WHERE snr > 50 ORDER BY snr DESC;",
      "-- the best\n/* of all */ select DIASOURCEID from ALERTS where SNR > 50 order by 1.0 * snr desc -- so",
      "WITH best AS (SELECT * FROM alerts WHERE snr > 50) SELECT diaSourceId FROM best ORDER BY snr DESC",
    ]
    let outcomes = try await MadeVisit.run(texts, on: MadeVisit.simple(500))
    for outcome in outcomes {
      #expect(outcome.failure == nil, "\(outcome.filter.text)")
      #expect(outcome.matched == (0..<500).count { ($0 * 37) % 101 > 50 })
      #expect(outcome.lines.count == 20)
      let snr = outcome.lines.map { ($0.row * 37) % 101 }
      #expect(snr == snr.sorted(by: >) && snr[0] == 100)
    }
  }

  @Test("An alert that several lines name counts once")
  func repeated() async throws {
    let outcome = try await MadeVisit.run(
      [
        """
        SELECT a.diaSourceId, b.diaSourceId AS other FROM alerts a, alerts b
        WHERE a.diaSourceId < 1003 AND b.diaSourceId < 1010 ORDER BY a.diaSourceId
        """
      ], on: MadeVisit.simple(50))[0]
    #expect(outcome.lines.map(\.row) == [0, 1, 2])
    #expect(outcome.matched == 3)
  }

  /// Our functions against numbers of astropy 5.2 (SkyCoord of ICRS 266.4051, -28.936175 and others;
  /// `BarycentricTrueEcliptic` is of date, so the ecliptic ones are by the J2000 obliquity
  /// 84381.448").
  @Test("Functions of astronomy give the numbers of others")
  func functions() async throws {
    let expressions: [(String, Double, Double)] = [
      // The centre of the Galaxy by the definition of the IAU (1958): l = b = 0 at this place (J2000).
      ("galactic_latitude(266.40499625, -28.93617396)", 0, 1e-5),
      (
        "min(galactic_longitude(266.40499625, -28.93617396),"
          + " 360 - galactic_longitude(266.40499625, -28.93617396))", 0, 1e-5
      ),
      ("galactic_latitude(192.859508, 27.128336)", 90, 1e-4),
      // The ecliptic's pole is at RA 270°, dec 90° - obliquity.
      ("ecliptic_latitude(270, 66.5607088889)", 90, 1e-5),
      ("ecliptic_longitude(90, 23.4392911111)", 90, 1e-9),
      ("angular_separation(10, 20, 10, 21.5)", 1.5, 1e-12),
      ("angular_separation(359.5, 0, 0.5, 0)", 1, 1e-12),
      ("angular_separation(0, 90, 123, 89)", 1, 1e-12),
      ("in_circle(359.99, 0, 0.01, 0, 0.03)", 1, 0), ("in_circle(359.9, 0, 0.1, 0, 0.1)", 0, 0),
      ("in_box(359, 0, 350, 10, -1, 1)", 1, 0), ("in_box(20, 0, 350, 10, -1, 1)", 0, 0),
      ("in_box(5, 0, 0, 360, -1, 1)", 1, 0), ("in_box(5, 2, 0, 360, -1, 1)", 0, 0),
      // 3631 Jy is magnitude 0: the AB system.
      ("mag_from_flux(3631e9)", -2.5 * log10(3631e9) + 31.4, 1e-12),
      ("mag_from_flux(1)", 31.4, 1e-12), ("flux_from_mag(31.4)", 1, 1e-12),
      ("mag_error(100, 10)", 0.10857362, 1e-8), ("hours_since(60000.25, 60000.5)", 6, 1e-9),
    ]
    for (expression, expected, tolerance) in expressions {
      let outcome = try await MadeVisit.run(
        ["SELECT diaSourceId, \(expression) AS value FROM alerts"], on: MadeVisit.simple(1))[0]
      guard case .real(let value)? = outcome.lines.first?.values[1] else {
        Issue.record("\(expression): \(String(describing: outcome.failure))")
        continue
      }
      #expect(abs(value - expected) <= tolerance, "\(expression) is \(value)")
    }
    for expression in [
      "mag_from_flux(-1)", "mag_from_flux(NULL)", "angular_separation(1, 2, NULL, 3)",
      "angular_separation(1, 95, 1, 2)", "mag_from_flux('x')",
    ] {
      let outcome = try await MadeVisit.run(
        ["SELECT diaSourceId, \(expression) AS value FROM alerts"], on: MadeVisit.simple(1))[0]
      #expect(outcome.lines.first?.values[1] == .null, "\(expression)")
    }
  }

  // MARK: - Against a plain evaluation

  /// A filter as SQL and as Swift.
  private struct Pair {
    var sql: String
    /// nil is SQL's unknown.
    var holds: (Int) -> Bool?
  }

  private static func value(_ name: String, _ row: Int) -> Double? {
    switch name {
    case "ra": Double(row) * 0.01
    case "dec": -5 + Double(row % 100) * 0.1
    case "psfFlux": row % 7 == 0 ? nil : 10_000 / Double(row + 1)
    default: Double((row * 37) % 101)
    }
  }

  /// Comparisons of columns, joined by AND, OR and NOT.
  private func pair(_ random: inout TestRandom, depth: Int) -> Pair {
    if depth == 0 || Int.random(in: 0..<4, using: &random) == 0 {
      let name = ["ra", "dec", "psfFlux", "snr"].randomElement(using: &random) ?? "ra"
      let bound = (Double.random(in: -10...110, using: &random) * 4).rounded() / 4
      switch Int.random(in: 0..<4, using: &random) {
      case 0: return Pair(sql: "\(name) > \(bound)") { Self.value(name, $0).map { $0 > bound } }
      case 1: return Pair(sql: "\(name) <= \(bound)") { Self.value(name, $0).map { $0 <= bound } }
      case 2: return Pair(sql: "\(name) IS NULL") { Self.value(name, $0) == nil }
      default:
        return Pair(sql: "coalesce(\(name), 0) * 2 < \(bound)") {
          (Self.value(name, $0) ?? 0) * 2 < bound
        }
      }
    }
    let first = pair(&random, depth: depth - 1)
    let second = pair(&random, depth: depth - 1)
    switch Int.random(in: 0..<3, using: &random) {
    case 0:
      return Pair(sql: "(\(first.sql) AND \(second.sql))") { row in
        let (a, b) = (first.holds(row), second.holds(row))
        if a == false || b == false { return false }
        return a == nil || b == nil ? nil : true
      }
    case 1:
      return Pair(sql: "(\(first.sql) OR \(second.sql))") { row in
        let (a, b) = (first.holds(row), second.holds(row))
        if a == true || b == true { return true }
        return a == nil || b == nil ? nil : false
      }
    default: return Pair(sql: "NOT (\(first.sql))") { first.holds($0).map { !$0 } }
    }
  }

  @Test(
    "A thousand generated filters choose what a plain evaluation chooses, on any number of cores")
  func generated() async throws {
    let count = 300
    let table = MadeVisit.simple(count)
    var random = TestRandom(seed: 9)
    let pairs = (0..<1_000).map { _ in pair(&random, depth: 4) }
    var limits = FilterLimits()
    limits.alertsPerUser = count
    let texts = pairs.map { "\($0.sql) ORDER BY diaSourceId" }
    let outcomes = try await MadeVisit.run(texts, on: table, limits: limits, jobs: 4)
    for (pair, outcome) in zip(pairs, outcomes) {
      #expect(outcome.failure == nil, "\(pair.sql)")
      let expected = (0..<count).filter { pair.holds($0) == true }
      #expect(outcome.lines.map(\.row) == expected, "\(pair.sql)")
      #expect(outcome.matched == expected.count)
    }
    #expect(pairs.contains { pair in (0..<count).contains { pair.holds($0) == true } })
    let alone = try await MadeVisit.run(texts, on: table, limits: limits, jobs: 1)
    for (one, other) in zip(alone, outcomes) {
      #expect(one.lines.map(\.row) == other.lines.map(\.row))
    }
  }

  @Test("The filters that come with the program are right")
  func predefined() async throws {
    for filter in PredefinedFilters.all {
      #expect(throws: Never.self, "\(filter.name)") { try FilterRunner.check(filter.text) }
      #expect(UserFilter.fault(ofName: filter.name) == nil)
    }
    let table = MadeVisit.table(4) { row, set in
      set("diaSourceId", .integer(Int64(row)))
      set("ra", .real(10))
      set("dec", .real(60))
      set("magnitude", .real(18 + Double(row)))
      set("reliability", .real(0.9))
      if row == 0 { set("ssSource_ssObjectId", .integer(5)) }
      set("mpc_orbits_e", .real(row == 2 ? 1.2 : 0.1))
      set("mpc_orbits_e_unc", .real(0.05))
      set("mpc_orbits_arc_length_total", .real(20))
      set("trailLength", .real(row == 3 ? 9 : 0))
      set("history_count", .integer(0))
    }
    func rows(_ name: String) async throws -> [Int] {
      let filter = try #require(PredefinedFilters.all.first { $0.name == name })
      return try await FilterRunner([filter]).run(on: [table], jobs: 1)[0].lines.map(\.row)
    }
    // Row 0 is a known object, row 1 and beyond are fainter than 19 (18 + 1 is not below 19).
    #expect(try await rows("bright-transients") == [])
    #expect(try await rows("interstellar-candidates") == [2])
    #expect(try await rows("trailed-fast-movers") == [3])
  }
}
