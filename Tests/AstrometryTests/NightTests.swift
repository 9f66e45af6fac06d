import Astrometry
import Testing

@Suite struct NightTests {
  /// MJD of dates: 51544 is 2000-01-01, 57346 is 2015-11-20, 60369 is 2024-02-29 (ERFA iauCal2jd).
  @Test(arguments: [(51544, "2000-01-01"), (57346, "2015-11-20"), (60369, "2024-02-29")])
  func datesBothWays(mjd: Int, text: String) {
    #expect(Night(mjd: mjd).description == text)
    #expect(Night(date: text)?.mjd == mjd)
  }

  @Test(arguments: ["2023-02-29", "2023-13-01", "2023-1-01", "20230101", "2023-01-01T00", "x", ""])
  func badDatesAreNone(text: String) { #expect(Night(date: text) == nil) }

  /// Cerro Pachón (70.75° W): local noon is at 16:43 UTC. Hawaii (155.5° W) at 22:22, Siding
  /// Spring (149° E) at 02:04.
  @Test func changesAtLocalNoon() {
    #expect(Night(mjdUtc: 60000 + 16.6 / 24, longitudeDeg: 289.25).mjd == 59999)
    #expect(Night(mjdUtc: 60000 + 16.8 / 24, longitudeDeg: 289.25).mjd == 60000)
    #expect(Night(mjdUtc: 60001 + 5.0 / 24, longitudeDeg: -70.75).mjd == 60000)
    #expect(Night(mjdUtc: 60001 + 10.0 / 24, longitudeDeg: 204.5).mjd == 60000)
    #expect(Night(mjdUtc: 60000 + 2.0 / 24, longitudeDeg: 149).mjd == 59999)
    #expect(Night(mjdUtc: 60000 + 2.2 / 24, longitudeDeg: 149).mjd == 60000)
  }
}
