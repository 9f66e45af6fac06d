import CRDKafka
import Foundation

/// A consumed message; its memory is librdkafka's until the last reference is gone.
final class KafkaMessage: @unchecked Sendable {
  // Never written to after it came from librdkafka: safe to read on any thread.
  private let message: UnsafeMutablePointer<rd_kafka_message_t>

  init(_ message: UnsafeMutablePointer<rd_kafka_message_t>) { self.message = message }

  deinit { rd_kafka_message_destroy(message) }

  var partition: Int32 { message.pointee.partition }
  var offset: Int64 { message.pointee.offset }
  var valueCount: Int { message.pointee.len }
  var value: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: message.pointee.payload, count: message.pointee.len)
  }
  /// Nil for a message without one, which is not the same as an empty one.
  var key: UnsafeRawBufferPointer? {
    message.pointee.key.map { UnsafeRawBufferPointer(start: $0, count: message.pointee.key_len) }
  }
  /// Milliseconds since 1970; 0 where the message has none.
  var timestamp: Int64 {
    var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
    let time = rd_kafka_message_timestamp(message, &kind)
    return kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? 0 : max(0, time)
  }

  /// The value, not copied: it lives as long as the data do.
  var data: Data {
    guard let base = message.pointee.payload, valueCount > 0 else { return Data() }
    return Data(
      bytesNoCopy: base, count: valueCount,
      deallocator: .custom { _, _ in withExtendedLifetime(self) {} })
  }

  /// A copy of the headers, which the caller owns; new ones where there are none.
  func copyOfHeaders() -> OpaquePointer? {
    var headers: OpaquePointer?
    if rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR, let headers {
      return rd_kafka_headers_copy(headers)
    }
    return rd_kafka_headers_new(4)
  }

  /// The last header of a name, as text.
  func header(_ name: String) -> String? {
    var headers: OpaquePointer?
    guard rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR else {
      return nil
    }
    var value: UnsafeRawPointer?
    var size = 0
    guard rd_kafka_header_get_last(headers, name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR,
      let value
    else { return nil }
    return String(decoding: UnsafeRawBufferPointer(start: value, count: size), as: UTF8.self)
  }
}
