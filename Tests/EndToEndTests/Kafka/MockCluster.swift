import CRDKafka
import Foundation
import Testing

/// A message as a test writes or reads it.
struct TestMessage: Equatable {
  var partition: Int32
  var key: String?
  var value: [UInt8]
  var headers: [String: String] = [:]
  var timestamp: Int64 = 0
}

struct MockFailure: Error, CustomStringConvertible {
  var description: String
}

/// librdkafka's own mock cluster: brokers that speak Kafka's protocol over TCP on this machine,
/// which the program under test connects to like to any other.
///
/// It keeps 5 MiB a partition, does not hide what a transaction that was never committed wrote,
/// nor keeps offsets that were committed in a transaction: what holds here holds without the help
/// of the brokers.
final class MockCluster {
  private let handle: OpaquePointer
  private let cluster: OpaquePointer
  /// Asks how long topics are.
  private let watcher: OpaquePointer
  let brokers: String

  init(brokers count: Int32 = 3, topics: [(name: String, partitions: Int32)]) throws {
    let configuration = rd_kafka_conf_new()
    // Only the home of the cluster: it needs no brokers of its own, and need not say so.
    rd_kafka_conf_set(configuration, "log_level", "0", nil, 0)
    guard let handle = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, nil, 0),
      let cluster = rd_kafka_mock_cluster_new(handle, count),
      let brokers = rd_kafka_mock_cluster_bootstraps(cluster)
    else { throw MockFailure(description: "no mock cluster") }
    self.handle = handle
    self.cluster = cluster
    self.brokers = String(cString: brokers)
    let settings = rd_kafka_conf_new()
    rd_kafka_conf_set(settings, "bootstrap.servers", self.brokers, nil, 0)
    rd_kafka_conf_set(settings, "log_level", "0", nil, 0)
    guard let watcher = rd_kafka_new(RD_KAFKA_PRODUCER, settings, nil, 0) else {
      throw MockFailure(description: "no watcher")
    }
    self.watcher = watcher
    for topic in topics {
      rd_kafka_mock_topic_create(cluster, topic.name, topic.partitions, min(count, 3))
    }
  }

  deinit {
    rd_kafka_destroy(watcher)
    rd_kafka_mock_cluster_destroy(cluster)
    rd_kafka_destroy(handle)
  }

  func address(_ topic: String) -> String { "kafka://\(brokers)/\(topic)" }

  /// The next requests of a kind are refused, one error each.
  func refuse(_ api: Int16, _ errors: [rd_kafka_resp_err_t]) {
    rd_kafka_mock_push_request_errors_array(cluster, api, errors.count, errors)
  }

  func setBroker(_ broker: Int32, isUp: Bool) {
    if isUp {
      rd_kafka_mock_broker_set_up(cluster, broker)
    } else {
      rd_kafka_mock_broker_set_down(cluster, broker)
    }
  }

  func publish(_ messages: [TestMessage], to topic: String) throws {
    let configuration = rd_kafka_conf_new()
    rd_kafka_conf_set(configuration, "bootstrap.servers", brokers, nil, 0)
    rd_kafka_conf_set(configuration, "enable.idempotence", "true", nil, 0)
    guard let producer = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, nil, 0) else {
      throw MockFailure(description: "no producer")
    }
    defer { rd_kafka_destroy(producer) }
    for message in messages {
      let headers = rd_kafka_headers_new(4)
      for (name, value) in message.headers { rd_kafka_header_add(headers, name, -1, value, -1) }
      let key = message.key.map { Array($0.utf8) }
      let error = message.value.withUnsafeBytes { value in
        (key ?? []).withUnsafeBytes { bytes in
          ecliptic_kafka_produce(
            producer, topic, message.partition, message.timestamp,
            key == nil ? nil : bytes.baseAddress, bytes.count, value.baseAddress, value.count,
            headers)
        }
      }
      guard error == nil else { throw MockFailure(description: "not queued") }
    }
    guard rd_kafka_flush(producer, 30_000) == RD_KAFKA_RESP_ERR_NO_ERROR else {
      throw MockFailure(description: "not delivered")
    }
  }

  /// How many messages a topic has: much quicker than to read them.
  func count(_ topic: String, partitions: Int32) throws -> Int {
    var count = 0
    for partition in 0..<partitions {
      var (low, high) = (Int64(0), Int64(0))
      let code = rd_kafka_query_watermark_offsets(watcher, topic, partition, &low, &high, 30_000)
      guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
        throw MockFailure(description: "\(topic): \(String(cString: rd_kafka_err2str(code)))")
      }
      count += Int(high)
    }
    return count
  }

  /// All messages of a topic, partition by partition, as a consumer sees them that reads committed
  /// messages only.
  func read(_ topic: String, partitions: Int32) throws -> [TestMessage] {
    let configuration = rd_kafka_conf_new()
    for (name, value) in [
      ("bootstrap.servers", brokers), ("group.id", "reader"), ("enable.auto.commit", "false"),
      ("isolation.level", "read_committed"), ("enable.partition.eof", "true"),
    ] { rd_kafka_conf_set(configuration, name, value, nil, 0) }
    guard let consumer = rd_kafka_new(RD_KAFKA_CONSUMER, configuration, nil, 0) else {
      throw MockFailure(description: "no consumer")
    }
    defer {
      rd_kafka_consumer_close(consumer)
      rd_kafka_destroy(consumer)
    }
    let list = rd_kafka_topic_partition_list_new(partitions)
    defer { rd_kafka_topic_partition_list_destroy(list) }
    for partition in 0..<partitions {
      rd_kafka_topic_partition_list_add(list, topic, partition)?.pointee.offset = 0
    }
    rd_kafka_assign(consumer, list)
    var messages: [TestMessage] = []
    var ended: Set<Int32> = []
    let end = Date().addingTimeInterval(300)
    while ended.count < Int(partitions) {
      guard Date() < end else { throw MockFailure(description: "\(topic) has no end") }
      guard let message = rd_kafka_consumer_poll(consumer, 500) else { continue }
      defer { rd_kafka_message_destroy(message) }
      if message.pointee.err == RD_KAFKA_RESP_ERR__PARTITION_EOF {
        ended.insert(message.pointee.partition)
      } else if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR {
        messages.append(TestMessage(message))
      }
    }
    return messages.enumerated().sorted {
      ($0.element.partition, $0.offset) < ($1.element.partition, $1.offset)
    }.map(\.element)
  }
}

extension TestMessage {
  fileprivate init(_ message: UnsafeMutablePointer<rd_kafka_message_t>) {
    let inner = message.pointee
    partition = inner.partition
    key = inner.key.map {
      String(
        decoding: UnsafeRawBufferPointer(start: $0, count: inner.key_len), as: UTF8.self)
    }
    value = Array(UnsafeRawBufferPointer(start: inner.payload, count: inner.len))
    timestamp = rd_kafka_message_timestamp(message, nil)
    var list: OpaquePointer?
    guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR else { return }
    var index = 0
    var name: UnsafePointer<CChar>?
    var bytes: UnsafeRawPointer?
    var size = 0
    while rd_kafka_header_get_all(list, index, &name, &bytes, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
      if let name {
        let text = UnsafeRawBufferPointer(start: bytes, count: size)
        headers[String(cString: name)] = String(decoding: text, as: UTF8.self)
      }
      index += 1
    }
  }
}
