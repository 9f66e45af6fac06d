import Astro

/// What is wrong with one field of one record.
struct FieldFault: Error {
  var field: String?
  /// With the value and the remedy.
  var reason: String
}

/// Checks that every reader needs, with the words that a user sees.
enum FieldText {
  static func string(_ bytes: Bytes) -> String { String(decoding: bytes, as: UTF8.self) }

  /// Text that is kept: refuses bytes that are no UTF-8.
  static func kept(_ bytes: Bytes, _ field: String) throws(FieldFault) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw FieldFault(
        field: field, reason: "‘\(string(bytes))’ is not UTF-8 text; convert the file to UTF-8")
    }
    return text
  }

  /// How programs write that there is no value.
  static func isMissing(_ bytes: Bytes) -> Bool {
    switch bytes.count {
    case 0: return true
    case 1: return bytes[0] == 0x2D  // -
    case 2: return bytes[0] == 0x5C && bytes[1] == 0x4E  // \N
    case 3: return lower(bytes, equals: "nan")
    case 4: return lower(bytes, equals: "null") || lower(bytes, equals: "none")
    default: return false
    }
  }

  /// A number that must be there.
  static func number(_ bytes: Bytes, _ field: String) throws(FieldFault) -> Double {
    guard let value = NumberText.double(bytes) else { throw notANumber(bytes, field) }
    return value
  }

  /// A number that may be missing.
  static func optionalNumber(_ bytes: Bytes, _ field: String) throws(FieldFault) -> Double? {
    if isMissing(bytes) { return nil }
    guard let value = NumberText.double(bytes) else { throw notANumber(bytes, field) }
    return value
  }

  static func number(
    _ bytes: Bytes, _ field: String, in range: ClosedRange<Double>, unit: String
  ) throws(FieldFault) -> Double {
    let value = try number(bytes, field)
    try check(value, bytes, field, range, unit)
    return value
  }

  static func optionalNumber(
    _ bytes: Bytes, _ field: String, in range: ClosedRange<Double>, unit: String
  ) throws(FieldFault) -> Double? {
    guard let value = try optionalNumber(bytes, field) else { return nil }
    try check(value, bytes, field, range, unit)
    return value
  }

  /// An error of a position, nil when there is none. What is too small to be one passes, to be counted
  /// (``Astrometry/Detection/dropImpossibleErrors()``).
  static func optionalError(
    _ bytes: Bytes, _ field: String, most: Double, unit: String
  ) throws(FieldFault) -> Double? {
    let value = try optionalNumber(bytes, field)
    if let value, value > most { try check(value, bytes, field, 0...most, unit) }
    return value
  }

  /// Right ascension [deg]; 360 is taken as 0.
  static func rightAscension(_ bytes: Bytes, _ field: String) throws(FieldFault) -> Double {
    let value = try number(bytes, field, in: 0...360, unit: "deg")
    return value == 360 ? 0 : value
  }

  static func declination(_ bytes: Bytes, _ field: String) throws(FieldFault) -> Double {
    try number(bytes, field, in: -90...90, unit: "deg")
  }

  /// Dates that an observation of ours can have: 1800 to 2200.
  static let observationDates = -21_504...124_594.0
  /// Dates that an orbit may be given for: years −57 to 3775.
  static let orbitDates = -700_000...700_000.0

  static func modifiedJulianDate(
    _ bytes: Bytes, _ field: String, in range: ClosedRange<Double> = observationDates
  ) throws(FieldFault) -> (day: Double, fraction: Double) {
    guard let date = NumberText.twoPart(bytes) else { throw notANumber(bytes, field) }
    let mjd = date.day + date.fraction
    guard range.contains(mjd) else {
      let isJulianDate = range.contains(mjd - 2_400_000.5)
      throw FieldFault(
        field: field,
        reason: "\(string(bytes)) is out of range for a Modified Julian Date; "
          + (isJulianDate
            ? "it looks like a Julian Date: subtract 2400000.5" : "correct the time"))
    }
    return date
  }

  static func notANumber(_ bytes: Bytes, _ field: String) -> FieldFault {
    if bytes.isEmpty { return FieldFault(field: field, reason: "is empty; it needs a number") }
    let text = string(bytes)
    switch text.lowercased() {
    case "nan", "null", "none", "\\n", "-":
      return FieldFault(field: field, reason: "\(text): the value is missing; it needs a number")
    case "inf", "-inf", "+inf", "infinity", "-infinity":
      return FieldFault(field: field, reason: "\(text) is not finite")
    default:
      return FieldFault(field: field, reason: "‘\(text)’ is not a decimal number")
    }
  }

  private static func check(
    _ value: Double, _ bytes: Bytes, _ field: String, _ range: ClosedRange<Double>, _ unit: String
  ) throws(FieldFault) {
    guard range.contains(value) else {
      throw FieldFault(
        field: field,
        reason: """
          \(string(bytes)) is out of range; it must be within \(plain(range.lowerBound)) and \
          \(plain(range.upperBound)) \(unit)
          """)
    }
  }

  private static func plain(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
  }

  private static func lower(_ bytes: Bytes, equals word: StaticString) -> Bool {
    guard bytes.count == word.utf8CodeUnitCount else { return false }
    for i in 0..<bytes.count where bytes[i] | 0x20 != word.utf8Start[i] { return false }
    return true
  }
}
