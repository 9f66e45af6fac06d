import Astro
import Foundation
import TestSupport
import Testing

@Suite struct TimeTextTests {
  /// MJDs by hand: 60000 is 2023-02-25, 51544 is 2000-01-01, 61366 is 2026-11-22.
  static let dates: [(String, Double, Double)] = [
    ("2023-02-25", 60000.0, 0.0), ("2000-01-01T12:00", 51544, 0.5),
    ("2026-11-22T06:00:00Z", 61366, 0.25), ("2026-11-22 06:00:00", 61366, 0.25),
    ("2026-11-22T08:00:00+02:00", 61366, 0.25), ("2026-11-21T22:30:00-0730", 61366, 0.25),
    ("2026-11-22T01:00:00+01", 61366, 0), ("2026-11-22T00:30:00+01:00", 61365, 23.5 / 24),
    ("2024-02-29T00:00:00,864Z", 60369, 1e-5), ("1960-01-01", 36934, 0),
    ("2026-11-22t00:00:08.64z", 61366, 1e-4),
  ]

  @Test(arguments: dates)
  func readsISO8601(text: String, day: Double, fraction: Double) throws {
    let epoch = try Epoch<UTC>(iso8601: text)
    #expect(abs(epoch.days(since: Epoch(mjdDay: day, fraction: fraction))) < 1e-15)
  }

  @Test(arguments: [
    "", "2026", "2026-13-01", "2026-02-29", "2026-11-31", "2026-11-22T", "2026-11-22T24:00:00",
    "2026-11-22T12:60", "2026-11-22T23:59:60Z", "2026-11-22T12:00:61", "2026-11-22T12:00:00.Z",
    "2026-11-22T12:00:00+25:00", "2026-11-22T12:00:00ZZ", "22.11.2026", "2026/11/22", "yesterday",
    "1959-12-31", "2016-12-31T12:00:60Z", "2026-11-22T12:00:00Zjunk", "-2026-11-22", "２０２６-11-22",
  ])
  func refusesWhatIsNoTime(text: String) {
    let error = #expect(throws: AstroError.self) { try Epoch<UTC>(iso8601: text) }
    #expect(error?.description.contains("'\(text)'") == true)
  }

  @Test func writesWhatItReads() throws {
    for text in [
      "2026-11-22T03:04:05.678Z", "1999-12-31T23:59:59.999Z", "2000-02-29T00:00:00.000Z",
    ] {
      #expect(try Epoch<UTC>(iso8601: text).iso8601(decimals: 3) == text)
    }
    let almost = try Epoch<UTC>(iso8601: "2026-12-31T23:59:59.9996Z")
    #expect(almost.iso8601(decimals: 3) == "2027-01-01T00:00:00.000Z")
    #expect(almost.iso8601(decimals: 4) == "2026-12-31T23:59:59.9996Z")
  }

  @Test func whatIsNoTimeIsSaidSo() {
    #expect(Epoch<UTC>(mjd: .nan).iso8601() == "not a time")
    #expect(LeapSeconds.erfa.tai(Epoch<UTC>(mjd: .nan)).mjd.isNaN)
    #expect(LeapSeconds.erfa.utc(Epoch<TAI>(mjd: .nan)).mjd.isNaN)
  }

  @Test func argumentsOfTheCommandLine() throws {
    let epochs = try TimeArgument.parse("60000.5:tdb,2023-02-25T12:00:00Z, 60000.5:TAI,60000.5:tt")
    #expect(epochs.count == 4)
    #expect(epochs[0] == Epoch<TDB>(mjd: 60000.5))
    let seconds = epochs.map { $0.days(since: epochs[0]) * 86_400 }
    // TDB and TT differ by at most 2 ms.
    #expect(abs(seconds[1] - (37 + 32.184)) < 0.002)
    #expect(abs(seconds[2] - 32.184) < 0.002)
    #expect(abs(seconds[3]) < 0.002 && seconds[3] != 0)
    #expect(
      try TimeArgument.parse("60000.5:utc")[0] == TimeArgument.parse("2023-02-25T12:00:00Z")[0])
  }

  /// One double of 60000.1 resolves 7e-12 d; the text's digits must survive.
  @Test func digitsOfAnMJDAreKept() throws {
    let epoch = try TimeArgument.parse("60000.1234567890123:tdb")[0]
    #expect(epoch.day == 60000)
    #expect(epoch.fraction == 0.1234567890123)
    let negative = try TimeArgument.parse("-0.25:tdb")[0]
    #expect(negative == Epoch<TDB>(mjdDay: -1, fraction: 0.75))
  }

  @Test(arguments: [
    "60000.5", "60000.5:gps", "abc:tdb", "nan:tdb", "inf:utc", "1e5:tdb", "2460000.5:tdb:x", "",
    "60000:tdb,", "3460000.5:tdb", "0x10:tdb", "60000.5.5:tdb",
  ])
  func refusesOtherArguments(text: String) {
    #expect(throws: AstroError.self) { try TimeArgument.parse(text) }
  }

  @Test func filesOfTimes() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "times.txt")
    try "# times\n60000.5:tdb\n\n60001.5:tdb # second\r\n".write(
      to: file, atomically: true, encoding: .utf8)
    #expect(
      try TimeArgument.parse("@" + file.path) == [Epoch(mjd: 60000.5), Epoch(mjd: 60001.5)])
    try "60000.5:tdb\n60001.5\n".write(to: file, atomically: true, encoding: .utf8)
    let error = #expect(throws: AstroError.self) { try TimeArgument.parse("@" + file.path) }
    #expect(error?.description.contains("times.txt:2:") == true)
    try "\n".write(to: file, atomically: true, encoding: .utf8)
    #expect(throws: AstroError.self) { try TimeArgument.parse("@" + file.path) }
    #expect(throws: AstroError.self) { try TimeArgument.parse("@/nonexistent/times") }
  }
}
