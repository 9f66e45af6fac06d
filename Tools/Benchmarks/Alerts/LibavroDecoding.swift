import Alerts
import CAvro
import Foundation

/// Apache's Avro C library on the same packets: generic decoding.
struct LibavroDecoding {
  private let packets: [(schema: avro_schema_t, body: [UInt8])]

  /// - Parameter packets: each with its schema's text.
  init(_ packets: [(json: String, body: [UInt8])]) throws {
    var schemas: [String: avro_schema_t] = [:]
    self.packets = try packets.map { packet in
      if let known = schemas[packet.json] { return (known, packet.body) }
      var parsed: avro_schema_t?
      let length = packet.json.utf8.count
      guard avro_schema_from_json_length(packet.json, length, &parsed) == 0, let parsed else {
        throw AlertsError.schema(source: "libavro", reason: String(cString: avro_strerror()))
      }
      schemas[packet.json] = parsed
      return (parsed, packet.body)
    }
  }

  /// The messages of a stream.
  init(_ stream: Data, _ registry: SchemaRegistry) throws {
    var packets: [(json: String, body: [UInt8])] = []
    let bytes = Array(stream)
    func number(_ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    var at = 0
    while at < bytes.count {
      let length = number(at)
      let json = try registry.schema(id: UInt32(number(at + 5))).schema.json
      packets.append((json, Array(bytes[(at + 9)..<(at + 4 + length)])))
      at += 4 + length
    }
    try self.init(packets)
  }

  func packetsPerSecond() throws -> Double {
    let clock = Stopwatch()
    for (schema, body) in packets {
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
    return Double(packets.count) / clock.cpu
  }

  private var failure: AlertsError {
    .malformed(offset: 0, reason: "libavro: \(String(cString: avro_strerror()))")
  }
}
