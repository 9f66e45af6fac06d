import Catalog

/// One line of CSV (RFC 4180) of a catalog's values; doubles so that they read back the same.
enum CSVText {
  static func line(_ values: [CatalogValue]) -> String {
    values.map(field).joined(separator: ",") + "\n"
  }

  static func line(_ names: [String]) -> String {
    names.map(quoted).joined(separator: ",") + "\n"
  }

  private static func field(_ value: CatalogValue) -> String {
    switch value {
    case .null: ""
    case .integer(let number): String(number)
    case .real(let number): "\(number)"
    case .text(let text): quoted(text)
    case .blob(let bytes):
      bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
  }

  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
