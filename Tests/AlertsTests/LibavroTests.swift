import Alerts
import CAvro
import Foundation
import TestSupport
import Testing

/// Apache's Avro C library as a second opinion on every value of real alerts.
@Suite(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
struct LibavroTests {
  @Test("Every field of every ZTF alert is what libavro decodes")
  func ztf() throws {
    var compared = 0
    var fields = 0
    for url in try AlertReader.files(at: RealAlerts.ztf) {
      let file = try AlertFile(url: url, registry: SchemaRegistry())
      let ours = try file.alerts()
      var reader: avro_file_reader_t?
      // libavro of Debian has no snappy on some machines: those files it can't open.
      guard avro_file_reader(url.path, &reader) == 0, let reader else { continue }
      defer { avro_file_reader_close(reader) }
      let schema = avro_file_reader_get_writer_schema(reader)
      for alert in ours {
        var theirs = avro_value_t()
        try #require(ecliptic_avro_new(schema, &theirs) == 0)
        defer { ecliptic_avro_free(&theirs) }
        try #require(avro_file_reader_read_value(reader, &theirs) == 0)
        fields += try compare(alert, theirs, url.lastPathComponent)
        compared += 1
      }
    }
    #expect(compared >= 148)
    // An alert with its history has at least a hundred fields.
    #expect(fields > 100 * compared)
  }

  /// Compares two trees; the number of leaves.
  private func compare(_ ours: AvroValue, _ theirs: avro_value_t, _ path: String) throws -> Int {
    var value = theirs
    switch ecliptic_avro_type(&value) {
    case AVRO_UNION:
      var branch = avro_value_t()
      try #require(ecliptic_avro_branch(&value, &branch) == 0)
      return try compare(ours, branch, path)
    case AVRO_RECORD, AVRO_ARRAY:
      var count = 0
      try #require(ecliptic_avro_size(&value, &count) == 0)
      let items: [AvroValue]
      if case .record(let record) = ours {
        items = record.fields.map(\.value)
      } else {
        items = ours.items ?? []
      }
      try #require(items.count == count, "\(path)")
      var leaves = 0
      for (index, item) in items.enumerated() {
        var element = avro_value_t()
        var name: UnsafePointer<CChar>?
        try #require(ecliptic_avro_element(&value, index, &element, &name) == 0)
        let inner = name.map { String(cString: $0) } ?? "[\(index)]"
        leaves += try compare(item, element, "\(path).\(inner)")
      }
      return leaves
    default:
      #expect(try leaf(&value) == ours.withoutNaN, "\(path)")
      return 1
    }
  }

  private func leaf(_ value: inout avro_value_t) throws -> AvroValue {
    switch ecliptic_avro_type(&value) {
    case AVRO_NULL: return .null
    case AVRO_BOOLEAN:
      var flag: Int32 = 0
      try #require(ecliptic_avro_boolean(&value, &flag) == 0)
      return .boolean(flag != 0)
    case AVRO_INT32:
      var number: Int32 = 0
      try #require(ecliptic_avro_int(&value, &number) == 0)
      return .int(number)
    case AVRO_INT64:
      var number: Int64 = 0
      try #require(ecliptic_avro_long(&value, &number) == 0)
      return .long(number)
    case AVRO_FLOAT:
      var number: Float = 0
      try #require(ecliptic_avro_float(&value, &number) == 0)
      return AvroValue.float(number).withoutNaN
    case AVRO_DOUBLE:
      var number = 0.0
      try #require(ecliptic_avro_double(&value, &number) == 0)
      return AvroValue.double(number).withoutNaN
    case AVRO_STRING:
      var text: UnsafePointer<CChar>?
      var size = 0
      try #require(ecliptic_avro_string(&value, &text, &size) == 0)
      return .string(String(cString: try #require(text)))
    case AVRO_BYTES:
      var bytes: UnsafeRawPointer?
      var size = 0
      try #require(ecliptic_avro_bytes(&value, &bytes, &size) == 0)
      return .bytes(Array(UnsafeRawBufferPointer(start: bytes, count: size)))
    default:
      Issue.record("a kind of value that no alert has")
      return .null
    }
  }
}

extension AvroValue {
  /// NaN is not equal to itself: a text stands for it in comparisons.
  fileprivate var withoutNaN: AvroValue {
    switch self {
    case .float(let value) where value.isNaN: .string("NaN")
    case .double(let value) where value.isNaN: .string("NaN")
    default: self
    }
  }
}
