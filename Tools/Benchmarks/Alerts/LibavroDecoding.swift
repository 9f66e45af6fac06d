import Alerts
import CAvro
import Foundation

/// Apache's Avro C library on the same messages: generic decoding.
struct LibavroDecoding {
  private let messages: [(schema: avro_schema_t, body: [UInt8])]

  init(_ stream: Data, _ registry: SchemaRegistry) throws {
    var schemas: [UInt32: avro_schema_t] = [:]
    var messages: [(schema: avro_schema_t, body: [UInt8])] = []
    let bytes = Array(stream)
    func number(_ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    var at = 0
    while at < bytes.count {
      let length = number(at)
      let id = UInt32(number(at + 5))
      if schemas[id] == nil {
        let json = try registry.schema(id: id).schema.json
        var parsed: avro_schema_t?
        guard avro_schema_from_json_length(json, json.utf8.count, &parsed) == 0, let parsed else {
          throw AlertsError.schema(source: "libavro", reason: String(cString: avro_strerror()))
        }
        schemas[id] = parsed
      }
      if let schema = schemas[id] {
        messages.append((schema, Array(bytes[(at + 9)..<(at + 4 + length)])))
      }
      at += 4 + length
    }
    self.messages = messages
  }

  func packetsPerSecond() throws -> Double {
    let clock = Stopwatch()
    for (schema, body) in messages {
      var value = avro_value_t()
      guard ecliptic_avro_new(schema, &value) == 0 else { throw failure }
      defer { ecliptic_avro_free(&value) }
      let status = body.withUnsafeBytes { bytes in
        let reader = avro_reader_memory(
          bytes.bindMemory(to: CChar.self).baseAddress, Int64(bytes.count))
        defer { avro_reader_free(reader) }
        return avro_value_read(reader, &value)
      }
      guard status == 0 else { throw failure }
    }
    return Double(messages.count) / clock.cpu
  }

  private var failure: AlertsError {
    .malformed(offset: 0, reason: "libavro: \(String(cString: avro_strerror()))")
  }
}
