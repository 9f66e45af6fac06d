import Foundation

/// A line for people of an alert that a filter chose: what the filter selected, as JSON.
enum LightRecord {
  /// One line, ending in a newline; keys in the filter's order.
  ///
  /// - Parameter visit: `X05 61234.12345678`.
  static func line(
    _ outcome: FilterOutcome, _ values: [FilterValue], visit: String
  ) -> String {
    var fields = [
      ("filter", text(outcome.filter.id)), ("version", "\(outcome.filter.version)"),
      ("exposure", text(visit)),
    ]
    for (name, value) in zip(outcome.columns, values) {
      let json =
        switch value {
        case .null: "null"
        case .integer(let number): "\(number)"
        case .real(let number): number.isFinite ? "\(number)" : "null"
        case .text(let value): text(value)
        }
      fields.append((name, json))
    }
    return "{" + fields.map { "\(text($0)):\($1)" }.joined(separator: ",") + "}\n"
  }

  private static func text(_ value: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
  }
}
