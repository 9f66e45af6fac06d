/// A filter's text as one SELECT.
public struct FilterText: Sendable, Hashable {
  /// What SQLite gets.
  public let statement: String

  init(statement: String) { self.statement = statement }

  /// - Parameter text: a whole SELECT (or WITH … SELECT), or what stands after WHERE, with or
  ///   without that word; an ORDER BY at its end says which alerts are best.
  public init(_ text: String) {
    let body = Self.withoutLeadingBlanks(text)
    switch Self.firstWord(body) {
    case "select", "with", "values": statement = String(body)
    case "where": statement = Self.standard + String(body.dropFirst(5))
    default: statement = Self.standard + String(body)
    }
  }

  /// What a light record says when the user names no columns.
  private static let standard = """
    SELECT diaSourceId, visit, midpointMjdTai, ra, dec, band, magnitude, magnitudeErr, snr, \
    reliability, tag_designation, tag_probability, tag_isTagged, history_count FROM alerts WHERE\u{20}
    """

  private static func firstWord(_ text: Substring) -> String {
    text.prefix { $0.isLetter }.lowercased()
  }

  /// Whether a text has nothing but blanks, semicolons and comments.
  static func isBlank(_ text: String) -> Bool {
    var rest = withoutLeadingBlanks(text)
    while rest.first == ";" { rest = withoutLeadingBlanks(String(rest.dropFirst())) }
    return rest.isEmpty
  }

  private static func withoutLeadingBlanks(_ text: String) -> Substring {
    var rest = text[...]
    while true {
      rest = rest.drop { $0.isWhitespace }
      if rest.hasPrefix("--") {
        rest = rest.drop { !$0.isNewline }
      } else if rest.hasPrefix("/*") {
        guard let end = rest.firstRange(of: "*/") else { return "" }
        rest = rest[end.upperBound...]
      } else {
        return rest
      }
    }
  }
}
