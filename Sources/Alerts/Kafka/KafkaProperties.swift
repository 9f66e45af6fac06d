public import Foundation

/// Settings of librdkafka from a properties file: `name=value` lines, `#` before comments. What the
/// file says about SASL, TLS, timeouts and sizes is passed on; a few settings are ours.
public struct KafkaProperties: Sendable {
  struct Entry: Sendable {
    var name: String
    var value: String
    /// File and line, for messages.
    var source: String
  }

  private(set) var entries: [Entry] = []

  /// What delivery rests on.
  private static let ours: [String: String] = [
    "bootstrap.servers": "the address has the brokers",
    "metadata.broker.list": "the address has the brokers",
    "group.id": "give --group",
    "enable.auto.commit": "offsets are committed after delivery",
    "enable.auto.offset.store": "offsets are committed after delivery",
    "enable.idempotence": "it is always on",
    "enable.partition.eof": "it is always on",
    "isolation.level": "only committed messages are read",
  ]

  public init() {}

  /// - Throws: ``AlertsError/kafka(action:reason:)`` with the line that is wrong.
  public init(file: URL) throws(AlertsError) {
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
      throw .kafka(action: file.path, reason: "can't be read; does it exist, as UTF-8 text?")
    }
    try self.init(text: text, name: file.path)
  }

  init(text: String, name: String) throws(AlertsError) {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, raw) in lines.enumerated() {
      let line = raw.trimmingCharacters(in: .whitespaces)
      guard !line.isEmpty, !line.hasPrefix("#") else { continue }
      let source = "\(name):\(index + 1)"
      guard let equals = line.firstIndex(of: "="), equals != line.startIndex else {
        throw .kafka(action: source, reason: "is not name=value")
      }
      let key = line[..<equals].trimmingCharacters(in: .whitespaces)
      let value = line[line.index(after: equals)...].trimmingCharacters(in: .whitespaces)
      if let reason = Self.ours[key] {
        throw .kafka(action: source, reason: "\(key) can't be set: \(reason)")
      }
      entries.append(Entry(name: key, value: value, source: source))
    }
  }

  /// The last value of a setting.
  subscript(name: String) -> String? { entries.last { $0.name == name }?.value }
}
