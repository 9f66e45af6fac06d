import CRDKafka

/// An idempotent producer, with transactions where it is given an identifier for them.
final class KafkaProducer {
  let client: KafkaClient
  let hasTransactions: Bool
  private let deliveries: Deliveries

  private final class Deliveries: KafkaEvents {
    var failure: KafkaFailure?
  }

  /// - Parameter transactionalId: nil for no transactions.
  /// - Throws: ``KafkaFailure``; with transactions also when no broker answers.
  init(
    brokers: String, properties: KafkaProperties, transactionalId: String?
  ) throws(KafkaFailure) {
    let deliveries = Deliveries()
    self.deliveries = deliveries
    hasTransactions = transactionalId != nil
    client = try KafkaClient(
      RD_KAFKA_PRODUCER, brokers: brokers, properties: properties,
      defaults: [
        ("message.max.bytes", "104857600"), ("compression.codec", "snappy"), ("linger.ms", "5"),
        ("log_level", "4"),
        // What waits for the brokers, at most.
        ("queue.buffering.max.kbytes", "262144"),
      ] + (transactionalId.map { [("transactional.id", $0)] } ?? []),
      fixed: [("enable.idempotence", "true")], events: deliveries
    ) { configuration in
      rd_kafka_conf_set_dr_msg_cb(configuration) { _, message, opaque in
        guard let opaque, let message, message.pointee.err != RD_KAFKA_RESP_ERR_NO_ERROR else {
          return
        }
        let deliveries = Unmanaged<Deliveries>.fromOpaque(opaque).takeUnretainedValue()
        if deliveries.failure == nil {
          deliveries.failure = KafkaFailure("delivery", code: message.pointee.err)
        }
      }
    }
  }

  /// Ends what an earlier producer of the same identifier left open. Before the first message.
  func startTransactions() throws(KafkaFailure) {
    guard hasTransactions else { return }
    try check("starting transactions", rd_kafka_init_transactions(client.handle, 60_000))
  }

  /// Partitions of a topic.
  ///
  /// - Throws: ``KafkaFailure``.
  func partitionCount(_ topic: String) throws(KafkaFailure) -> Int32 {
    try client.partitionCount(topic) { rd_kafka_poll($0, 0) }
  }

  /// Queues a message; waits while the queue is full.
  ///
  /// - Parameter headers: taken over in any case.
  func produce(
    _ topic: String, partition: Int32, timestamp: Int64, key: UnsafeRawBufferPointer?,
    value: UnsafeRawBufferPointer, headers: OpaquePointer?
  ) throws(KafkaFailure) {
    // An empty key or value is not a null one.
    var nothing: UInt8 = 0
    while true {
      let error = withUnsafePointer(to: &nothing) { empty in
        ecliptic_kafka_produce(
          client.handle, topic, partition, timestamp,
          key.map { $0.baseAddress ?? UnsafeRawPointer(empty) }, key?.count ?? 0,
          value.baseAddress, value.count, headers)
      }
      guard let failure = KafkaFailure("writing to \(topic) [\(partition)]", error) else { return }
      guard failure.code == RD_KAFKA_RESP_ERR__QUEUE_FULL else {
        if let headers { rd_kafka_headers_destroy(headers) }
        throw failure
      }
      rd_kafka_poll(client.handle, 100)
      if let failure = deliveries.failure {
        if let headers { rd_kafka_headers_destroy(headers) }
        throw failure
      }
    }
  }

  /// Waits until all is delivered.
  ///
  /// - Throws: ``KafkaFailure`` of the first message that was not.
  func flush() throws(KafkaFailure) {
    while rd_kafka_outq_len(client.handle) > 0 {
      rd_kafka_flush(client.handle, 1_000)
      if let failure = deliveries.failure { throw failure }
    }
    rd_kafka_poll(client.handle, 0)
    if let failure = deliveries.failure { throw failure }
  }

  func begin() throws(KafkaFailure) {
    try check("beginning a transaction", rd_kafka_begin_transaction(client.handle))
  }

  /// Makes the messages since ``begin()`` and the consumer's offsets one: all or nothing.
  ///
  /// What the brokers ask to be tried again is tried again; other failures end the transaction.
  func commit(
    _ offsets: PartitionList, of consumer: KafkaConsumer
  ) throws(KafkaFailure) {
    try flush()
    guard let metadata = rd_kafka_consumer_group_metadata(consumer.client.handle) else {
      throw KafkaFailure("committing", code: RD_KAFKA_RESP_ERR__STATE)
    }
    defer { rd_kafka_consumer_group_metadata_destroy(metadata) }
    try retried("committing offsets in a transaction") {
      rd_kafka_send_offsets_to_transaction(client.handle, offsets.list, metadata, 60_000)
    }
    try retried("committing a transaction") { rd_kafka_commit_transaction(client.handle, 60_000) }
  }

  /// Throws away what is queued, and the transaction that is open. Never fails: whoever comes next
  /// begins at the committed offsets, and the brokers end a transaction that nobody goes on with.
  func abandon() {
    rd_kafka_purge(client.handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
    if hasTransactions, let error = rd_kafka_abort_transaction(client.handle, 10_000) {
      rd_kafka_error_destroy(error)
    }
    rd_kafka_flush(client.handle, 1_000)
  }

  private func retried(
    _ action: String, _ call: () -> OpaquePointer?
  ) throws(KafkaFailure) {
    for _ in 0..<20 {
      guard let error = call() else { return }
      guard rd_kafka_error_is_retriable(error) == 1 else {
        if let failure = KafkaFailure(action, error) { throw failure }
        return
      }
      rd_kafka_error_destroy(error)
      rd_kafka_poll(client.handle, 500)
    }
    throw KafkaFailure(action, code: RD_KAFKA_RESP_ERR__TIMED_OUT)
  }

  private func check(_ action: String, _ error: OpaquePointer?) throws(KafkaFailure) {
    if let failure = KafkaFailure(action, error) { throw failure }
  }
}
