/// A topic of a Kafka cluster, as the command line names it: `kafka://host:port,host:port/topic`.
public struct KafkaAddress: Sendable, Hashable, CustomStringConvertible {
  /// Comma-separated, as librdkafka takes them.
  public let brokers: String
  public let topic: String

  public static let scheme = "kafka://"

  public var description: String { "\(Self.scheme)\(brokers)/\(topic)" }

  public static func isAddress(_ text: String) -> Bool { text.hasPrefix(scheme) }

  /// - Throws: ``AlertsError/kafka(action:reason:)`` when it isn't one.
  public init(_ text: String) throws(AlertsError) {
    func wrong(_ reason: String) -> AlertsError {
      .kafka(
        action: "address \(text)",
        reason: "\(reason); expected kafka://host:port[,host:port…]/topic")
    }
    guard Self.isAddress(text) else { throw wrong("does not begin with kafka://") }
    let rest = text.dropFirst(Self.scheme.count)
    let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { throw wrong("names no topic") }
    let hosts = parts[0].split(separator: ",", omittingEmptySubsequences: false)
    for host in hosts {
      guard let colon = host.lastIndex(of: ":"), colon != host.startIndex,
        let port = UInt16(host[host.index(after: colon)...]), port > 0
      else { throw wrong("broker '\(host)' is no host:port") }
    }
    try self.init(brokers: String(parts[0]), topic: String(parts[1]))
  }

  /// - Throws: ``AlertsError/kafka(action:reason:)`` for a name that no topic can have.
  public init(brokers: String, topic: String) throws(AlertsError) {
    let allowed = topic.utf8.allSatisfy {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
        || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || ".-_".utf8.contains($0)
    }
    guard allowed, (1...249).contains(topic.utf8.count), topic != ".", topic != ".." else {
      throw .kafka(
        action: "topic '\(topic)'",
        reason: "is no topic's name: 1 to 249 letters, digits, dots, hyphens and underscores")
    }
    self.brokers = brokers
    self.topic = topic
  }
}

extension KafkaAddress {
  /// Another topic of the same cluster.
  init(of other: KafkaAddress, topic: String) {
    brokers = other.brokers
    self.topic = topic
  }
}
