extension Designation {
  /// The packed form: five characters for numbers, seven for provisional designations, eight for
  /// comets and satellites, twelve for fragments of numbered comets.
  public var packed: String {
    switch self {
    case .number(let n): Self.packedNumber(n)
    case .provisional(let p): p.packed
    case .survey(let n, let survey): survey.packedPrefix + Self.padded(n, 4)
    case .numberedComet(let n, let kind, let fragment):
      Self.padded(n, 4) + String(kind.rawValue)
        + (fragment.map { String(repeating: " ", count: 7 - $0.utf8.count) + $0.lowercased() }
          ?? "")
    case .comet(let kind, .asteroidal(let p)): String(kind.rawValue) + p.packed
    case .comet(let kind, .own(let year, let half, let order, let fragment)):
      String(kind.rawValue) + Self.packedYear(year) + Self.letter(half) + Self.packedCount(order)
        + (fragment.map { $0.lowercased() } ?? "0")
    case .satellite(let planet, let n): String(planet.rawValue) + Self.padded(n, 3) + "S"
    case .provisionalSatellite(let year, let planet, let order):
      "S" + Self.packedYear(year) + String(planet.rawValue) + Self.packedCount(order) + "0"
    }
  }

  private static func packedNumber(_ n: Int) -> String {
    if n >= 620_000 { return "~" + base62Text(n - 620_000, width: 4) }
    return n < 100_000
      ? padded(n, 5) : base62Text(n / 10_000, width: 1) + padded(n % 10_000, 4)
  }

  /// `K04` for 2004: century as a letter from I (1800).
  static func packedYear(_ year: Int) -> String {
    base62Text(year / 100, width: 1) + padded(year % 100, 2)
  }

  /// Two characters for 0…619: the tens may be a letter.
  static func packedCount(_ n: Int) -> String { base62Text(n / 10, width: 1) + String(n % 10) }

  static func letter(_ byte: UInt8) -> String { String(UnicodeScalar(byte)) }

  private static func year(packed bytes: some Collection<UInt8>) -> Int? {
    guard bytes.count == 3, let century = bytes.first.flatMap({ base62($0) }),
      let year = decimal(bytes.dropFirst())
    else { return nil }
    return (18...20).contains(century) ? century * 100 + year : nil
  }

  private static func count(packed bytes: some Collection<UInt8>) -> Int? {
    guard bytes.count == 2, let tens = bytes.first.flatMap({ base62($0) }),
      let ones = decimal(bytes.dropFirst())
    else { return nil }
    return tens * 10 + ones
  }

  init?(packedBytes b: [UInt8]) {
    let value: Designation? =
      switch b.count {
      case 5: Self.packedFive(b)
      case 7: Self.packedSeven(b)
      case 8: Self.packedEight(b)
      case 12: Self.packedFragment(b)
      default: nil
      }
    guard let value else { return nil }
    self = value
  }

  private static func packedFive(_ b: [UInt8]) -> Designation? {
    if b[0] == UInt8(ascii: "~") { return base62(b[1...]).map { .number(620_000 + $0) } }
    if b[4] == UInt8(ascii: "S"), let planet = Planet(rawValue: Character(UnicodeScalar(b[0]))),
      let n = decimal(b[1..<4]), n > 0
    {
      return .satellite(planet, number: n)
    }
    if let kind = numberedKind(b[4]), let n = decimal(b[0..<4]), n > 0 {
      return .numberedComet(number: n, kind: kind, fragment: nil)
    }
    guard let head = base62(b[0]), let tail = decimal(b[1...]), head * 10_000 + tail > 0 else {
      return nil
    }
    return .number(head * 10_000 + tail)
  }

  static func numberedKind(_ byte: UInt8) -> CometKind? {
    switch byte {
    case UInt8(ascii: "P"): .periodic
    case UInt8(ascii: "D"): .lost
    case UInt8(ascii: "I"): .interstellar
    default: nil
    }
  }

  private static func packedSeven(_ b: [UInt8]) -> Designation? {
    for survey in Survey.allCases where b.starts(with: survey.packedPrefix.utf8) {
      return decimal(b[3...]).flatMap { $0 > 0 ? .survey(number: $0, survey) : nil }
    }
    return packedProvisional(b[...]).map { .provisional($0) }
  }

  private static func packedProvisional(_ b: ArraySlice<UInt8>) -> Provisional? {
    let b = Array(b)
    if b[0] == UInt8(ascii: "_") {
      guard let year = base62(b[1]), let order = base62(b[3...]) else { return nil }
      return Provisional(year: 2000 + year, halfMonth: b[2], order: 15_500 + order)
    }
    guard let year = year(packed: b[0..<3]), let cycle = count(packed: b[4..<6]),
      let letter = orderLetters.firstIndex(of: b[6])
    else { return nil }
    return Provisional(year: year, halfMonth: b[3], order: cycle * 25 + letter)
  }

  private static func packedEight(_ b: [UInt8]) -> Designation? {
    if b[0] == UInt8(ascii: "S"), b[7] == UInt8(ascii: "0"),
      let planet = Planet(rawValue: Character(UnicodeScalar(b[4])))
    {
      guard let year = year(packed: b[1..<4]), let order = count(packed: b[5..<7]), order > 0
      else { return nil }
      return .provisionalSatellite(year: year, planet, order: order)
    }
    guard let kind = CometKind(rawValue: Character(UnicodeScalar(b[0]))) else { return nil }
    if (0x30...0x39).contains(b[7]) || (0x61...0x7A).contains(b[7]) {
      guard let year = year(packed: b[1..<4]), isHalfMonth(b[4]),
        let order = count(packed: b[5..<7]), order > 0
      else { return nil }
      let fragment = b[7] == 0x30 ? nil : Character(UnicodeScalar(b[7] & 0xDF))
      guard b[7] == 0x30 || b[7] >= 0x61 else { return nil }
      return .comet(
        kind: kind, .own(year: year, halfMonth: b[4], order: order, fragment: fragment))
    }
    return packedProvisional(b[1...]).map { .comet(kind: kind, .asteroidal($0)) }
  }

  private static func packedFragment(_ b: [UInt8]) -> Designation? {
    let letters = b[5...].drop { $0 == 0x20 }
    guard let kind = numberedKind(b[4]), let n = decimal(b[0..<4]), n > 0,
      (1...2).contains(letters.count), letters.allSatisfy({ (0x61...0x7A).contains($0) })
    else { return nil }
    let fragment = String(decoding: letters.map { $0 & 0xDF }, as: UTF8.self)
    return .numberedComet(number: n, kind: kind, fragment: fragment)
  }
}

extension Designation.Provisional {
  var packed: String {
    if order >= 15_500 {
      return "_" + Designation.base62Text(year - 2000, width: 1) + Designation.letter(halfMonth)
        + Designation.base62Text(order - 15_500, width: 4)
    }
    return Designation.packedYear(year) + Designation.letter(halfMonth)
      + Designation.packedCount(order / 25)
      + Designation.letter(
        Designation.orderLetters[order % 25])
  }
}
