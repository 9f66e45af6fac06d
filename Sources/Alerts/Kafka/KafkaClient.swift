import CRDKafka
import Foundation

/// What librdkafka tells a client of its own accord; a client's callbacks get it.
class KafkaEvents {
  /// The last trouble with the connections, told while the client is polled.
  var problem: KafkaFailure?
}

/// A librdkafka client, closed when the last reference goes.
final class KafkaClient {
  let handle: OpaquePointer
  private let events: KafkaEvents

  /// Where the library writes what went wrong.
  private static let errorSize = 512

  /// - Parameters:
  ///   - kind: consumer or producer.
  ///   - brokers: to begin with.
  ///   - defaults: settings that a properties file may change.
  ///   - fixed: settings that it may not.
  ///   - events: what the callbacks get.
  ///   - callbacks: sets more callbacks of the configuration.
  /// - Throws: ``KafkaFailure`` naming the setting that is refused.
  init(
    _ kind: rd_kafka_type_t, brokers: String, properties: KafkaProperties,
    defaults: [(String, String)], fixed: [(String, String)], events: KafkaEvents,
    callbacks: (OpaquePointer) -> Void
  ) throws(KafkaFailure) {
    self.events = events
    guard let configuration = rd_kafka_conf_new() else {
      throw KafkaFailure("Kafka client", code: RD_KAFKA_RESP_ERR__INVALID_ARG)
    }
    // rd_kafka_new takes the configuration over, but only when it succeeds.
    var isOwned = true
    defer { if isOwned { rd_kafka_conf_destroy(configuration) } }
    func set(_ name: String, _ value: String, _ source: String) throws(KafkaFailure) {
      var text = [CChar](repeating: 0, count: Self.errorSize)
      guard rd_kafka_conf_set(configuration, name, value, &text, text.count) == RD_KAFKA_CONF_OK
      else {
        throw KafkaFailure(source, code: RD_KAFKA_RESP_ERR__INVALID_ARG, reason: Self.text(text))
      }
    }
    for (name, value) in defaults { try set(name, value, "setting \(name)") }
    for entry in properties.entries { try set(entry.name, entry.value, entry.source) }
    for (name, value) in fixed { try set(name, value, "setting \(name)") }
    try set("bootstrap.servers", brokers, "brokers \(brokers)")
    rd_kafka_conf_set_opaque(configuration, Unmanaged.passUnretained(events).toOpaque())
    rd_kafka_conf_set_error_cb(configuration) { _, code, reason, opaque in
      guard let opaque else { return }
      Unmanaged<KafkaEvents>.fromOpaque(opaque).takeUnretainedValue().problem = KafkaFailure(
        "connecting", code: rd_kafka_resp_err_t(rawValue: code),
        reason: reason.map { String(cString: $0) })
    }
    callbacks(configuration)
    var text = [CChar](repeating: 0, count: Self.errorSize)
    guard let handle = rd_kafka_new(kind, configuration, &text, text.count) else {
      throw KafkaFailure(
        "Kafka client", code: RD_KAFKA_RESP_ERR__INVALID_ARG, reason: Self.text(text))
    }
    isOwned = false
    self.handle = handle
  }

  deinit { rd_kafka_destroy(handle) }

  private static func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Partitions of a topic.
  ///
  /// - Parameter pump: serves what the library has to tell, without waiting.
  /// - Throws: ``KafkaFailure`` when no broker answers in time, at once when they refuse us, or
  ///   when the topic is not there.
  func partitionCount(
    _ topic: String, seconds: Int = 10, pump: (OpaquePointer) -> Void
  ) throws(KafkaFailure) -> Int32 {
    let action = "topic \(topic)"
    guard let description = rd_kafka_topic_new(handle, topic, nil) else {
      throw KafkaFailure(action, code: rd_kafka_last_error())
    }
    defer { rd_kafka_topic_destroy(description) }
    var metadata: UnsafePointer<rd_kafka_metadata>?
    var code = RD_KAFKA_RESP_ERR_NO_ERROR
    for _ in 0..<(2 * seconds) {
      code = rd_kafka_metadata(handle, 0, description, &metadata, 500)
      guard code == RD_KAFKA_RESP_ERR__TIMED_OUT || code == RD_KAFKA_RESP_ERR__TRANSPORT else {
        break
      }
      pump(handle)
      // Wrong keys and passwords don't become right.
      if let problem = events.problem, problem.isRefusal { throw problem }
    }
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else {
      throw KafkaFailure(
        action, code: code,
        reason: events.problem.map { "no broker answers (\($0.reason))" })
    }
    defer { rd_kafka_metadata_destroy(metadata) }
    guard metadata.pointee.topic_cnt == 1 else {
      throw KafkaFailure(action, code: RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
    }
    let found = metadata.pointee.topics[0]
    guard found.err == RD_KAFKA_RESP_ERR_NO_ERROR, found.partition_cnt > 0 else {
      throw KafkaFailure(
        action,
        code: found.err == RD_KAFKA_RESP_ERR_NO_ERROR
          ? RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART : found.err)
    }
    return found.partition_cnt
  }
}

/// A list of partitions, freed at its end of life.
final class PartitionList {
  let list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

  init() throws(KafkaFailure) {
    guard let list = rd_kafka_topic_partition_list_new(4) else {
      throw KafkaFailure("partitions", code: RD_KAFKA_RESP_ERR__INVALID_ARG)
    }
    self.list = list
  }

  deinit { rd_kafka_topic_partition_list_destroy(list) }

  func add(
    _ topic: String, _ partition: Int32, offset: Int64? = nil, metadata: String? = nil
  ) {
    let entry = rd_kafka_topic_partition_list_add(list, topic, partition)
    if let offset { entry?.pointee.offset = offset }
    if let metadata, let copy = strdup(metadata) {
      // Freed with the list.
      entry?.pointee.metadata = UnsafeMutableRawPointer(copy)
      entry?.pointee.metadata_size = metadata.utf8.count
    }
  }

  var entries: UnsafeMutableBufferPointer<rd_kafka_topic_partition_t> {
    UnsafeMutableBufferPointer(start: list.pointee.elems, count: Int(list.pointee.cnt))
  }
}
