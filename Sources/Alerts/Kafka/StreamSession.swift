import Astro
import Astrometry
import CRDKafka
import Foundation

/// One life of a stream tagger: a consumer, a producer, and what lies between them.
final class StreamSession {
  /// One message on its way.
  final class Pending {
    enum State {
      case waiting(Decoded, Exposure)
      case matched(Decoded, AlertTagger.Result)
      case dead(String)
    }

    let message: KafkaMessage
    let arrival: Double
    var state: State
    /// What is written beside it.
    var choices: [StreamChoice] = []

    init(_ message: KafkaMessage, arrival: Double, state: State) {
      self.message = message
      self.arrival = arrival
      self.state = state
    }
  }

  /// What a message holds.
  struct Decoded: Sendable {
    var file: AlertFile
    var read: (packets: [AlertPacket], quarantined: [QuarantinedRecord])
  }

  /// A partition that is read.
  struct Partition {
    /// In the order of the topic.
    var queue: [Pending] = []
    /// Time that it was rewound to, 0 for never.
    var rewound: Int64 = 0
    /// The last offsets known to be in the output and in the dead-letter topic; -1 for none.
    var written: Int64 = -1
    var buried: Int64 = -1
    var next: Int64 = 0
    var isAtEnd = false
  }

  let stream: StreamTagger
  let consumer: KafkaConsumer
  let producer: KafkaProducer
  let outputPartitions: Int32
  /// Nil while nobody needed the topic and it is not there.
  var deadLetterPartitions: Int32?
  var partitions: [Int32: Partition] = [:]
  var total: StreamReport
  private var buffer: VisitBuffer
  private var byExposure: [Exposure: [Pending]] = [:]
  /// Exposures that were matched lately.
  private var past: Set<Exposure> = []
  private var pastInOrder: [Exposure] = []
  /// Whether the group ever gave us partitions, if only none.
  private(set) var hasAssignment = false
  private let start = ContinuousClock.now

  private static let burstLimit = 4_096
  private static let remembered = 256

  init(_ stream: StreamTagger, total: StreamReport) throws(KafkaFailure) {
    self.stream = stream
    self.total = total
    let options = stream.options
    buffer = VisitBuffer(
      VisitBuffer.Limits(
        quiet: options.quietSeconds, latency: options.latencySeconds, bytes: options.bufferBytes))
    let identifier = stream.outputProperties["transactional.id"]
    producer = try KafkaProducer(
      brokers: stream.output.brokers, properties: stream.outputProperties,
      transactionalId: stream.delivery == .transactions
        ? identifier ?? "\(options.group)-\(UUID().uuidString)" : nil)
    // Before transactions: what is wrong with the connection shows here, and sooner.
    outputPartitions = try Self.partitionCount(producer, stream.output.topic)
    deadLetterPartitions = try? producer.partitionCount(stream.deadLetterTopic)
    try producer.startTransactions()
    consumer = try KafkaConsumer(
      stream.input, group: options.group, properties: stream.inputProperties)
    let inputs = try consumer.partitionCount()
    guard inputs <= outputPartitions else {
      throw KafkaFailure(
        "topic \(stream.output.topic)", code: RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
        reason: "has \(outputPartitions) partitions, \(stream.input.topic) has \(inputs): "
          + "partition n goes to partition n, so give it as many")
    }
  }

  /// A topic that is made when it is asked for takes a moment to appear.
  static func partitionCount(
    _ producer: KafkaProducer, _ topic: String
  ) throws(KafkaFailure) -> Int32 {
    for _ in 0..<4 {
      do throws(KafkaFailure) {
        return try producer.partitionCount(topic)
      } catch {
        guard
          error.code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART
            || error.code == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE
        else { throw error }
      }
      Thread.sleep(forTimeInterval: 0.25)
    }
    return try producer.partitionCount(topic)
  }

  /// Seconds since the session began.
  var now: Double {
    let elapsed = start.duration(to: .now).components
    return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
  }

  func run(
    isStopped: () -> Bool, report: (StreamReport, String?) -> Void
  ) async throws {
    try consumer.subscribe(
      onAssign: { [unowned self] partitions throws(KafkaFailure) in try resume(partitions) },
      onRevoke: { [unowned self] partitions in forget(partitions) })
    var lastReport = now
    var reported = total
    var lastLook = now
    while !isStopped() {
      let burst = try poll()
      try await admit(burst)
      // In the middle of a flood silence means nothing: look when it pauses, or once a second.
      if burst.count < Self.burstLimit || now - lastLook > 1 {
        lastLook = now
        try await matchDue()
        try await deliver()
      }
      if now - lastReport >= stream.options.reportSeconds {
        lastReport = now
        updateCounts()
        if total != reported { report(total, nil) }
        total.latencySeconds = 0
        reported = total
      }
      if stream.options.untilEnd, hasAssignment, partitions.values.allSatisfy({ $0.isAtEnd }),
        partitions.values.allSatisfy({ $0.queue.isEmpty })
      {
        break
      }
    }
    updateCounts()
  }

  /// Leaves the group; what waits stays for the next session.
  func close() {
    partitions = [:]
    byExposure = [:]
    consumer.close()
  }

  func abandon() {
    producer.abandon()
    close()
  }

  private func updateCounts() {
    total.waiting = partitions.values.reduce(0) { $0 + $1.queue.count }
    total.lag = partitions.reduce(0) { $0 + consumer.lag($1.key, from: $1.value.next) }
  }

  /// What is there, or comes within a moment.
  private func poll() throws(KafkaFailure) -> [KafkaMessage] {
    var burst: [KafkaMessage] = []
    while burst.count < Self.burstLimit {
      switch try consumer.poll(milliseconds: burst.isEmpty ? 100 : 0) {
      case .message(let message):
        // Of a partition that was taken away during this very burst.
        guard partitions[message.partition] != nil else { continue }
        partitions[message.partition]?.isAtEnd = false
        partitions[message.partition]?.next = message.offset + 1
        burst.append(message)
      case .endOfPartition(let partition): partitions[partition]?.isAtEnd = true
      case .nothing: return burst
      }
    }
    return burst
  }

  /// Decodes messages and lines them up.
  private func admit(_ burst: [KafkaMessage]) async throws {
    guard !burst.isEmpty else { return }
    let reader = stream.tagger.reader
    let topic = stream.input.topic
    let decoded = try await parallelMap(
      count: burst.count, chunk: max(1, burst.count / (stream.tagger.options.jobs * 8)),
      jobs: stream.tagger.options.jobs
    ) { range in range.map { Self.decode(burst[$0], of: topic, reader) } }.flatMap { $0 }
    let arrival = now
    for (message, result) in zip(burst, decoded) {
      // A rebalance may have come in the same burst.
      guard partitions[message.partition] != nil else { continue }
      let pending: Pending
      switch result {
      case .failure(let bad):
        if bad.isPassing {
          throw KafkaFailure(
            "schemas", code: RD_KAFKA_RESP_ERR__RESOLVE, reason: bad.reason)
        }
        pending = Pending(message, arrival: arrival, state: .dead(bad.reason))
      case .success(let decoded):
        let exposure = Exposure(decoded.read.packets[0])
        pending = Pending(message, arrival: arrival, state: .waiting(decoded, exposure))
        buffer.add(
          exposure, partition: message.partition, bytes: message.valueCount, now: arrival)
        byExposure[exposure, default: []].append(pending)
        if past.contains(exposure) { total.late += 1 }
      }
      partitions[message.partition]?.queue.append(pending)
    }
  }

  private struct BadMessage: Error {
    var reason: String
    /// Not the message's fault.
    var isPassing = false
  }

  private static func name(_ message: KafkaMessage, of topic: String) -> String {
    "\(topic) [\(message.partition)] offset \(message.offset)"
  }

  private static func reason(_ bad: QuarantinedRecord) -> String {
    (bad.field.map { "\($0): " } ?? "") + bad.reason
  }

  private static func decode(
    _ message: KafkaMessage, of topic: String, _ reader: AlertReader
  ) -> Result<Decoded, BadMessage> {
    do throws(AlertsError) {
      let file = try AlertFile(
        message.data, name: name(message, of: topic), registry: reader.registry,
        isOneMessage: true)
      let read = reader.packets(ofMessage: file)
      guard !read.packets.isEmpty else {
        return .failure(
          BadMessage(reason: read.quarantined.first.map(reason) ?? "holds no alert"))
      }
      return .success(Decoded(file: file, read: read))
    } catch {
      if case .unreachable = error {
        return .failure(BadMessage(reason: error.description, isPassing: true))
      }
      return .failure(BadMessage(reason: AlertReader.reason(error, "")))
    }
  }

  /// Matches the exposures that are complete.
  private func matchDue() async throws {
    let ended = Set(partitions.filter { stream.options.untilEnd && $0.value.isAtEnd }.keys)
    let due = buffer.takeDue(now: now, partitions: Set(partitions.keys), ended: ended)
    guard !due.isEmpty else { return }
    let alerts = due.flatMap { byExposure.removeValue(forKey: $0) ?? [] }
    var read: [(packets: [AlertPacket], quarantined: [QuarantinedRecord])] = []
    for alert in alerts {
      if case .waiting(let decoded, _) = alert.state { read.append(decoded.read) }
    }
    let names = alerts.map { Self.name($0.message, of: stream.input.topic) }
    let results = try await stream.tagger.match(read, names: names)
    for (alert, result) in zip(alerts, results) {
      guard case .waiting(let decoded, _) = alert.state else { continue }
      if result.alerts.isEmpty, let bad = result.quarantined.last {
        alert.state = .dead(Self.reason(bad))
      } else {
        alert.state = .matched(decoded, result)
      }
    }
    try await choose(alerts)
    total.exposures += due.count
    for exposure in due where past.insert(exposure).inserted { pastInOrder.append(exposure) }
    while pastInOrder.count > Self.remembered { past.remove(pastInOrder.removeFirst()) }
  }

  /// Asks what else is to be written with alerts that were matched.
  private func choose(_ alerts: [Pending]) async throws {
    guard let choose = stream.choose else { return }
    var parts: [AlertTagger.FilePart] = []
    var members: [Pending] = []
    for alert in alerts {
      guard case .matched(let decoded, let result) = alert.state else { continue }
      members.append(alert)
      parts.append(
        AlertTagger.FilePart(
          file: decoded.file, units: 0..<decoded.file.unitCount, result: result,
          isLastOfBatch: true))
    }
    guard !parts.isEmpty else { return }
    for choice in try await choose(parts) where members.indices.contains(choice.part) {
      members[choice.part].choices.append(choice)
    }
  }

  /// Where to go on with partitions that were given to us.
  private func resume(_ numbers: [Int32]) throws(KafkaFailure) -> [Int32: Int64] {
    hasAssignment = true
    guard !numbers.isEmpty else { return [:] }
    let committed = try consumer.committed(numbers)
    var rewound: [Int32: Int64] = [:]
    for number in numbers { rewound[number] = committed[number].flatMap { Int64($0.note) } ?? 0 }
    var starts: [Int32: Int64] = [:]
    if let time = stream.options.fromTime {
      let stale = numbers.filter { rewound[$0] != time }
      if !stale.isEmpty { starts = try consumer.offsets(stale, at: time) }
      for number in stale { rewound[number] = time }
    }
    let written = try tail(stream.output.topic, outputPartitions, rewound)
    let buried = try deadLetterPartitions.map { count throws(KafkaFailure) in
      try tail(stream.deadLetterTopic, count, rewound)
    }
    for number in numbers {
      partitions[number] = Partition(
        rewound: rewound[number] ?? 0, written: written[number] ?? -1,
        buried: buried?[number] ?? -1)
    }
    return starts
  }

  private func tail(
    _ topic: String, _ count: Int32, _ rewound: [Int32: Int64]
  ) throws(KafkaFailure) -> [Int32: Int64] {
    let address = KafkaAddress(of: stream.output, topic: topic)
    let reader = try KafkaConsumer(
      address, group: stream.options.group + "-tail", properties: stream.outputProperties)
    defer { reader.close() }
    return try TopicTail(reader: reader, topic: topic, partitionCount: count)
      .lastOffsets(stream: streamName, rewound: rewound)
  }

  var streamName: String { "\(stream.options.group)/\(stream.input.topic)" }

  /// Partitions that others read from now on: what waits of them is theirs.
  private func forget(_ numbers: [Int32]) {
    for number in numbers {
      guard let partition = partitions.removeValue(forKey: number) else { continue }
      buffer.forget(partition: number)
      for pending in partition.queue {
        guard case .waiting(_, let exposure) = pending.state else { continue }
        buffer.remove(exposure, bytes: pending.message.valueCount)
        byExposure[exposure]?.removeAll { $0 === pending }
      }
    }
  }
}
