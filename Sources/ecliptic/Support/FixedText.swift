/// Rows of numbers with a fixed count of decimals, put together as bytes: some 15 ns a number,
/// where the shortest text that reads back as the same double takes 100.
struct FixedText {
  private(set) var bytes: [UInt8] = []

  init(capacity: Int) { bytes.reserveCapacity(capacity) }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  mutating func append(_ text: [UInt8]) { bytes.append(contentsOf: text) }

  mutating func comma() { bytes.append(0x2C) }

  mutating func endLine() { bytes.append(0x0A) }

  private static let powers: [Double] = (0...15).map { k in
    (0..<k).reduce(1.0) { power, _ in power * 10 }
  }

  /// A comma, and the number rounded to a count of decimals (0…15); nothing after the comma for one
  /// that is missing or not finite.
  mutating func add(_ value: Double?, decimals: Int) {
    comma()
    guard let value, value.isFinite else { return }
    let scaled = (abs(value) * Self.powers[decimals]).rounded()
    guard scaled < 9e18 else {
      bytes.append(contentsOf: "\(value)".utf8)
      return
    }
    if value < 0, scaled > 0 { bytes.append(0x2D) }
    var rest = UInt64(scaled)
    var digits = InlineArray<20, UInt8>(repeating: 0x30)
    var count = 0
    while rest > 0 || count <= decimals {
      digits[count] = 0x30 + UInt8(rest % 10)
      rest /= 10
      count += 1
    }
    for k in stride(from: count - 1, through: 0, by: -1) {
      bytes.append(digits[k])
      if k == decimals, k > 0 { bytes.append(0x2E) }
    }
  }

  /// A comma and `true`, `false` or nothing.
  mutating func add(_ value: Bool?) {
    comma()
    guard let value else { return }
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }
}
