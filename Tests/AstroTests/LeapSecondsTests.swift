import Astro
import CERFA
import Foundation
import TestSupport
import Testing

@Suite struct LeapSecondsTests {
  let table: LeapSeconds

  init() throws {
    let file = TestPaths.ephemerides.appending(path: "leap-seconds.txt")
    table = try LeapSeconds(
      parsing: String(contentsOf: file, encoding: .utf8), file: "leap-seconds.txt")
  }

  @Test func fileAgreesWithTheLibrary() { #expect(table == .erfa) }

  /// Authority: ERFA `utctai`, on ordinary days, on leap-second days and in 1960…1972 when UTC ran at
  /// its own rate. 1e-15 d is 0.1 ns.
  @Test func taiAgreesWithERFA() {
    for day in [36934.0, 38000, 40000, 41316, 41317, 41498, 57753, 57754, 60000, 69000] {
      for fraction in [0, 0.25, 0.5, 0.999_99, 0.999_999_9] {
        var first = 0.0
        var second = 0.0
        eraUtctai(2_400_000.5 + day, fraction, &first, &second)
        let expected = Epoch<TAI>(mjdDay: first - 2_400_000.5, fraction: second)
        let tai = table.tai(Epoch<UTC>(mjdDay: day, fraction: fraction))
        #expect(abs(tai.days(since: expected)) < 1e-15, "\(day) \(fraction)")
      }
    }
  }

  @Test func utcUndoesTai() {
    for day in [38000.0, 41316, 41317, 41498, 50082, 53735, 57753, 57754, 61000] {
      for step in 0..<97 {
        let utc = Epoch<UTC>(mjdDay: day, fraction: Double(step) / 97)
        #expect(abs(table.utc(table.tai(utc)).days(since: utc)) < 3e-15)
      }
    }
  }

  /// The last leap second: IERS Bulletin C 52. Across it TAI runs on by single seconds while UTC
  /// reads 23:59:59, 23:59:60, 00:00:00.
  @Test func leapSecondOf2016() throws {
    let texts = ["2016-12-31T23:59:59Z", "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"]
    let tai = try texts.map { table.tai(try Epoch<UTC>(iso8601: $0, leapSeconds: table)) }
    #expect(abs(tai[1].days(since: tai[0]) * 86_400 - 1) < 1e-9)
    #expect(abs(tai[2].days(since: tai[1]) * 86_400 - 1) < 1e-9)
    #expect(abs(tai[2].days(since: Epoch(mjd: 57754)) * 86_400 - 37) < 1e-9)
    for (text, moment) in zip(texts, tai) {
      #expect(table.utc(moment).iso8601(decimals: 0, leapSeconds: table) == text)
    }
    let half = try Epoch<UTC>(iso8601: "2016-12-31T23:59:60.5Z")
    #expect(half.iso8601(decimals: 1) == "2016-12-31T23:59:60.5Z")
    #expect(half.iso8601(decimals: 0) == "2017-01-01T00:00:00Z")
    #expect(table.lengthOfDay(mjd: 57753) == 86_401)
    #expect(table.lengthOfDay(mjd: 57754) == 86_400)
  }

  @Test(arguments: [
    ("", 1), ("41317 10\n41499 11 junk\n", 2), ("41317 10\n41317 11\n", 2),
    ("41317 10\n41499 13\n", 2), ("41317 10\nNaN 11\n", 2), ("41499 11\n", 1),
  ])
  func badTables(text: String, line: Int) {
    let error = #expect(throws: AstroError.self) {
      try LeapSeconds(parsing: text, file: "leap.txt")
    }
    guard case .invalidTable("leap.txt", let where_, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(where_ == line)
  }

  /// Authority: ERFA example values of `taitt`, `tttdb` chains are in its own tests; here the whole
  /// chain UTC → TDB against ERFA's functions at one modern date. 1e-13 d is 9 ns.
  @Test func utcToTdb() throws {
    let epoch = table.tai(try Epoch<UTC>(iso8601: "2026-11-22T12:00:00Z")).tdb
    let tt = 0.5 + (37 + 32.184) / 86_400
    let expected = eraDtdb(2_400_000.5, 61366 + tt, 0, 0, 0, 0)
    let difference = epoch.days(since: Epoch<TDB>(mjdDay: 61366, fraction: tt)) * 86_400
    #expect(abs(difference - expected) < 1e-9)
    #expect(abs(expected) < 0.002)
  }

  /// Authority: ERFA `dtdb` itself, all of whose terms the interpolation must hold; 0.3 ns is 9 µm of
  /// the Earth's motion. Before 1900 and after 2100 it is the series.
  @Test func tdbIsTheWholeSeries() {
    var worst = 0.0
    for step in 0..<4000 {
      let mjd = 10_000.0 + Double(step) * 23.137
      let tt = Epoch<TT>(mjd: mjd)
      let difference = tt.tdb.days(since: Epoch<TDB>(mjdDay: tt.day, fraction: tt.fraction))
      let expected = eraDtdb(2_400_000.5, mjd, 0, 0, 0, 0)
      worst = max(worst, abs(difference * 86_400 - expected))
      #expect(abs(tt.tdb.tt.days(since: tt)) * 86_400 < 1e-9)
    }
    #expect(worst < 3e-10)
  }
}
