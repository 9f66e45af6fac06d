import Foundation

/// Tags a Kafka topic into another one, from one message to the next, for as long as it is let.
///
/// Alerts of one exposure are matched together, as far as this member of the group reads them
/// (``VisitBuffer`` says when). Every message is written as it came, tag apart: key, headers and
/// time are kept, partition n goes to partition n, in order. What is no alert goes to the
/// dead-letter topic with the reason in a header.
///
/// Nothing is lost: offsets are committed after what was read up to them is delivered. Nothing is
/// doubled, as a `read_committed` consumer sees it: by transactions, or by marks
/// (``StreamOptions/Delivery``). Marks alone cannot fence off a member that was thought dead,
/// lost its partitions and then went on writing; transactions do.
public struct StreamTagger: Sendable {
  public let input: KafkaAddress
  public let output: KafkaAddress
  public var options = StreamOptions()
  public var inputProperties = KafkaProperties()
  public var outputProperties = KafkaProperties()
  /// Gets the alerts that are no known object, before they are written; may get one twice.
  public var feed: (@Sendable ([StreamedAlert]) throws -> Void)?
  /// Gets what was found for alerts, before they are written; may get it twice.
  public var results: (@Sendable ([AlertTagger.Result]) throws -> Void)?

  /// Says which alerts of the exposures that were just matched go to other topics too, before they are
  /// written; may be asked for the same ones again. The parts are messages, all of an exposure's in one
  /// call, as far as this member of the group reads them.
  public var choose: (@Sendable ([AlertTagger.FilePart]) async throws -> [StreamChoice])?

  let tagger: AlertTagger

  private static let longestPause = 30.0

  public init(from input: KafkaAddress, to output: KafkaAddress, tagger: AlertTagger) {
    self.input = input
    self.output = output
    self.tagger = tagger
  }

  public var deadLetterTopic: String {
    options.deadLetterTopic ?? output.topic + ".dead-letter"
  }

  public var delivery: StreamOptions.Delivery {
    options.delivery ?? (input.brokers == output.brokers ? .transactions : .marks)
  }

  /// Runs until it is stopped, or to the end where that is asked for. When the cluster fails us
  /// for a time, begins anew at the committed offsets.
  ///
  /// - Parameters:
  ///   - isStopped: asked several times a second.
  ///   - report: called every few seconds when something was done, and with each restart's cause.
  /// - Returns: the whole of it.
  /// - Throws: ``AlertsError``: wrong settings, missing rights or topics, no cluster to begin with.
  ///   What `feed` throws.
  public func run(
    isStopped: @escaping @Sendable () -> Bool,
    report: @escaping @Sendable (StreamReport, _ problem: String?) -> Void
  ) async throws -> StreamReport {
    var total = StreamReport()
    var pause = 1.0
    var hadAssignment = false
    while true {
      let before = total
      do {
        let session = try StreamSession(self, total: total)
        do {
          try await session.run(isStopped: isStopped, report: report)
          total = session.total
          session.close()
          return total
        } catch {
          total = session.total
          hadAssignment = hadAssignment || session.hasAssignment
          session.abandon()
          throw error
        }
      } catch let failure as KafkaFailure {
        // What never got as far as partitions to read is wrongly set up; all else is bad luck.
        guard !failure.isLasting, hadAssignment else {
          throw failure.error
        }
        if total.alerts > before.alerts { pause = 1 }
        total.restarts += 1
        total.waiting = 0
        report(total, "\(failure.error); beginning anew in \(Int(pause)) s")
        let end = Date().addingTimeInterval(pause)
        while Date() < end {
          if isStopped() { return total }
          try await Task.sleep(for: .milliseconds(100))
        }
        pause = min(pause * 2, Self.longestPause)
      }
    }
  }
}

/// A message beside the stream of alerts: one of them again, or words about one.
public struct StreamChoice: Sendable {
  /// Which of the alerts it goes with: it is written with that one, not before.
  public var part: Int
  public var topic: String
  /// Messages of one key keep their order.
  public var key: String
  /// Nil: the whole alert as it leaves, with its own headers.
  public var value: String?
  public var headers: [(name: String, value: String)] = []

  public init(
    part: Int, topic: String, key: String, value: String?,
    headers: [(name: String, value: String)] = []
  ) {
    self.part = part
    self.topic = topic
    self.key = key
    self.value = value
    self.headers = headers
  }
}

/// An alert of a stream, and where it came from.
public struct StreamedAlert: Sendable {
  public let packet: AlertPacket
  public let partition: Int32
  public let offset: Int64
}
