public import Astro

/// A night of an observatory: local noon to noon, named by the date of its evening.
public struct SurveyNight: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Modified Julian Day of the evening's date.
  public var mjd: Int

  public init(mjd: Int) { self.mjd = mjd }

  /// The night that a moment belongs to.
  ///
  /// - Parameters:
  ///   - time: TAI; the half minute to UTC is nothing at noon.
  ///   - longitudeDeg: the observatory's longitude, positive east [deg].
  public init(of time: Epoch<TAI>, longitudeDeg: Double) {
    let east = longitudeDeg > 180 ? longitudeDeg - 360 : longitudeDeg
    mjd = Int((time.mjd + east / 360 - 0.5).rounded(.down))
  }

  /// `YYYY-MM-DD`; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 4, let year = Int(parts[0]),
      let month = Int(parts[1]), let day = Int(parts[2]), (1...12).contains(month),
      (1...31).contains(day)
    else { return nil }
    mjd = Self.modifiedJulianDay(year, month, day)
    guard description == text else { return nil }
  }

  public static func < (a: SurveyNight, b: SurveyNight) -> Bool { a.mjd < b.mjd }

  public var description: String {
    // Richards 2013, Explanatory Supplement 3rd ed., table 15.14, Gregorian.
    let f = mjd + 2_400_001 + 1401 + (4 * (mjd + 2_400_001) + 274_277) / 146_097 * 3 / 4 - 38
    let e = 4 * f + 3
    let h = 5 * (e % 1461 / 4) + 2
    let day = h % 153 / 5 + 1
    let month = (h / 153 + 2) % 12 + 1
    let year = e / 1461 - 4716 + (14 - month) / 12
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(year)-\(two(month))-\(two(day))"
  }

  private static func modifiedJulianDay(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let a = (month - 14) / 12
    return 1461 * (year + 4800 + a) / 4 + 367 * (month - 2 - 12 * a) / 12
      - 3 * ((year + 4900 + a) / 100) / 4 + day - 32_075 - 2_400_001
  }
}
