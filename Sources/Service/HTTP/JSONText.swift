/// JSON being put together as bytes: some 20 ns a number. Values that are missing or not finite
/// are `null`.
struct JSONText {
  private(set) var bytes: [UInt8] = []
  private var needsComma = false

  init(capacity: Int = 1024) { bytes.reserveCapacity(capacity) }

  // MARK: - Containers

  mutating func object(_ body: (inout JSONText) throws -> Void) rethrows {
    separate()
    bytes.append(0x7B)
    needsComma = false
    try body(&self)
    bytes.append(0x7D)
    needsComma = true
  }

  mutating func array(_ body: (inout JSONText) throws -> Void) rethrows {
    separate()
    bytes.append(0x5B)
    needsComma = false
    try body(&self)
    bytes.append(0x5D)
    needsComma = true
  }

  mutating func object(_ key: StaticString, _ body: (inout JSONText) throws -> Void) rethrows {
    self.key(key)
    try object(body)
  }

  mutating func array(_ key: StaticString, _ body: (inout JSONText) throws -> Void) rethrows {
    self.key(key)
    try array(body)
  }

  // MARK: - Keys

  /// A key of plain ASCII without quotes.
  @inline(__always)
  mutating func key(_ name: StaticString) {
    separate()
    bytes.append(0x22)
    name.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(0x22)
    bytes.append(0x3A)
    needsComma = false
  }

  mutating func key(_ name: String) {
    value(name)
    bytes.append(0x3A)
    needsComma = false
  }

  /// A key with its quotes and colon.
  mutating func key(encoded bytes: [UInt8]) {
    separate()
    self.bytes.append(contentsOf: bytes)
    needsComma = false
  }

  mutating func add(_ key: StaticString, _ value: String?) {
    self.key(key)
    self.value(value)
  }

  mutating func add(_ key: StaticString, _ value: Double?) {
    self.key(key)
    self.value(value)
  }

  mutating func add(_ key: StaticString, _ value: Double?, decimals: Int) {
    self.key(key)
    self.value(value, decimals: decimals)
  }

  mutating func add(_ key: StaticString, _ value: some BinaryInteger) {
    self.key(key)
    integer(Int64(value))
  }

  mutating func add(_ key: StaticString, _ value: Int?) {
    self.key(key)
    if let value { integer(Int64(value)) } else { null() }
  }

  mutating func add(_ key: StaticString, _ value: Bool?) {
    self.key(key)
    self.value(value)
  }

  mutating func add(_ key: StaticString, numbers: [Double]) {
    array(key) { text in for number in numbers { text.value(number) } }
  }

  mutating func add(_ key: StaticString, texts: [String]) {
    array(key) { text in for item in texts { text.value(item) } }
  }

  // MARK: - Values

  mutating func null() { raw("null") }

  mutating func value(_ value: Bool?) { raw(value.map { $0 ? "true" : "false" } ?? "null") }

  /// The shortest digits that read back as the same double.
  mutating func value(_ value: Double?) {
    guard let value, value.isFinite else { return null() }
    separate()
    bytes.append(contentsOf: value.description.utf8)
    needsComma = true
  }

  mutating func integer(_ value: Int64) {
    separate()
    bytes.append(contentsOf: value.description.utf8)
    needsComma = true
  }

  mutating func value(_ words: String?) {
    guard var words else { return null() }
    separate()
    bytes.append(0x22)
    words.withUTF8 { source in
      for byte in source {
        if byte >= 0x20, byte != 0x22, byte != 0x5C {
          bytes.append(byte)
        } else {
          escape(byte)
        }
      }
    }
    bytes.append(0x22)
    needsComma = true
  }

  private static let powers: [Double] = (0...15).map { k in
    (0..<k).reduce(1.0) { power, _ in power * 10 }
  }

  /// Rounded to a count of decimals (0…15).
  mutating func value(_ value: Double?, decimals: Int) {
    guard let value, value.isFinite else { return null() }
    let scaled = (abs(value) * Self.powers[decimals]).rounded()
    guard scaled < 9e18 else { return self.value(value) }
    separate()
    if value < 0, scaled > 0 { bytes.append(0x2D) }
    var rest = UInt64(scaled)
    var digits = InlineArray<20, UInt8>(repeating: 0x30)
    var count = 0
    while rest > 0 || count <= decimals {
      digits[count] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
      count &+= 1
    }
    for k in stride(from: count - 1, through: 0, by: -1) {
      bytes.append(digits[k])
      if k == decimals, k > 0 { bytes.append(0x2E) }
    }
    needsComma = true
  }

  /// Bytes that are one value of JSON.
  mutating func verbatim(_ json: [UInt8]) {
    separate()
    bytes.append(contentsOf: json)
    needsComma = true
  }

  private mutating func raw(_ text: StaticString) {
    separate()
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    needsComma = true
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case 0x22, 0x5C: bytes += [0x5C, byte]
    case 0x0A: bytes += [0x5C, 0x6E]
    case 0x0D: bytes += [0x5C, 0x72]
    case 0x09: bytes += [0x5C, 0x74]
    default:
      let digits = Array("0123456789abcdef".utf8)
      bytes += [0x5C, 0x75, 0x30, 0x30, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }

  private mutating func separate() {
    if needsComma { bytes.append(0x2C) }
  }
}
