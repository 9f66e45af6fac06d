import Astro
import Dynamics
import Testing

@Suite struct PackedDateTests {
  /// From the MPC's page on packed dates (info/PackedDates.html).
  @Test(arguments: [
    ("J9611", 50083.0, 0),
    ("J961A", 50092.0, 0),
    ("J969U", 50356.0, 0),
    ("J96A1", 50357.0, 0),
    ("K01AM", 52204.0, 0),
    ("J981I73", 50831.0, 0.73),
    ("K01AM138303", 52204.0, 0.138303),
    ("K25C1", 61010.0, 0),
    ("I00C1", -21170.0, 0),
  ])
  func bothWays(text: String, day: Double, fraction: Double) throws {
    let date = try #require(PackedDate.mjd(text))
    #expect(date.day == day)
    #expect(abs(date.fraction - fraction) < 1e-15)
    // A fraction as a double may lie below its decimals: half a unit more gives them back.
    let nudged = date.fraction == 0 ? 0 : date.fraction + 1e-9
    #expect(
      PackedDate.text(day: date.day, fraction: nudged, decimals: text.utf8.count - 5) == text)
  }

  @Test func everyDayComesBack() throws {
    for day in stride(from: -21_504.0, through: 88_068, by: 1) {
      let text = try #require(PackedDate.text(day: day), "\(day)")
      #expect(PackedDate.mjd(text)?.day == day)
    }
    #expect(PackedDate.text(day: -21_505) == nil)
    #expect(PackedDate.text(day: 88_069) == nil)
  }

  @Test(arguments: [
    "", "K25C", "K25D1", "K2502", "K25W1", "K252U", "L25C1", "H25C1", "k25c1", "K25C1x", "K25C1.5",
    "2025-12-01", "K25B\u{e9}",
  ])
  func otherTextIsRefused(text: String) {
    #expect(PackedDate.mjd(text) == nil)
  }
}
