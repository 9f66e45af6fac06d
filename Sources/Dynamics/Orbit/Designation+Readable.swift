extension Designation: CustomStringConvertible {
  /// The readable form, as the MPC writes it: `433`, `2004 JQ12`, `A801 AA`, `C/1995 O1`.
  public var description: String {
    switch self {
    case .number(let n): String(n)
    case .provisional(let p): p.description
    case .survey(let n, let survey): "\(n) \(survey.rawValue)"
    case .numberedComet(let n, let kind, let fragment):
      "\(n)\(kind.rawValue)" + (fragment.map { "-\($0)" } ?? "")
    case .comet(let kind, .asteroidal(let p)): "\(kind.rawValue)/\(p)"
    case .comet(let kind, .own(let year, let half, let order, let fragment)):
      "\(kind.rawValue)/\(year) \(Self.letter(half))\(order)" + (fragment.map { "-\($0)" } ?? "")
    case .satellite(let planet, let n): "\(planet.name) \(Self.roman(n))"
    case .provisionalSatellite(let year, let planet, let order):
      "S/\(year) \(planet.rawValue) \(order)"
    }
  }

  init?(readable b: [UInt8]) {
    guard
      let value = Self.readNumber(b) ?? Self.readSurvey(b) ?? Self.readSatellite(b)
        ?? Self.readComet(b) ?? Self.readProvisional(b[...]).map({ .provisional($0) })
    else { return nil }
    self = value
  }

  private static func readNumber(_ b: [UInt8]) -> Designation? {
    let bare =
      b.first == UInt8(ascii: "(") && b.last == UInt8(ascii: ")")
      ? b[1..<(b.count - 1)] : b[...]
    guard let n = decimal(bare), (1...15_396_335).contains(n) else { return nil }
    return .number(n)
  }

  private static func readSurvey(_ b: [UInt8]) -> Designation? {
    guard (5...8).contains(b.count) else { return nil }
    for survey in Survey.allCases where b.suffix(4).elementsEqual((" " + survey.rawValue).utf8) {
      guard let n = decimal(b.dropLast(4)), (1...9999).contains(n) else { return nil }
      return .survey(number: n, survey)
    }
    return nil
  }

  /// `2004 JQ12`, or `A801 AA` with its A for the one of the year.
  private static func readProvisional(_ b: ArraySlice<UInt8>) -> Provisional? {
    let b = Array(b)
    guard b.count >= 7, b[4] == 0x20, let year = readYear(b[0..<4]),
      let letter = orderLetters.firstIndex(of: b[6])
    else { return nil }
    var cycle = 0
    if b.count > 7 {
      guard let value = decimal(b[7...]), value > 0, b[7] != 0x30 else { return nil }
      cycle = value
    }
    return Provisional(year: year, halfMonth: b[5], order: cycle * 25 + letter)
  }

  private static func readYear(_ b: ArraySlice<UInt8>) -> Int? {
    if b.first == UInt8(ascii: "A") {
      return decimal(b.dropFirst()).flatMap { (800...924).contains($0) ? 1000 + $0 : nil }
    }
    return decimal(b).flatMap { (1800...2061).contains($0) ? $0 : nil }
  }

  private static func readComet(_ b: [UInt8]) -> Designation? {
    let (body, letters) = splitFragment(b)
    if let last = body.last, let kind = numberedKind(last), let n = decimal(body.dropLast()),
      (1...9999).contains(n)
    {
      return .numberedComet(number: n, kind: kind, fragment: letters)
    }
    // Of comets without number only fragments of one letter have a packed form.
    guard body.count >= 8, body[1] == UInt8(ascii: "/"), letters.map({ $0.count == 1 }) ?? true,
      let kind = CometKind(rawValue: Character(UnicodeScalar(body[0])))
    else { return nil }
    let fragment = letters?.first
    if fragment == nil, let p = readProvisional(body[2...]) {
      return .comet(kind: kind, .asteroidal(p))
    }
    guard body.count >= 9, body[6] == 0x20, let year = readYear(body[2..<6]),
      isHalfMonth(body[7]), let order = decimal(body[8...]), (1...619).contains(order),
      body[8] != 0x30
    else { return nil }
    return .comet(
      kind: kind, .own(year: year, halfMonth: body[7], order: order, fragment: fragment))
  }

  /// One or two capital letters after a hyphen.
  private static func splitFragment(_ b: [UInt8]) -> (body: [UInt8], fragment: String?) {
    for count in 1...2 where b.count > count + 1 && b[b.count - count - 1] == UInt8(ascii: "-") {
      let letters = b.suffix(count)
      guard letters.allSatisfy({ (0x41...0x5A).contains($0) }) else { break }
      return (Array(b.dropLast(count + 1)), String(decoding: letters, as: UTF8.self))
    }
    return (b, nil)
  }

  private static func readSatellite(_ b: [UInt8]) -> Designation? {
    let words = b.split(separator: 0x20)
    if words.count == 3, words[0].starts(with: "S/".utf8), words[1].count == 1,
      let year = decimal(words[0].dropFirst(2)), (1800...2061).contains(year),
      let planet = words[1].first.flatMap({ Planet(rawValue: Character(UnicodeScalar($0))) }),
      let order = decimal(words[2]), (1...619).contains(order)
    {
      return .provisionalSatellite(year: year, planet, order: order)
    }
    guard words.count == 2 else { return nil }
    let numeral = String(decoding: words[1], as: UTF8.self)
    for planet in Planet.allCases where words[0].elementsEqual(planet.name.utf8) {
      return fromRoman(numeral).map { .satellite(planet, number: $0) }
    }
    return nil
  }

  private static let numerals = [
    (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
    (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
  ]

  private static func roman(_ n: Int) -> String {
    var rest = n
    var text = ""
    for (value, numeral) in numerals {
      while rest >= value {
        text += numeral
        rest -= value
      }
    }
    return text
  }

  /// Only the canonical spelling of 1…999.
  private static func fromRoman(_ text: String) -> Int? {
    var rest = Substring(text)
    var n = 0
    for (value, numeral) in numerals {
      while rest.hasPrefix(numeral), n < 1000 {
        n += value
        rest.removeFirst(numeral.count)
      }
    }
    return rest.isEmpty && (1...999).contains(n) && roman(n) == text ? n : nil
  }
}

extension Designation.Provisional: CustomStringConvertible {
  public var description: String {
    let cycle = order / 25
    let head = year < 1925 ? "A" + Designation.padded(year - 1000, 3) : String(year)
    return head + " " + Designation.letter(halfMonth)
      + Designation.letter(Designation.orderLetters[order % 25]) + (cycle > 0 ? String(cycle) : "")
  }
}
