// Times as people write them. UTC only: that is the scale of ISO 8601.

extension Epoch where Scale == UTC {
  /// Reads ISO 8601: `2026-11-22`, `2026-11-22T03:04`, `2026-11-22 03:04:05.678Z`,
  /// `2026-11-22T03:04:05+02:00`. Without an offset the time is UTC. `23:59:60` is accepted on days
  /// that end in a leap second. Digits of a second are kept to 10 ps.
  ///
  /// - Parameters:
  ///   - iso8601: the text.
  ///   - leapSeconds: which days have 86,401 seconds.
  /// - Throws: ``AstroError/invalidTime(text:reason:)``, also for dates before 1960, when there was
  ///   no UTC.
  public init(iso8601 text: String, leapSeconds: LeapSeconds = .erfa) throws(AstroError) {
    var reader = ISO8601Reader(text)
    let parts = try reader.read()
    guard let day = calendarMjd(year: parts.year, month: parts.month, day: parts.day) else {
      throw .invalidTime(text: text, reason: "there is no such date in the calendar")
    }
    guard day >= LeapSeconds.firstUtcDay else {
      throw .invalidTime(
        text: text, reason: "UTC begins in 1960; give an MJD with a scale, such as 30000.5:tdb")
    }
    let length = leapSeconds.lengthOfDay(mjd: day)
    let seconds = Double(parts.hour * 3600 + parts.minute * 60) + parts.second
    // With an offset the leap second stands at another local time than 23:59:60.
    let isLeapSecond = parts.second >= 60
    if isLeapSecond, parts.offsetMinutes != 0 || parts.hour != 23 || parts.minute != 59 {
      throw .invalidTime(text: text, reason: "second 60 stands only in 23:59:60 UTC")
    }
    if seconds >= length {
      throw .invalidTime(text: text, reason: "this day does not end in a leap second")
    }
    // An offset moves the clock by whole minutes, which days of 86,400 s measure exactly unless the
    // moment crosses into or out of a longer day: then seconds from 0h are what counts.
    let shifted = seconds - Double(parts.offsetMinutes) * 60
    let shiftedDay = shifted < 0 ? day - 1 : (shifted >= 86_400 && !isLeapSecond ? day + 1 : day)
    let intoDay = shifted - (shiftedDay - day) * Constants.secondsPerDay
    self.init(mjdDay: shiftedDay, fraction: intoDay / leapSeconds.lengthOfDay(mjd: shiftedDay))
  }

  /// ISO 8601 in UTC, such as `2016-12-31T23:59:60.5Z`; rounded to nearest.
  ///
  /// - Parameters:
  ///   - decimals: digits after the second, 0…12.
  ///   - leapSeconds: which days have 86,401 seconds.
  /// - Returns: `not a time` for an epoch that is not finite.
  public func iso8601(decimals: Int = 3, leapSeconds: LeapSeconds = .erfa) -> String {
    guard mjd.isFinite else { return "not a time" }
    let digits = min(max(decimals, 0), 12)
    var unit: Int64 = 1
    for _ in 0..<digits { unit *= 10 }
    let length = leapSeconds.lengthOfDay(mjd: day)
    var date = day
    var ticks = Int64((fraction * length * Double(unit)).rounded())
    if ticks >= Int64(length) * unit {
      ticks = 0
      date += 1
    }
    let (year, month, dayOfMonth) = calendarDate(mjd: date)
    let second = ticks / unit
    let minuteOfDay = min(second / 60, 1439)  // 23:59 takes the leap second too
    var text =
      padded(Int64(year), 4) + "-" + padded(Int64(month), 2) + "-" + padded(Int64(dayOfMonth), 2)
    text += "T" + padded(minuteOfDay / 60, 2) + ":" + padded(minuteOfDay % 60, 2)
    text += ":" + padded(second - minuteOfDay * 60, 2)
    if digits > 0 { text += "." + padded(ticks % unit, digits) }
    return text + "Z"
  }
}

private func padded(_ value: Int64, _ width: Int) -> String {
  let digits = String(value)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

/// Splits a date and time into its numbers; whether they exist in the calendar is for the caller.
private struct ISO8601Reader {
  struct Parts {
    var year = 0, month = 0, day = 0, hour = 0, minute = 0
    var second = 0.0
    var offsetMinutes = 0
  }

  private let text: String
  private let bytes: [UInt8]
  private var index = 0

  init(_ text: String) {
    self.text = text
    bytes = Array(text.utf8)
  }

  mutating func read() throws(AstroError) -> Parts {
    var parts = Parts()
    parts.year = try number(4)
    try expect("-")
    parts.month = try number(2)
    try expect("-")
    parts.day = try number(2)
    if index == bytes.count { return parts }
    guard take("T") || take("t") || take(" ") else { throw malformed() }
    parts.hour = try number(2)
    try expect(":")
    parts.minute = try number(2)
    if take(":") { parts.second = try seconds() }
    parts.offsetMinutes = try offset()
    guard index == bytes.count else { throw malformed() }
    guard parts.hour < 24, parts.minute < 60, parts.second < 61 else {
      throw .invalidTime(text: text, reason: "the time of day runs from 00:00:00 to 23:59:60")
    }
    return parts
  }

  private mutating func seconds() throws(AstroError) -> Double {
    let start = index
    _ = try number(2)
    if take(".") || take(",") {
      let first = index
      while index < bytes.count, isDigit(bytes[index]) { index += 1 }
      guard index > first else { throw malformed() }
    }
    let digits = String(decoding: bytes[start..<index], as: UTF8.self)
    guard let value = Double(digits.replacing(",", with: ".")) else { throw malformed() }
    return value
  }

  private mutating func offset() throws(AstroError) -> Int {
    if take("Z") || take("z") || index == bytes.count { return 0 }
    let sign = take("+") ? 1 : take("-") ? -1 : 0
    guard sign != 0 else { throw malformed() }
    let hours = try number(2)
    _ = take(":")
    let minutes = index < bytes.count ? try number(2) : 0
    guard hours < 24, minutes < 60 else { throw malformed() }
    return sign * (hours * 60 + minutes)
  }

  private mutating func number(_ width: Int) throws(AstroError) -> Int {
    guard index + width <= bytes.count else { throw malformed() }
    var value = 0
    for _ in 0..<width {
      guard isDigit(bytes[index]) else { throw malformed() }
      value = value * 10 + Int(bytes[index] - 0x30)
      index += 1
    }
    return value
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(AstroError) {
    guard take(character) else { throw malformed() }
  }

  private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private func malformed() -> AstroError {
    .invalidTime(
      text: text, reason: "expected ISO 8601, such as 2026-11-22T03:04:05Z (UTC)")
  }
}
