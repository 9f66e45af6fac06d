import Astro

/// Calendar dates of the Gregorian calendar, as files write them.
enum CalendarText {
  /// Modified Julian Day of a date; nil when the date does not exist.
  static func modifiedJulianDay(year: Int, month: Int, day: Int) -> Int? {
    guard (1600...2400).contains(year), (1...12).contains(month), day >= 1,
      day <= daysInMonth(year, month)
    else { return nil }
    // Years begin in March, so that the leap day is the last of its year.
    let y = month > 2 ? year : year - 1
    let monthFromMarch = (month + 9) % 12
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    return 365 * y + y / 4 - y / 100 + y / 400 + dayOfYear - 678_881
  }

  /// `2023-07-06T00:17:43.77Z` as UTC: the Modified Julian Day and the second of that day.
  static func isoTime(_ text: Bytes) -> (day: Int, second: Double)? {
    var body = text
    if let last = body.last, last | 0x20 == 0x7A { body = Bytes(rebasing: body.dropLast()) }
    guard body.count >= 16, body[4] == 0x2D, body[7] == 0x2D, body[10] | 0x20 == 0x74,
      body[13] == 0x3A, let year = digits(body, 0..<4), let month = digits(body, 5..<7),
      let date = digits(body, 8..<10), let hour = digits(body, 11..<13), hour < 24,
      let minute = digits(body, 14..<16), minute < 60,
      let day = modifiedJulianDay(year: year, month: month, day: date)
    else { return nil }
    var second = 0.0
    if body.count > 16 {
      guard body.count >= 19, body[16] == 0x3A, body[17] != 0x2B, body[17] != 0x2D,
        let value = NumberText.double(Bytes(rebasing: body[17...])), value >= 0,
        value < (hour == 23 && minute == 59 ? 61 : 60)
      else { return nil }
      second = value
    }
    return (day, Double(hour * 3600 + minute * 60) + second)
  }

  /// A whole number of exactly these digits.
  static func digits(_ text: Bytes, _ range: Range<Int>) -> Int? {
    guard range.upperBound <= text.count else { return nil }
    var value = 0
    for i in range {
      guard text[i] >= 0x30 && text[i] <= 0x39 else { return nil }
      value = value * 10 + Int(text[i] - 0x30)
    }
    return value
  }

  private static func daysInMonth(_ year: Int, _ month: Int) -> Int {
    switch month {
    case 4, 6, 9, 11: return 30
    case 2: return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: return 31
    }
  }
}

extension LeapSeconds {
  /// TAI of a second of a UTC day. Counted from midnight, so that a day with a leap second is right.
  func tai(day: Int, second: Double) -> Epoch<TAI> {
    let midnight = tai(Epoch<UTC>(mjdDay: Double(day), fraction: 0))
    return Epoch<TAI>(
      mjdDay: midnight.day, fraction: midnight.fraction + second / Constants.secondsPerDay)
  }
}
