public import Astro
import Foundation

/// One row of CSV being put together: RFC 4180 quoting, numbers that read back as the same double,
/// nothing for a value that is missing or not finite. Ends in a line feed.
public struct CSVLine: Sendable {
  private var fields = ""
  private var isEmpty = true

  public init() {}

  /// The whole row.
  public var text: String { fields + "\n" }

  public mutating func add(_ value: String?) {
    separate()
    guard let value else { return }
    let needsQuotes = value.utf8.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
    fields += needsQuotes ? "\"" + value.replacing("\"", with: "\"\"") + "\"" : value
  }

  public mutating func add(_ value: Int64?) {
    separate()
    if let value { fields += "\(value)" }
  }

  public mutating func add(_ value: Double?) {
    separate()
    if let value, value.isFinite { fields += "\(value)" }
  }

  /// A Modified Julian Date with all of its digits: about 17 after the point.
  public mutating func add<Scale>(_ epoch: Epoch<Scale>) {
    separate()
    fields += Self.twoPart(epoch.day, epoch.fraction)
  }

  private mutating func separate() {
    if !isEmpty { fields += "," }
    isEmpty = false
  }

  /// `60000.123…`: the day and the digits of the fraction side by side, since their sum in one
  /// double would lose five of them.
  static func twoPart(_ day: Double, _ fraction: Double) -> String {
    guard day.isFinite, abs(day) < 1e15 else { return "" }
    if day < 0 && fraction > 0 {
      // −3 + 0.25 is −2.75.
      return "-" + twoPart(-(day + 1), 1 - fraction)
    }
    let whole = "\(Int64(day))"
    if fraction == 0 { return whole + ".0" }
    let digits = "\(fraction)"
    let plain = digits.contains("e") ? String(format: "%.25f", fraction) : digits
    return whole + plain.dropFirst()
  }
}
