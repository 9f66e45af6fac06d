import Astro
import CRDKafka
import Foundation

extension StreamSession {
  private static let errorHeader = "ecliptic-error"
  /// Alerts tagged at once: the tagged copies are not held longer.
  private static let batch = 512

  /// One message that is written.
  private struct Outgoing: Sendable {
    var message: KafkaMessage
    /// Nil: as it came.
    var bytes: [UInt8]?
    /// Nil for an alert; else why it is none.
    var problem: String?
    var untaggable = 0
  }

  private struct WrittenCounts {
    var deadLetters = 0
    var untaggable = 0
    var repeated = 0

    static func += (left: inout Self, right: Self) {
      left.deadLetters += right.deadLetters
      left.untaggable += right.untaggable
      left.repeated += right.repeated
    }
  }

  /// Writes what is matched, in the order of each partition, and commits how far that is.
  func deliver() async throws {
    var ready: [Pending] = []
    var offsets: [Int32: Int64] = [:]
    for (number, partition) in partitions.sorted(by: { $0.key < $1.key }) {
      let count = partition.queue.firstIndex { if case .waiting = $0.state { true } else { false } }
      let head = partition.queue.prefix(count ?? partition.queue.count)
      guard let last = head.last else { continue }
      ready += head
      offsets[number] = last.message.offset + 1
    }
    guard !ready.isEmpty else { return }
    try stream.feed?(unassociated(ready))
    try stream.results?(
      ready.compactMap { if case .matched(_, let result) = $0.state { result } else { nil } })
    if producer.hasTransactions { try producer.begin() }
    // What is not committed is read again: it counts then.
    var written = WrittenCounts()
    for start in stride(from: 0, to: ready.count, by: Self.batch) {
      written += try await write(Array(ready[start..<min(start + Self.batch, ready.count)]))
    }
    try commit(offsets)
    total.deadLetters += written.deadLetters
    total.untaggable += written.untaggable
    total.repeated += written.repeated
    for (number, offset) in offsets {
      partitions[number]?.queue.removeAll { $0.message.offset < offset }
    }
    count(ready)
  }

  private func commit(_ offsets: [Int32: Int64]) throws(KafkaFailure) {
    var notes: [Int32: String] = [:]
    for number in offsets.keys { notes[number] = partitions[number].map { "\($0.rewound)" } }
    if producer.hasTransactions {
      try producer.commit(try consumer.offsetList(offsets, notes), of: consumer)
    } else {
      try producer.flush()
      try consumer.commit(offsets, notes: notes)
    }
  }

  private func write(_ batch: [Pending]) async throws -> WrittenCounts {
    let tagger = stream.tagger
    let work: [(message: KafkaMessage, decoded: Decoded?, result: AlertTagger.Result?, String?)] =
      batch.map { pending in
        switch pending.state {
        case .dead(let reason): (pending.message, nil, nil, reason)
        case .matched(let decoded, let result): (pending.message, decoded, result, nil)
        case .waiting(let decoded, _): (pending.message, decoded, nil, nil)
        }
      }
    let outgoing = try await parallelMap(count: work.count, chunk: 8, jobs: tagger.options.jobs) {
      range in
      range.map { index in
        let (message, decoded, result, problem) = work[index]
        guard let decoded, let result, tagger.changes(result) else {
          return Outgoing(message: message, problem: problem)
        }
        do throws(AlertsError) {
          let rewrite = try tagger.rewritten(decoded.file, result)
          return Outgoing(
            message: message, bytes: rewrite.bytes, untaggable: rewrite.untaggable.count)
        } catch {
          return Outgoing(message: message, problem: "can't be tagged: \(error)")
        }
      }
    }.flatMap { $0 }
    var counts = WrittenCounts()
    for (message, pending) in zip(outgoing, batch) {
      counts.untaggable += message.untaggable
      if message.problem != nil { counts.deadLetters += 1 }
      if try !produce(message) { counts.repeated += 1 }
      for choice in pending.choices { try produce(choice, of: message) }
    }
    return counts
  }

  /// - Returns: false where an earlier session delivered it already.
  private func produce(_ outgoing: Outgoing) throws(KafkaFailure) -> Bool {
    let message = outgoing.message
    guard let partition = partitions[message.partition] else { return true }
    let isDead = outgoing.problem != nil
    guard message.offset > (isDead ? partition.buried : partition.written) else { return false }
    let headers = message.copyOfHeaders()
    let mark = SourceMark(
      partition: message.partition, offset: message.offset, rewound: partition.rewound,
      stream: streamName)
    rd_kafka_header_remove(headers, SourceMark.header)
    rd_kafka_header_add(headers, SourceMark.header, -1, mark.description, -1)
    if let problem = outgoing.problem {
      rd_kafka_header_remove(headers, Self.errorHeader)
      rd_kafka_header_add(headers, Self.errorHeader, -1, problem, -1)
    }
    let target = isDead ? try deadLetterPartition(message.partition) : message.partition
    let topic = isDead ? stream.deadLetterTopic : stream.output.topic
    guard let bytes = outgoing.bytes else {
      try producer.produce(
        topic, partition: target, timestamp: message.timestamp, key: message.key,
        value: message.value, headers: headers)
      return true
    }
    let result: Result<Void, KafkaFailure> = bytes.withUnsafeBytes { value in
      do throws(KafkaFailure) {
        return .success(
          try producer.produce(
            topic, partition: target, timestamp: message.timestamp, key: message.key,
            value: value, headers: headers))
      } catch {
        return .failure(error)
      }
    }
    try result.get()
    return true
  }

  /// Writes what goes beside an alert; again after a crash, under the same key and headers.
  private func produce(_ choice: StreamChoice, of outgoing: Outgoing) throws(KafkaFailure) {
    let headers = choice.value == nil ? outgoing.message.copyOfHeaders() : rd_kafka_headers_new(4)
    for header in choice.headers {
      rd_kafka_header_add(headers, header.name, -1, header.value, -1)
    }
    let key = Array(choice.key.utf8)
    let value = choice.value.map { Array($0.utf8) } ?? outgoing.bytes
    let result: Result<Void, KafkaFailure> = key.withUnsafeBytes { key in
      do throws(KafkaFailure) {
        guard let value else {
          try producer.produce(
            choice.topic, partition: RD_KAFKA_PARTITION_UA, timestamp: outgoing.message.timestamp,
            key: key, value: outgoing.message.value, headers: headers)
          return .success(())
        }
        return value.withUnsafeBytes { value in
          do throws(KafkaFailure) {
            return .success(
              try producer.produce(
                choice.topic, partition: RD_KAFKA_PARTITION_UA,
                timestamp: outgoing.message.timestamp, key: key, value: value, headers: headers))
          } catch {
            return .failure(error)
          }
        }
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  private func deadLetterPartition(_ source: Int32) throws(KafkaFailure) -> Int32 {
    if let count = deadLetterPartitions { return source % count }
    let count = try Self.partitionCount(producer, stream.deadLetterTopic)
    deadLetterPartitions = count
    return source % count
  }

  private func unassociated(_ ready: [Pending]) -> [StreamedAlert] {
    guard stream.feed != nil else { return [] }
    return ready.flatMap { pending -> [StreamedAlert] in
      guard case .matched(_, let result) = pending.state else { return [] }
      return result.alerts.filter { $0.chosen == nil }.map {
        StreamedAlert(
          packet: $0.packet, partition: pending.message.partition, offset: pending.message.offset)
      }
    }
  }

  private func count(_ ready: [Pending]) {
    for pending in ready {
      total.latencySeconds = max(total.latencySeconds, now - pending.arrival)
      guard case .matched(_, let result) = pending.state else { continue }
      total.alerts += result.alerts.count
      total.tagged += result.taggedCount
      total.ambiguous += result.ambiguousCount
      total.unmatched += result.unmatchedCount
      total.disagreeing += result.disagreeingCount
    }
  }
}
