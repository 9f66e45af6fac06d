import Foundation

/// A line for people of an alert that a filter chose: what the filter selected, as JSON.
package enum LightRecord {
  /// What every line says of itself.
  static let ownKeys: Set<String> = ["id", "filter", "version", "exposure"]

  /// One line, ending in a newline; keys in the filter's order.
  ///
  /// - Parameter visit: `X05 61234.12345678`.
  package static func line(
    _ outcome: FilterOutcome, _ values: [FilterValue], visit: String
  ) -> String {
    var fields = [
      ("id", text(id(outcome, values, visit: visit))),
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

  /// The same each time that the alert is given out by the filter: by it consumers drop what they have.
  static func id(_ outcome: FilterOutcome, _ values: [FilterValue], visit: String) -> String {
    let value = outcome.keyColumn.map { values[$0] }
    // The sandbox gives no line out without it.
    guard case .integer(let number) = value else { return "\(visit)/\(outcome.filter.id)/" }
    return "\(visit)/\(outcome.filter.id)/\(number)"
  }

  private static func text(_ value: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
  }
}
