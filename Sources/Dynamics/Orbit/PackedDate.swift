import Astro

/// The Minor Planet Center's packed dates: `K25C1` is 2025 December 1, `J981I73` 1998 January
/// 18.73. See https://www.minorplanetcenter.net/iau/info/PackedDates.html.
///
/// Century, year, month and day as one character each where letters go on from 9; then perhaps
/// decimals of the day. The scale is the owner's: TT for epochs of osculation.
public enum PackedDate {
  /// The Modified Julian Date of a packed date, day and fraction apart.
  /// - Returns: nil for anything else, also for days that the calendar has not.
  public static func mjd(_ text: some StringProtocol) -> (day: Double, fraction: Double)? {
    let b = Array(text.utf8)
    guard (5...20).contains(b.count), let century = digit(b[0]), (18...20).contains(century),
      let year = Designation.decimal(b[1..<3]), let month = digit(b[3]), (1...12).contains(month),
      let date = digit(b[4]), (1...31).contains(date),
      let day = calendarMjd(year: century * 100 + year, month: month, day: date)
    else { return nil }
    if b.count == 5 { return (day, 0) }
    let decimals = b[5...]
    guard decimals.allSatisfy({ (0x30...0x39).contains($0) }),
      let fraction = Double("0." + String(decoding: decimals, as: UTF8.self))
    else { return nil }
    return (day, fraction)
  }

  /// The packed form of a date.
  ///
  /// - Parameters:
  ///   - day: Modified Julian Day, whole.
  ///   - fraction: of the day, 0 ≤ fraction < 1.
  ///   - decimals: of the day that are written, 0…15; cut, not rounded, so that the day stays.
  /// - Returns: nil outside 1800…2099, or when the day is not whole.
  public static func text(day: Double, fraction: Double = 0, decimals: Int = 0) -> String? {
    guard day.rounded() == day, abs(day) < 1e6, (0..<1).contains(fraction),
      (0...15).contains(decimals)
    else { return nil }
    let date = calendarDate(mjd: day)
    guard (1800...2099).contains(date.year) else { return nil }
    var text =
      Designation.packedYear(date.year) + Designation.base62Text(date.month, width: 1)
      + Designation.base62Text(date.day, width: 1)
    var rest = fraction
    for _ in 0..<decimals {
      rest *= 10
      let digit = min(9, Int(rest))
      text += String(digit)
      rest -= Double(digit)
    }
    return text
  }

  /// 0…9, then A (10) to V (31).
  private static func digit(_ byte: UInt8) -> Int? {
    Designation.base62(byte).flatMap { $0 <= 31 ? $0 : nil }
  }
}
