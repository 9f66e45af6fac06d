import Astro
import Astrometry
import Dynamics

/// The fields of one MPC 80-column line by their columns (from 1, as the MPC counts them):
/// https://www.minorplanetcenter.net/iau/info/OpticalObs.html
struct Obs80Line {
  let bytes: Bytes

  func field(_ first: Int, _ last: Int) -> Bytes { bytes.columns(first, last) }

  /// Column 15: how it was observed.
  var note2: UInt8 { bytes.count > 14 ? bytes[14] : 0x20 }

  /// Whether a line has a date where an observation has it.
  static func looksLikeOne(_ line: Bytes) -> Bool {
    guard line.count >= 80, CalendarText.digits(line, 15..<19) != nil,
      CalendarText.digits(line, 20..<22) != nil, line[19] == 0x20, line[22] == 0x20
    else { return false }
    return true
  }

  /// `2008 10 06.27767`, UTC.
  func date() throws(FieldFault) -> Epoch<UTC> {
    let text = field(16, 32)
    guard text.count >= 10, text[4] == 0x20, text[7] == 0x20,
      let year = CalendarText.digits(text, 0..<4), let month = CalendarText.digits(text, 5..<7),
      let date = CalendarText.digits(text, 8..<10),
      let day = CalendarText.modifiedJulianDay(year: year, month: month, day: date)
    else { throw badDate(text) }
    var fraction = 0.0
    if text.count > 10 {
      let rest = Bytes(rebasing: text[10...])
      guard rest[0] == 0x2E, rest.dropFirst().allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
        throw badDate(text)
      }
      fraction = rest.count == 1 ? 0 : NumberText.double(rest) ?? 0
    }
    return Epoch<UTC>(mjdDay: Double(day), fraction: fraction)
  }

  /// Right ascension [deg] from `HH MM SS.ddd` or `HH MM.mmm`.
  func rightAscension() throws(FieldFault) -> Double {
    let text = field(33, 44)
    guard let hours = sexagesimal(text), hours < 24 else {
      throw FieldFault(
        field: "RA (columns 33-44)",
        reason: "‘\(FieldText.string(text))’ is not hours, minutes and seconds below 24 h")
    }
    return hours * 15
  }

  /// Declination [deg] from `sDD MM SS.dd` or `sDD MM.m`.
  func declination() throws(FieldFault) -> Double {
    let text = field(45, 56)
    let sign: UInt8? = text.first
    guard sign == 0x2B || sign == 0x2D, let degrees = sexagesimal(Bytes(rebasing: text[1...])),
      degrees <= 90
    else {
      throw FieldFault(
        field: "Dec (columns 45-56)",
        reason: """
          ‘\(FieldText.string(text))’ is not a sign, degrees, minutes and seconds within 90°
          """)
    }
    return sign == 0x2D ? -degrees : degrees
  }

  func magnitude() throws(FieldFault) -> Double? {
    let text = field(66, 70)
    if text.isEmpty { return nil }
    guard let value = NumberText.double(text), value > -35, value < 45 else {
      throw FieldFault(
        field: "magnitude (columns 66-70)",
        reason: "‘\(FieldText.string(text))’ is not a magnitude; leave it blank if there is none")
    }
    return value
  }

  func observatory() throws(FieldFault) -> ObservatoryCode {
    let text = field(78, 80)
    guard text.count == 3, let code = ObservatoryCode(FieldText.string(text)) else {
      throw FieldFault(
        field: "observatory (columns 78-80)",
        reason: "‘\(FieldText.string(text))’ is not an MPC observatory code")
    }
    return code
  }

  /// The packed designation, columns 1 to 12: a number, else a provisional or temporary one.
  var packedDesignation: Bytes {
    let number = field(1, 5)
    // Comets have their kind in column 5, with or without a number before it.
    let isComet = number.last.map { c in "CPDXAI".utf8.contains(c) && bytes[4] == c } ?? false
    if number.isEmpty { return field(6, 12) }
    return isComet && !field(6, 12).isEmpty ? field(1, 12) : number
  }

  /// The designation as people write it; nil for blank columns.
  func designation() throws(FieldFault) -> String? {
    let packed = packedDesignation
    guard !packed.isEmpty else { return nil }
    let text = try FieldText.kept(packed, "designation (columns 1-12)")
    return Designation(packed: text).map { "\($0)" } ?? text
  }

  private func badDate(_ text: Bytes) -> FieldFault {
    FieldFault(
      field: "date (columns 16-32)",
      reason: "‘\(FieldText.string(text))’ is not a date as 2008 10 06.27767")
  }

  /// Two or three parts with blanks between; the last may have decimals. Nil when a part after the
  /// first is 60 or more.
  private func sexagesimal(_ text: Bytes) -> Double? {
    let parts = text.split(separator: 0x20, omittingEmptySubsequences: true)
    guard parts.count == 2 || parts.count == 3 else { return nil }
    var value = 0.0
    var unit = 1.0
    for (i, part) in parts.enumerated() {
      let isLast = i == parts.count - 1
      guard part.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 || (isLast && $0 == 0x2E) }),
        let number = NumberText.double(Bytes(rebasing: part)), i == 0 || number < 60
      else { return nil }
      value += number / unit
      unit *= 60
    }
    return value
  }
}
