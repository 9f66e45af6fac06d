import CRDKafka

/// One member of a consumer group on one topic. Offsets are committed only when told to.
final class KafkaConsumer {
  enum Event {
    case message(KafkaMessage)
    case endOfPartition(Int32)
    case nothing
  }

  let topic: String
  let client: KafkaClient
  private let changes: Changes
  private var isOpen = true

  /// What the group decides about, and who wants to know.
  fileprivate final class Changes: KafkaEvents {
    var onAssign: ([Int32]) throws(KafkaFailure) -> [Int32: Int64] = { _ in [:] }
    var onRevoke: ([Int32]) -> Void = { _ in }
    var failure: KafkaFailure?
  }

  /// - Throws: ``KafkaFailure`` naming the setting that is refused.
  init(
    _ address: KafkaAddress, group: String, properties: KafkaProperties
  ) throws(KafkaFailure) {
    topic = address.topic
    let changes = Changes()
    self.changes = changes
    client = try KafkaClient(
      RD_KAFKA_CONSUMER, brokers: address.brokers, properties: properties,
      defaults: [
        ("auto.offset.reset", "earliest"), ("log_level", "4"),
        // What is fetched ahead of the visit at work, at most.
        ("queued.max.messages.kbytes", "65536"),
        ("topic.metadata.refresh.interval.ms", "60000"),
      ],
      fixed: [
        ("group.id", group), ("enable.auto.commit", "false"),
        ("enable.auto.offset.store", "false"), ("enable.partition.eof", "true"),
        ("isolation.level", "read_committed"),
      ], events: changes
    ) { configuration in
      rd_kafka_conf_set_rebalance_cb(configuration) { handle, code, partitions, opaque in
        guard let opaque, let partitions else { return }
        Unmanaged<Changes>.fromOpaque(opaque).takeUnretainedValue()
          .rebalance(handle, code, partitions)
      }
    }
    rd_kafka_poll_set_consumer(client.handle)
  }

  deinit { close() }

  /// Partitions of the topic, before it is subscribed to.
  ///
  /// - Throws: ``KafkaFailure``.
  func partitionCount() throws(KafkaFailure) -> Int32 {
    try client.partitionCount(topic) { handle in
      if let message = rd_kafka_consumer_poll(handle, 0) { rd_kafka_message_destroy(message) }
    }
  }

  /// Leaves the group. Messages must be gone before.
  func close() {
    guard isOpen else { return }
    isOpen = false
    rd_kafka_consumer_close(client.handle)
  }

  /// Joins the group.
  ///
  /// - Parameters:
  ///   - onAssign: called during a poll with the partitions that are read from now on; gives the
  ///     offsets to begin at where those are not the committed ones.
  ///   - onRevoke: called during a poll with the partitions that others read from now on.
  func subscribe(
    onAssign: @escaping ([Int32]) throws(KafkaFailure) -> [Int32: Int64],
    onRevoke: @escaping ([Int32]) -> Void
  ) throws(KafkaFailure) {
    changes.onAssign = onAssign
    changes.onRevoke = onRevoke
    let list = try PartitionList()
    list.add(topic, -1)
    try check("subscribing to \(topic)", rd_kafka_subscribe(client.handle, list.list))
  }

  /// The next thing that happens, for at most some time.
  func poll(milliseconds: Int32) throws(KafkaFailure) -> Event {
    let polled = rd_kafka_consumer_poll(client.handle, milliseconds)
    if let failure = changes.failure {
      if let polled { rd_kafka_message_destroy(polled) }
      throw failure
    }
    if let problem = changes.problem {
      changes.problem = nil
      if problem.isLasting || problem.code == RD_KAFKA_RESP_ERR__FATAL {
        if let polled { rd_kafka_message_destroy(polled) }
        throw problem
      }
    }
    guard let message = polled else { return .nothing }
    switch message.pointee.err {
    case RD_KAFKA_RESP_ERR_NO_ERROR: return .message(KafkaMessage(message))
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      defer { rd_kafka_message_destroy(message) }
      return .endOfPartition(message.pointee.partition)
    default:
      defer { rd_kafka_message_destroy(message) }
      let failure = KafkaFailure(
        "reading \(topic)", code: message.pointee.err,
        reason: String(cString: rd_kafka_message_errstr(message)))
      // The library goes on by itself after what passes.
      guard
        failure.isLasting || message.pointee.err == RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED
          || message.pointee.err == RD_KAFKA_RESP_ERR__FATAL
      else { return .nothing }
      throw failure
    }
  }

  /// The group's committed offset of each partition with its note; nil where there is none.
  func committed(
    _ partitions: [Int32]
  ) throws(KafkaFailure) -> [Int32: (offset: Int64, note: String)] {
    let list = try PartitionList()
    for partition in partitions { list.add(topic, partition) }
    try check("committed offsets of \(topic)", rd_kafka_committed(client.handle, list.list, 30_000))
    var found: [Int32: (offset: Int64, note: String)] = [:]
    for entry in list.entries where entry.offset >= 0 {
      try check("committed offset of \(topic)", entry.err)
      let note = UnsafeRawBufferPointer(start: entry.metadata, count: entry.metadata_size)
      found[entry.partition] = (entry.offset, String(decoding: note, as: UTF8.self))
    }
    return found
  }

  /// Commits, and waits for it.
  func commit(_ offsets: [Int32: Int64], notes: [Int32: String]) throws(KafkaFailure) {
    let list = try offsetList(offsets, notes)
    try check("committing offsets of \(topic)", rd_kafka_commit(client.handle, list.list, 0))
    for entry in list.entries { try check("committing offsets of \(topic)", entry.err) }
  }

  func offsetList(
    _ offsets: [Int32: Int64], _ notes: [Int32: String]
  ) throws(KafkaFailure) -> PartitionList {
    let list = try PartitionList()
    for (partition, offset) in offsets.sorted(by: { $0.key < $1.key }) {
      list.add(topic, partition, offset: offset, metadata: notes[partition])
    }
    return list
  }

  /// Where each partition has its first message of a time or later; its end where there is none.
  func offsets(
    _ partitions: [Int32], at milliseconds: Int64
  ) throws(KafkaFailure) -> [Int32: Int64] {
    let list = try PartitionList()
    for partition in partitions { list.add(topic, partition, offset: milliseconds) }
    try check(
      "offsets of \(topic) by time", rd_kafka_offsets_for_times(client.handle, list.list, 30_000))
    var found: [Int32: Int64] = [:]
    for entry in list.entries {
      try check("offsets of \(topic) by time", entry.err)
      found[entry.partition] =
        entry.offset >= 0 ? entry.offset : try bounds(topic, entry.partition).end
    }
    return found
  }

  /// First and next offset of a partition.
  func bounds(_ topic: String, _ partition: Int32) throws(KafkaFailure) -> (
    begin: Int64, end: Int64
  ) {
    var low: Int64 = 0
    var high: Int64 = 0
    try check(
      "ends of \(topic) [\(partition)]",
      rd_kafka_query_watermark_offsets(client.handle, topic, partition, &low, &high, 30_000))
    return (low, high)
  }

  /// How many messages of a partition are not read yet, as far as was heard from the broker.
  func lag(_ partition: Int32, from next: Int64) -> Int64 {
    var low: Int64 = 0
    var high: Int64 = 0
    let code = rd_kafka_get_watermark_offsets(client.handle, topic, partition, &low, &high)
    return code == RD_KAFKA_RESP_ERR_NO_ERROR && high > next ? high - next : 0
  }

  /// Reads given partitions from given offsets, without the group.
  func assign(_ topic: String, _ offsets: [Int32: Int64]) throws(KafkaFailure) {
    let list = try PartitionList()
    for (partition, offset) in offsets { list.add(topic, partition, offset: offset) }
    try check("reading \(topic)", rd_kafka_assign(client.handle, list.list))
  }

  private func check(_ action: String, _ code: rd_kafka_resp_err_t) throws(KafkaFailure) {
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaFailure(action, code: code) }
  }
}

extension KafkaConsumer.Changes {
  /// Does what the group decided, in the manner of the group's protocol; called during a poll.
  fileprivate func rebalance(
    _ handle: OpaquePointer?, _ code: rd_kafka_resp_err_t,
    _ partitions: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
  ) {
    let isCooperative =
      rd_kafka_rebalance_protocol(handle).map { String(cString: $0) } == "COOPERATIVE"
    let entries = UnsafeMutableBufferPointer(
      start: partitions.pointee.elems, count: Int(partitions.pointee.cnt))
    let numbers = entries.map(\.partition)
    if code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
      do throws(KafkaFailure) {
        let starts = try onAssign(numbers)
        for index in entries.indices {
          if let start = starts[entries[index].partition] { entries[index].offset = start }
        }
      } catch {
        failure = error
      }
      if isCooperative {
        note(rd_kafka_incremental_assign(handle, partitions))
      } else {
        note(code: rd_kafka_assign(handle, partitions))
      }
    } else {
      onRevoke(numbers)
      if isCooperative {
        note(rd_kafka_incremental_unassign(handle, partitions))
      } else {
        note(code: rd_kafka_assign(handle, nil))
      }
    }
  }

  private func note(_ error: OpaquePointer?) {
    if let failure = KafkaFailure("rebalance", error) { self.failure = failure }
  }

  private func note(code: rd_kafka_resp_err_t) {
    if code != RD_KAFKA_RESP_ERR_NO_ERROR { failure = KafkaFailure("rebalance", code: code) }
  }
}
