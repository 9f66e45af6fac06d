import Foundation

/// Times as they stand on the command line: ISO 8601 (UTC), or an MJD with its scale
/// (`60000.5:tdb`, `:tt`, `:tai`, `:utc`); `@FILE` holds one a line (empty lines and `#` comments are
/// skipped); a comma separates several.
public enum TimeArgument {
  /// - Parameters:
  ///   - argument: what the user typed.
  ///   - leapSeconds: for the UTC ones.
  /// - Returns: the times in the order given, at least one. An MJD keeps all its digits (10 ps).
  public static func parse(
    _ argument: String, leapSeconds: LeapSeconds = .erfa
  ) throws(AstroError) -> [Epoch<TDB>] {
    var epochs: [Epoch<TDB>] = []
    for item in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let text = item.trimmingCharacters(in: .whitespaces)
      if text.hasPrefix("@") {
        epochs += try parseFile(String(text.dropFirst()), leapSeconds)
      } else {
        epochs.append(try parseOne(text, leapSeconds))
      }
    }
    return epochs
  }

  private static func parseFile(
    _ path: String, _ leapSeconds: LeapSeconds
  ) throws(AstroError) -> [Epoch<TDB>] {
    let text: String
    do {
      text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
    } catch {
      throw .unreadableFile(path: path, reason: "cannot be read as text; it holds one time a line")
    }
    var epochs: [Epoch<TDB>] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let content = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespacesAndNewlines)
      if content.isEmpty { continue }
      do {
        epochs.append(try parseOne(content, leapSeconds))
      } catch {
        throw .invalidTable(file: path, line: index + 1, reason: error.description)
      }
    }
    guard !epochs.isEmpty else { throw .unreadableFile(path: path, reason: "holds no time") }
    return epochs
  }

  private static func parseOne(
    _ text: String, _ leapSeconds: LeapSeconds
  ) throws(AstroError) -> Epoch<TDB> {
    let halves = text.split(separator: ":", omittingEmptySubsequences: false)
    guard halves.count == 2, let last = halves.last,
      let scale = ["tdb", "tt", "tai", "utc"].first(where: { $0 == last.lowercased() })
    else {
      if Double(text) != nil {
        throw .invalidTime(
          text: text, reason: "an MJD needs its scale: \(text):utc, \(text):tai or \(text):tdb")
      }
      return leapSeconds.tai(try Epoch<UTC>(iso8601: text, leapSeconds: leapSeconds)).tdb
    }
    let (day, fraction) = try modifiedJulianDate(halves[0], of: text)
    switch scale {
    case "tdb": return Epoch<TDB>(mjdDay: day, fraction: fraction)
    case "tt": return Epoch<TT>(mjdDay: day, fraction: fraction).tdb
    case "tai": return Epoch<TAI>(mjdDay: day, fraction: fraction).tdb
    default: return leapSeconds.tai(Epoch<UTC>(mjdDay: day, fraction: fraction)).tdb
    }
  }

  /// Day and fraction apart, so that no digit is lost in one double.
  private static func modifiedJulianDate(
    _ digits: Substring, of text: String
  ) throws(AstroError) -> (Double, Double) {
    let unsigned = digits.hasPrefix("-") ? digits.dropFirst() : digits
    let parts = unsigned.split(separator: ".", omittingEmptySubsequences: false)
    let plain = parts.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isNumber } }
    guard plain, (1...2).contains(parts.count), let day = Double(parts[0]),
      let fraction = parts.count == 2 && !parts[1].isEmpty ? Double("0." + parts[1]) : 0
    else {
      throw .invalidTime(text: text, reason: "'\(digits)' is not a Modified Julian Date")
    }
    guard day < 3_000_000 else {
      throw .invalidTime(
        text: text, reason: "MJD \(digits) is beyond the year 9999; a JD is its MJD + 2400000.5")
    }
    let sign: Double = unsigned.count == digits.count ? 1 : -1
    return (sign * day, sign * fraction)
  }
}
