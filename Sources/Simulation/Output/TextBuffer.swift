import Exchange
import Foundation

/// Text that grows row by row, with numbers in as many digits as they are worth.
struct TextBuffer {
  private(set) var bytes: [UInt8] = []
  private static let powersOfTen: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]

  mutating func append(_ text: some StringProtocol) { bytes.append(contentsOf: text.utf8) }
  /// A text of any kind as a field of CSV, in quotes where it needs them.
  mutating func append(field text: String) {
    var line = CSVLine()
    line.add(text)
    append(line.text.dropLast())
  }

  mutating func comma() { bytes.append(UInt8(ascii: ",")) }
  mutating func newline() { bytes.append(UInt8(ascii: "\n")) }

  mutating func append(_ number: Int64) {
    bytes.append(contentsOf: String(number).utf8)
  }

  /// A number with a fixed count of decimals, at most 9.
  mutating func append(_ number: Double, decimals: Int) {
    let scale = Self.powersOfTen[decimals]
    // Within 2⁵³ the product is whole after rounding and all digits are true ones.
    let scaled = (abs(number) * scale).rounded()
    guard scaled < 0x1p53 else {
      bytes.append(contentsOf: "\(number)".utf8)
      return
    }
    if number < 0 && scaled > 0 { bytes.append(UInt8(ascii: "-")) }
    let digits = Array(String(Int64(scaled)).utf8)
    let padded = [UInt8](repeating: UInt8(ascii: "0"), count: max(0, decimals + 1 - digits.count))
    let all = padded + digits
    bytes.append(contentsOf: all.dropLast(decimals))
    if decimals > 0 {
      bytes.append(UInt8(ascii: "."))
      bytes.append(contentsOf: all.suffix(decimals))
    }
  }

  /// The same without zeros at the end.
  mutating func append(_ number: Double, upToDecimals decimals: Int) {
    append(number, decimals: decimals)
    guard decimals > 0 else { return }
    while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
    if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
  }

  /// Three significant digits, `2.78e-6`.
  mutating func appendScientific(_ number: Double) {
    guard number > 0, number.isFinite else {
      bytes.append(UInt8(ascii: "0"))
      return
    }
    var exponent = Int(log10(number).rounded(.down))
    var mantissa = (number / pow(10, Double(exponent - 2))).rounded()
    if mantissa >= 1000 {
      mantissa /= 10
      exponent += 1
    }
    append(mantissa / 100, decimals: 2)
    append("e\(exponent)")
  }
}
