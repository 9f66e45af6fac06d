/// The Minor Planet Center's name of an object, readable or packed.
///
/// A closed list of forms; our own objects and bare names are none of them.
/// See https://www.minorplanetcenter.net/iau/info/PackedDes.html and DesDoc.html.
public enum Designation: Hashable, Sendable {
  /// Permanent number of an asteroid, 1…15,396,335: `433`, packed `00433`, `A0345`, `~000z`.
  case number(Int)
  /// Provisional designation: `2004 JQ12`, `A801 AA`, packed `K04J12Q`, `_QC0000`.
  case provisional(Provisional)
  /// Palomar-Leiden and Trojan surveys: `2040 P-L`, `3138 T-1`, packed `PLS2040`, `T1S3138`.
  case survey(number: Int, Survey)
  /// Comet or interstellar object by number: `73P-B`, `73P-AA`, `2I`, packed `0073P      b`,
  /// `0073P     aa`. Fragments have one or two capital letters.
  case numberedComet(number: Int, kind: CometKind, fragment: String?)
  /// Comet by provisional designation: `C/1995 O1`, `P/1998 QP54`, `D/1993 F2-B`.
  case comet(kind: CometKind, CometProvisional)
  /// Natural satellite by number: `Jupiter XIII`, packed `J013S`.
  case satellite(Planet, number: Int)
  /// Natural satellite, provisional: `S/2003 J 2`, packed `SK03J020`.
  case provisionalSatellite(year: Int, Planet, order: Int)

  public struct Provisional: Hashable, Sendable {
    /// Year of discovery, 1800…2061.
    public let year: Int
    /// Half-month letter, A…Y without I (ASCII).
    public let halfMonth: UInt8
    /// Order within the half-month, counted from 0: A is 0, Z is 24, A1 is 25.
    public let order: Int

    /// - Returns: nil for a year outside 1800…2061, a letter that is no half-month or a negative
    ///   order.
    public init?(year: Int, halfMonth: UInt8, order: Int) {
      guard (1800...2061).contains(year), Designation.isHalfMonth(halfMonth),
        (0...15_500 + 62 * 62 * 62 * 62 - 1).contains(order)
      else { return nil }
      // Long designations have a packed form only from 2000 on.
      guard order < 15_500 || year >= 2000 else { return nil }
      self.year = year
      self.halfMonth = halfMonth
      self.order = order
    }
  }

  /// The provisional designation of a comet: of its own kind, or of an asteroid it was taken for.
  public enum CometProvisional: Hashable, Sendable {
    case own(year: Int, halfMonth: UInt8, order: Int, fragment: Character?)
    case asteroidal(Provisional)
  }

  public enum Survey: String, Hashable, Sendable, CaseIterable {
    case palomarLeiden = "P-L"
    case trojan1 = "T-1"
    case trojan2 = "T-2"
    case trojan3 = "T-3"

    var packedPrefix: String {
      self == .palomarLeiden ? "PLS" : "T\(rawValue.last ?? "1")S"
    }
  }

  public enum CometKind: Character, Hashable, Sendable {
    case periodic = "P"
    case longPeriod = "C"
    case lost = "D"
    case uncertain = "X"
    case asteroid = "A"
    case interstellar = "I"
  }

  public enum Planet: Character, Hashable, Sendable, CaseIterable {
    case mars = "M"
    case jupiter = "J"
    case saturn = "S"
    case uranus = "U"
    case neptune = "N"

    var name: String {
      switch self {
      case .mars: "Mars"
      case .jupiter: "Jupiter"
      case .saturn: "Saturn"
      case .uranus: "Uranus"
      case .neptune: "Neptune"
      }
    }
  }

  /// Reads a readable or packed designation; spaces around it, and parentheses about a number,
  /// are allowed. Nil for anything else, also for names (`Ceres`).
  public init?(_ text: some StringProtocol) {
    let bytes = Self.trimmed(text)
    if let value = Designation(readable: bytes) ?? Designation(packedBytes: bytes) {
      self = value
    } else {
      return nil
    }
  }

  /// Reads a packed designation only.
  public init?(packed text: some StringProtocol) { self.init(packedBytes: Self.trimmed(text)) }

  /// The catalog's key: the packed form's ASCII bytes, big-endian, as Rubin makes `ssObjectId`
  /// (`K04J12Q` is 21163624394469969). Nil for the fragments whose packed form is longer than
  /// eight bytes.
  public var ssObjectId: Int64? {
    let bytes = packed.utf8
    guard bytes.count <= 8 else { return nil }
    return bytes.reduce(Int64(0)) { $0 << 8 | Int64($1) }
  }

  /// The designation whose ``ssObjectId`` this is, if it is one.
  public init?(ssObjectId: Int64) {
    guard ssObjectId > 0 else { return nil }
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: ssObjectId >> (56 - 8 * $0)) }
    let text = Array(bytes.drop { $0 == 0 })
    guard let value = Designation(packedBytes: text), value.ssObjectId == ssObjectId else {
      return nil
    }
    self = value
  }

  static func trimmed(_ text: some StringProtocol) -> [UInt8] {
    var bytes = Array(text.utf8)
    while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
    return Array(bytes.drop { $0 == 0x20 || $0 == 0x09 })
  }
}

extension Designation {
  static let orderLetters = Array("ABCDEFGHJKLMNOPQRSTUVWXYZ".utf8)

  static func isHalfMonth(_ letter: UInt8) -> Bool {
    letter != UInt8(ascii: "I") && (UInt8(ascii: "A")...UInt8(ascii: "Y")).contains(letter)
  }

  /// The decimal value of ASCII digits; nil for none, others or more than nine.
  static func decimal(_ bytes: some Collection<UInt8>) -> Int? {
    guard (1...9).contains(bytes.count) else { return nil }
    var value = 0
    for byte in bytes {
      guard (0x30...0x39).contains(byte) else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    return value
  }

  /// The value 0…61 of a digit, capital or small letter, in this order.
  static func base62(_ byte: UInt8) -> Int? {
    switch byte {
    case 0x30...0x39: Int(byte) - 0x30
    case 0x41...0x5A: Int(byte) - 0x41 + 10
    case 0x61...0x7A: Int(byte) - 0x61 + 36
    default: nil
    }
  }

  static func base62(_ bytes: some Collection<UInt8>) -> Int? {
    var value = 0
    for byte in bytes {
      guard let digit = base62(byte) else { return nil }
      value = value * 62 + digit
    }
    return value
  }

  static func base62Text(_ value: Int, width: Int) -> String {
    var text = [UInt8](repeating: 0, count: width)
    var rest = value
    for place in (0..<width).reversed() {
      text[place] = base62Digit(rest % 62)
      rest /= 62
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// 0 to 9, A to Z, a to z.
  private static func base62Digit(_ value: Int) -> UInt8 {
    switch value {
    case ..<10: UInt8(ascii: "0") + UInt8(value)
    case ..<36: UInt8(ascii: "A") + UInt8(value - 10)
    default: UInt8(ascii: "a") + UInt8(value - 36)
    }
  }

  static func padded(_ value: Int, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}
