/// Reads the keys of a JSON object that are asked for, and remembers what is wrong: values of
/// another kind or out of range, and keys that nobody asked for.
struct ConfigReader {
  private let values: [String: JSONValue]
  private let prefix: String
  private(set) var problems: [String] = []
  private var known: [String] = []

  init(_ values: [String: JSONValue], prefix: String = "") {
    self.values = values
    self.prefix = prefix
  }

  private mutating func value(_ key: String) -> JSONValue? {
    known.append(key)
    if case .null = values[key] { return nil }
    return values[key]
  }

  private mutating func refuse(_ key: String, _ value: JSONValue, _ wanted: String) {
    problems.append("\(prefix)\(key): expected \(wanted), not \(value.kind)")
  }

  mutating func text(_ key: String) -> String? {
    guard let value = value(key) else { return nil }
    guard case .string(let text) = value else {
      refuse(key, value, "a text")
      return nil
    }
    return text
  }

  /// A text that must pass a check, which says what is expected otherwise.
  mutating func text(_ key: String, expected: String, _ isGood: (String) -> Bool) -> String? {
    guard let text = text(key) else { return nil }
    guard isGood(text) else {
      problems.append("\(prefix)\(key): expected \(expected), not \"\(text)\"")
      return nil
    }
    return text
  }

  mutating func flag(_ key: String) -> Bool? {
    guard let value = value(key) else { return nil }
    guard case .bool(let flag) = value else {
      refuse(key, value, "true or false")
      return nil
    }
    return flag
  }

  mutating func number(_ key: String, _ range: ClosedRange<Double>) -> Double? {
    guard let value = value(key) else { return nil }
    let wanted = "a number from \(Self.short(range.lowerBound)) to \(Self.short(range.upperBound))"
    guard case .number(let number) = value else {
      refuse(key, value, wanted)
      return nil
    }
    guard range.contains(number) else {
      problems.append("\(prefix)\(key): expected \(wanted), not \(Self.short(number))")
      return nil
    }
    return number
  }

  mutating func count(_ key: String, _ range: ClosedRange<Int>) -> Int? {
    let limits = Double(range.lowerBound)...Double(range.upperBound)
    guard let number = number(key, limits) else { return nil }
    guard number == number.rounded() else {
      problems.append("\(prefix)\(key): expected a whole number, not \(number)")
      return nil
    }
    return Int(number)
  }

  mutating func texts(_ key: String) -> [String]? {
    guard let value = value(key) else { return nil }
    guard case .array(let values) = value else {
      refuse(key, value, "a list of texts")
      return nil
    }
    var texts: [String] = []
    for value in values {
      guard case .string(let text) = value else {
        refuse(key, value, "a list of texts")
        return nil
      }
      texts.append(text)
    }
    return texts
  }

  /// The keys of an object within.
  mutating func section(_ key: String, _ read: (inout ConfigReader) -> Void) {
    guard let value = value(key) else { return }
    guard case .object(let values) = value else { return refuse(key, value, "an object") }
    var reader = ConfigReader(values, prefix: "\(prefix)\(key).")
    read(&reader)
    problems += reader.end()
  }

  mutating func refuse(_ key: String, _ reason: String) {
    problems.append("\(prefix)\(key): \(reason)")
  }

  /// All that is wrong, when every known key was asked for.
  func end() -> [String] {
    problems
      + values.keys.sorted().filter { !known.contains($0) }.map { key in
        let near = known.min { Self.distance($0, key) < Self.distance($1, key) }
        let isNear = near.map { Self.distance($0, key) <= max(2, key.count / 3) } ?? false
        let advice =
          isNear
          ? "did you mean \(near ?? "")?" : "there are \(known.sorted().joined(separator: ", "))"
        return "\(prefix)\(key): unknown key; \(advice)"
      }
  }

  private static func short(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }

  /// Levenshtein's, letters of either case alike.
  static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.lowercased().utf8), Array(b.lowercased().utf8))
    var row = Array(0...b.count)
    for i in a.indices {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (a[i] == b[j] ? 0 : 1))
        diagonal = row[j + 1]
        row[j + 1] = next
      }
    }
    return row[b.count]
  }
}
