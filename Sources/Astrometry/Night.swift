/// A night of an observatory: local noon to noon, named by the date of its evening.
public struct Night: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Modified Julian Day of the evening's date.
  public let mjd: Int

  public init(mjd: Int) { self.mjd = mjd }

  /// The night that a moment falls into.
  ///
  /// - Parameters:
  ///   - mjdUtc: the moment [d].
  ///   - longitudeDeg: of the observatory, east, any turn [deg]; 0 for one in space.
  public init(mjdUtc: Double, longitudeDeg: Double) {
    // Local mean solar time, half a day back, so that the count changes at local noon.
    let turn = (longitudeDeg / 360).remainder(dividingBy: 1)
    mjd = Int((mjdUtc + turn - 0.5).rounded(.down))
  }

  /// Reads a date, `2026-11-22`, of the years 1858 to 9999. Nil for anything else, also for dates
  /// that are not in the calendar.
  public init?(date text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].utf8.count == 4, parts[1].utf8.count == 2,
      parts[2].utf8.count == 2, parts.joined().utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
      year >= 1858, (1...12).contains(month)
    else { return nil }
    let shift = (month - 14) / 12
    let julianDay =
      (1461 * (year + 4800 + shift)) / 4 + (367 * (month - 2 - 12 * shift)) / 12
      - (3 * ((year + 4900 + shift) / 100)) / 4 + day - 32075
    self.init(mjd: julianDay - 2_400_001)
    guard calendarDate == (year, month, day) else { return nil }
  }

  /// The Gregorian date of the evening (Fliegel & Van Flandern 1968, CACM 11, 657).
  public var calendarDate: (year: Int, month: Int, day: Int) {
    var l = mjd + 2_400_001 + 68569
    let n = 4 * l / 146_097
    l -= (146_097 * n + 3) / 4
    let i = 4000 * (l + 1) / 1_461_001
    l = l - 1461 * i / 4 + 31
    let j = 80 * l / 2447
    let day = l - 2447 * j / 80
    l = j / 11
    return (100 * (n - 49) + i + l, j + 2 - 12 * l, day)
  }

  /// `2026-11-22`.
  public var description: String {
    let (year, month, day) = calendarDate
    func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
    return "\(year)-\(two(month))-\(two(day))"
  }

  public static func < (a: Night, b: Night) -> Bool { a.mjd < b.mjd }
}
