/// How a stream is tagged.
public struct StreamOptions: Sendable {
  /// What keeps a crash from losing or doubling alerts.
  public enum Delivery: String, Sendable, CaseIterable {
    /// Alerts and the offsets that they were read up to are committed as one. Input and output
    /// are topics of one cluster.
    case transactions
    /// Offsets are committed after delivery, and after a crash what was delivered already is
    /// found by the marks in the output topic's headers. Serves two clusters too.
    case marks
  }

  /// Consumer group: partitions are shared among its members, offsets are kept under its name.
  public var group = "ecliptic-tag"
  /// Nil: transactions where input and output have the same brokers, else marks.
  public var delivery: Delivery?
  /// Begin at the messages of this time, milliseconds since 1970, once for a group.
  public var fromTime: Int64?
  /// End at what is the end of the topic when it is reached; else go on waiting.
  public var untilEnd = false
  /// Topic for messages that are no alerts; nil: the output's name and `.dead-letter`.
  public var deadLetterTopic: String?
  /// An exposure without a new alert for so long is complete [s].
  public var quietSeconds = 2.0
  /// An exposure is not waited for longer than this from its first alert on [s].
  public var latencySeconds = 10.0
  /// Alerts that wait for their exposure hold at most about this.
  public var bufferBytes = 2 << 30
  /// Between reports of what was done [s].
  public var reportSeconds = 10.0

  public init() {}
}

/// What was done with a stream so far.
public struct StreamReport: Sendable, Encodable, Equatable {
  public var alerts = 0
  public var exposures = 0
  public var tagged = 0
  /// More than one object or detection likely.
  public var ambiguous = 0
  /// No candidate.
  public var unmatched = 0
  /// Tagged with another object than the sender did.
  public var disagreeing = 0
  /// Messages that are no alerts, now in the dead-letter topic.
  public var deadLetters = 0
  /// Alerts that should have been tagged but whose schema has no room for it.
  public var untaggable = 0
  /// Alerts that came after their exposure was matched.
  public var late = 0
  /// Alerts that were found delivered already, after a crash.
  public var repeated = 0
  /// Beginnings anew after the cluster failed us.
  public var restarts = 0
  /// Read, but not written yet.
  public var waiting = 0
  /// In the topic, but not read yet.
  public var lag: Int64 = 0
  /// The longest that an alert was with us since the last report [s].
  public var latencySeconds = 0.0
}
