/// A line of fixed columns being filled: blanks, and what is put at its columns (from 1).
struct FixedLine {
  private(set) var bytes: [UInt8]

  init(width: Int) { bytes = [UInt8](repeating: 0x20, count: width) }

  /// Text from column `first` on; what is longer than the line is cut.
  mutating func put(_ text: some StringProtocol, at first: Int) {
    var place = first - 1
    for byte in text.utf8 where place < bytes.count {
      bytes[place] = byte
      place += 1
    }
  }

  /// Text that ends at column `last`.
  mutating func put(_ text: some StringProtocol, endingAt last: Int) {
    put(text, at: last + 1 - text.utf8.count)
  }

  /// A number rounded to `decimals` places, at the right end of columns `first` to `last`.
  /// - Parameter zeros: filled up with zeros instead of blanks, as for minutes and seconds.
  /// - Returns: false when it has no room there (nothing is put).
  @discardableResult
  mutating func put(
    _ value: Double, decimals: Int, _ first: Int, _ last: Int, zeros: Bool = false
  ) -> Bool {
    guard abs(value) < 1e9 else { return false }
    let scaled = Int64((value * Self.powersOfTen[decimals]).rounded())
    return put(scaled: scaled, decimals: decimals, first, last, zeros: zeros)
  }

  /// The same for a number that is scaled by 10^decimals already.
  @discardableResult
  mutating func put(
    scaled: Int64, decimals: Int, _ first: Int, _ last: Int, zeros: Bool = false
  ) -> Bool {
    var rest = scaled.magnitude
    var place = last - 1
    var digits = 0
    while place >= first - 1 {
      if digits == decimals && decimals > 0 {
        bytes[place] = 0x2E
        place -= 1
        guard place >= first - 1 else { break }
      }
      bytes[place] = 0x30 + UInt8(rest % 10)
      rest /= 10
      digits += 1
      place -= 1
      if rest == 0 && digits > decimals && !zeros { break }
    }
    let fits = rest == 0 && digits > decimals && (scaled >= 0 || place >= first - 1)
    if fits && scaled < 0 { bytes[place] = 0x2D }
    if !fits { for i in first - 1..<last { bytes[i] = 0x20 } }
    return fits
  }

  private static let powersOfTen: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]
}
