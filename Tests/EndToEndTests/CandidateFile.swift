import CAvro
import Foundation
import Testing

/// The Avro sidecar of `tag`, read by libavro.
enum CandidateFile {
  struct Row {
    var id: Int64
    var designation: String
    var probability: Double
  }

  static func rows(_ path: String) throws -> [Row] {
    var reader: avro_file_reader_t?
    #expect(avro_file_reader(path, &reader) == 0, "\(String(cString: avro_strerror()))")
    let schema = avro_file_reader_get_writer_schema(reader)
    defer {
      avro_schema_decref(schema)
      avro_file_reader_close(reader)
    }
    var value = avro_value_t()
    #expect(ecliptic_avro_new(schema, &value) == 0)
    defer { ecliptic_avro_free(&value) }
    var rows: [Row] = []
    while avro_file_reader_read_value(reader, &value) == 0 {
      var field = avro_value_t()
      var row = Row(id: 0, designation: "", probability: 0)
      #expect(ecliptic_avro_element(&value, 0, &field, nil) == 0)
      #expect(ecliptic_avro_long(&field, &row.id) == 0)
      var text: UnsafePointer<CChar>?
      var size = 0
      #expect(ecliptic_avro_element(&value, 2, &field, nil) == 0)
      #expect(ecliptic_avro_string(&field, &text, &size) == 0)
      row.designation = text.map { String(cString: $0) } ?? ""
      #expect(ecliptic_avro_element(&value, 10, &field, nil) == 0)
      #expect(ecliptic_avro_double(&field, &row.probability) == 0)
      rows.append(row)
    }
    return rows
  }
}
