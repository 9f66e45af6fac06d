private import CERFA

/// The differences TAI − UTC, and the conversions that need them.
///
/// From 1972 on the table rules, which may be newer than the ERFA library. Before 1972, when UTC ran
/// at its own rate, ERFA's `utctai` and `taiutc` do the work (from 1960; earlier there was no UTC and
/// the difference of 1960-01-01, 1.42 s, is held: good to some 30 s for 1900). After the table's last
/// entry its difference is held: future leap seconds are not known.
public struct LeapSeconds: Sendable, Hashable {
  /// First days (MJD, UTC) of the differences, ascending; the first is 41317 (1972-01-01).
  private let days: [Double]
  /// TAI − UTC [s] from those days on.
  private let offsets: [Double]

  /// The table that the ERFA library was built with.
  public static let erfa: LeapSeconds = {
    var table: UnsafeMutablePointer<eraLEAPSECOND>?
    let count = unsafe Int(eraGetLeapSeconds(&table))
    var days: [Double] = []
    var offsets: [Double] = []
    for index in 0..<max(0, count) {
      guard let entry = unsafe table?[index], entry.iyear >= 1972 else { continue }
      days.append(calendarMjd(year: Int(entry.iyear), month: Int(entry.month), day: 1) ?? 0)
      offsets.append(entry.delat)
    }
    return LeapSeconds(days: days, offsets: offsets)
  }()

  private init(days: [Double], offsets: [Double]) {
    self.days = days
    self.offsets = offsets
  }

  /// - Parameters:
  ///   - text: lines of `MJD seconds`; what follows `#` is a comment.
  ///   - file: its name, for error messages.
  public init(parsing text: String, file: String) throws(AstroError) {
    var days: [Double] = []
    var offsets: [Double] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let content = line.prefix { $0 != "#" }
      let fields = content.split { $0 == " " || $0 == "\t" || $0 == "\r" }
      if fields.isEmpty { continue }
      func fail(_ reason: String) -> AstroError {
        .invalidTable(file: file, line: index + 1, reason: reason)
      }
      guard fields.count == 2, let day = Double(fields[0]), let offset = Double(fields[1]) else {
        throw fail("'\(content)': expected an MJD and TAI-UTC in seconds")
      }
      guard day == day.rounded(.down), day > days.last ?? 0 else {
        throw fail("MJD \(fields[0]) is not a whole day after the one before")
      }
      guard offset.isFinite, abs(offset - (offsets.last ?? 9)) == 1 else {
        throw fail("TAI-UTC \(fields[1]) differs by other than one second from the one before")
      }
      days.append(day)
      offsets.append(offset)
    }
    guard days.first == LeapSeconds.firstWholeSecondDay else {
      throw .invalidTable(
        file: file, line: 1, reason: "the table does not begin at MJD 41317 (1972)")
    }
    self.init(days: days, offsets: offsets)
  }

  /// 1972-01-01, when TAI − UTC became a whole number of seconds.
  private static let firstWholeSecondDay = 41317.0

  /// TAI − UTC [s] at 0h UTC of a day from 1972-01-01 on.
  private func offset(ofDay day: Double) -> Double {
    var index = days.count - 1
    while index > 0, days[index] > day { index -= 1 }
    return offsets[index]
  }

  /// Length of a UTC day [s]: 86,400, or one more (or less) when it ends in a leap second.
  public func lengthOfDay(mjd day: Double) -> Double {
    guard day >= LeapSeconds.firstWholeSecondDay else { return Constants.secondsPerDay }
    return Constants.secondsPerDay + offset(ofDay: day + 1) - offset(ofDay: day)
  }

  /// - Returns: the same moment in TAI, exact to 20 ps.
  public func tai(_ utc: Epoch<UTC>) -> Epoch<TAI> {
    guard utc.day >= LeapSeconds.firstWholeSecondDay else { return LeapSeconds.earlyTai(utc) }
    let seconds = utc.fraction * lengthOfDay(mjd: utc.day) + offset(ofDay: utc.day)
    return Epoch<TAI>(mjdDay: utc.day, fraction: seconds / Constants.secondsPerDay)
  }

  /// - Returns: the same moment in UTC; a moment within a leap second lies in the last 86,401st part
  ///   of its day.
  public func utc(_ tai: Epoch<TAI>) -> Epoch<UTC> {
    func secondsInto(_ day: Double) -> Double {
      (tai.day - day) * Constants.secondsPerDay + tai.fraction * Constants.secondsPerDay
        - offset(ofDay: day)
    }
    guard secondsInto(LeapSeconds.firstWholeSecondDay) >= 0 else {
      return LeapSeconds.earlyUtc(tai)
    }
    var day = tai.day
    while secondsInto(day) < 0 { day -= 1 }
    while secondsInto(day) >= lengthOfDay(mjd: day) { day += 1 }
    return Epoch<UTC>(mjdDay: day, fraction: secondsInto(day) / lengthOfDay(mjd: day))
  }

  private static func earlyTai(_ utc: Epoch<UTC>) -> Epoch<TAI> {
    var first = 0.0
    var second = 0.0
    let day = max(utc.day, firstUtcDay)
    unsafe eraUtctai(Constants.jdOfMjdZero + day, utc.fraction, &first, &second)
    return Epoch<TAI>(
      mjdDay: first - Constants.jdOfMjdZero + (utc.day - day), fraction: second)
  }

  private static func earlyUtc(_ tai: Epoch<TAI>) -> Epoch<UTC> {
    var first = 0.0
    var second = 0.0
    let day = max(tai.day, firstUtcDay + 1)
    unsafe eraTaiutc(Constants.jdOfMjdZero + day, tai.fraction, &first, &second)
    return Epoch<UTC>(
      mjdDay: first - Constants.jdOfMjdZero + (tai.day - day), fraction: second)
  }

  /// 1960-01-01, the first day of UTC in ERFA.
  static let firstUtcDay = 36934.0
}

/// The MJD of a date of the Gregorian calendar at 0h; nil for a date that does not exist.
package func calendarMjd(year: Int, month: Int, day: Int) -> Double? {
  guard (-4799...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else {
    return nil
  }
  var zero = 0.0
  var result = 0.0
  let status = unsafe eraCal2jd(Int32(year), Int32(month), Int32(day), &zero, &result)
  return status == 0 ? result : nil
}

/// The Gregorian date of a whole MJD.
package func calendarDate(mjd: Double) -> (year: Int, month: Int, day: Int) {
  var year: Int32 = 0
  var month: Int32 = 0
  var day: Int32 = 0
  var fraction = 0.0
  unsafe eraJd2cal(Constants.jdOfMjdZero, mjd, &year, &month, &day, &fraction)
  return (Int(year), Int(month), Int(day))
}
