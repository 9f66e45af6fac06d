import Alerts
import Astrometry
import Foundation
import TestSupport
import Testing

/// Avro binary against the examples and rules of the specification (Avro 1.11.1).
struct AvroCodecTests {
  @Test("Integers are zig-zag varints as in the specification's table")
  func zigZag() throws {
    let schema = try AvroSchema(json: "\"long\"")
    let encoder = AvroEncoder(schema: schema)
    let decoder = AvroDecoder(schema: schema)
    let table: [(Int64, [UInt8])] = [
      (0, [0]), (-1, [1]), (1, [2]), (-2, [3]), (2, [4]), (-64, [0x7f]), (64, [0x80, 0x01]),
    ]
    for (value, bytes) in table {
      #expect(try encoder.encode(.long(value)) == bytes)
      #expect(try decoder.decode(bytes).value == .long(value))
    }
    for value in [Int64.min, .max] {
      #expect(try decoder.decode(encoder.encode(.long(value))).value == .long(value))
    }
  }

  @Test("The specification's record {a: 27, b: \"foo\"} is 36 06 66 6f 6f")
  func record() throws {
    let schema = try AvroSchema(
      json: """
        {"type":"record","name":"test","fields":[{"name":"a","type":"long"},
        {"name":"b","type":"string"}]}
        """)
    let value = AvroValue.record(AvroRecord(["a": .long(27), "b": .string("foo")]))
    let bytes = try AvroEncoder(schema: schema).encode(value)
    #expect(bytes == [0x36, 0x06, 0x66, 0x6f, 0x6f])
    #expect(try AvroDecoder(schema: schema).decode(bytes).value["b"] == .string("foo"))
  }

  @Test("The array [3, 27] is 04 06 36 00; with a negative count its size follows")
  func arrays() throws {
    let schema = try AvroSchema(json: #"{"type":"array","items":"long"}"#)
    let value = AvroValue.array([.long(3), .long(27)])
    #expect(try AvroEncoder(schema: schema).encode(value) == [0x04, 0x06, 0x36, 0x00])
    let decoder = AvroDecoder(schema: schema)
    #expect(try decoder.decode([0x03, 0x04, 0x06, 0x36, 0x00]).value == value)
    // Two blocks, the second one sized.
    #expect(try decoder.decode([0x02, 0x06, 0x01, 0x02, 0x36, 0x00]).value == value)
    #expect(throws: AlertsError.self) { try decoder.decode([0x03, 0x02, 0x06, 0x36, 0x00]) }
  }

  @Test("The union [null, string] takes its branch from the kind, in both orders")
  func unions() throws {
    let schema = try AvroSchema(json: #"["null","string"]"#)
    #expect(try AvroEncoder(schema: schema).encode(.null) == [0x00])
    #expect(try AvroEncoder(schema: schema).encode(.string("a")) == [0x02, 0x02, 0x61])
    let reversed = try AvroSchema(json: #"["string","null"]"#)
    #expect(try AvroEncoder(schema: reversed).encode(.null) == [0x02])
    #expect(try AvroEncoder(schema: reversed).encode(.string("a")) == [0x00, 0x02, 0x61])
  }

  /// Every kind of type, names with namespaces, logical types, recursion.
  static let everything = """
    {"type":"record","name":"all","namespace":"org.test","fields":[
    {"name":"flag","type":"boolean"},{"name":"i","type":"int"},
    {"name":"when","type":{"type":"long","logicalType":"timestamp-micros"}},
    {"name":"f","type":["float","null"]},{"name":"d","type":["null","double"]},
    {"name":"blob","type":["null","bytes"]},
    {"name":"hash","type":{"type":"fixed","name":"md","size":3}},
    {"name":"suit","type":{"type":"enum","name":"suit","symbols":["S","H"]}},
    {"name":"again","type":["null","org.test.suit"]},
    {"name":"tags","type":{"type":"map","values":["null","long"]}},
    {"name":"children","type":{"type":"array","items":"all"}},
    {"name":"last","type":"string"}]}
    """

  static func node(_ last: String, children: [AvroValue] = []) -> AvroValue {
    .record(
      AvroRecord(
        name: "org.test.all",
        [
          "flag": .boolean(true), "i": .int(-7), "when": .long(1_782_000_000_000_000),
          "f": .null, "d": .double(0.1), "blob": .bytes([1, 2]), "hash": .fixed([9, 8, 7]),
          "suit": .enumeration("H"), "again": .enumeration("S"),
          "tags": .map([AvroEntry("x", .long(300)), AvroEntry("y", .null)]),
          "children": .array(children), "last": .string(last),
        ]))
  }

  @Test("Every kind of type comes back; the projection skips and picks the same")
  func roundTrip() throws {
    let schema = try AvroSchema(json: Self.everything)
    let tree = Self.node("top", children: [Self.node("a", children: [Self.node("aa")])])
    let bytes = try AvroEncoder(schema: schema).encode(tree)
    let decoded = try AvroDecoder(schema: schema).decode(bytes)
    #expect(decoded.value == tree)
    #expect(decoded.end == bytes.count)

    let projection = try AvroProjection(
      schema: schema, fields: ["d", "suit", "last", "tags", "f", "nothing"])
    var slots: [AvroSlot] = []
    try bytes.withUnsafeBytes { (buffer: UnsafeRawBufferPointer) throws in
      let end = try projection.walk(buffer, at: 0, into: &slots)
      #expect(end == bytes.count)
      #expect(slots[0].double == 0.1)
      #expect(slots[1].integer == 1)
      #expect(slots[2].text(in: buffer) == "top")
      #expect(slots[3].state == .present)
      #expect(slots[4].state == .null)
      #expect(slots[5].state == .absent)
    }
    #expect(!projection.present[5])
  }

  @Test(
    "Hostile counts and lengths end in an error, in little time",
    arguments: [
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0],
      [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
    ] as [[UInt8]])
  func hostile(_ bytes: [UInt8]) throws {
    for json in [
      #"{"type":"array","items":"long"}"#, #"{"type":"map","values":"int"}"#, #""bytes""#,
      #"{"type":"array","items":"null"}"#,
    ] {
      let schema = try AvroSchema(json: json)
      #expect(throws: AlertsError.self) { try AvroDecoder(schema: schema).decode(bytes) }
    }
  }

  @Test("Schemas that are wrong say what is wrong")
  func wrongSchemas() {
    for (json, word) in [
      ("{", "not JSON"), (#"{"type":"record","name":"x"}"#, "without fields"),
      (#""nope""#, "nope"), (#"{"type":"fixed","name":"x"}"#, "size"), ("[]", "empty union"),
      (#"{"type":"record","fields":[]}"#, "without a name"),
    ] {
      let error = #expect(throws: AlertsError.self) { try AvroSchema(json: json) }
      #expect(error?.description.contains(word) == true, "\(json)")
    }
  }

  @Test("A value that doesn't fit names its field")
  func wrongValues() throws {
    let schema = try AvroSchema(json: Self.everything)
    guard case .record(var record) = Self.node("x") else { return }
    record["d"] = .string("text")
    var error = #expect(throws: AlertsError.self) {
      try AvroEncoder(schema: schema).encode(.record(record))
    }
    #expect(error?.description.contains("field d:") == true)
    record["d"] = nil  // nullable: may be left out
    #expect(throws: Never.self) { try AvroEncoder(schema: schema).encode(.record(record)) }
    record["last"] = nil
    error = #expect(throws: AlertsError.self) {
      try AvroEncoder(schema: schema).encode(.record(record))
    }
    #expect(error?.description.contains("last") == true)
  }

  /// Record types that hold each other: twice each, 2^40 values; or in a chain of 5,000.
  private static func nested(_ count: Int, twice: Bool) -> String {
    let fields = (0...count).map { k in
      let inner = k == 0 ? "int" : "R\(k - 1)"
      let more = twice ? #",{"name":"b","type":"\#(inner)"}"# : ""
      return """
        {"name":"f\(k)","type":{"type":"record","name":"R\(k)","fields":[{"name":"a",\
        "type":"\(inner)"}\(more)]}}
        """
    }
    return #"{"type":"record","name":"all","fields":[\#(fields.joined(separator: ","))]}"#
  }

  @Test("Schemas that would fill memory or the stack are refused", arguments: [true, false])
  func explodingSchemas(twice: Bool) throws {
    let schema = try AvroSchema(json: Self.nested(twice ? 40 : 5_000, twice: twice))
    let error = #expect(throws: AlertsError.self) {
      try AvroProjection(schema: schema, fields: ["f0.a"])
    }
    #expect(error?.description.contains("nested") == true)
    let small = try AvroSchema(json: Self.nested(5, twice: twice))
    #expect(throws: Never.self) { try AvroProjection(schema: small, fields: ["f0.a"]) }
  }

  @Test("A filter number that no filter has leaves the band open", arguments: [Int64.min, 0, 4])
  func impossibleFilter(_ fid: Int64) async throws {
    let schema = try AvroSchema(
      json: """
        {"type":"record","name":"alert","fields":[{"name":"candidate","type":{"type":"record",\
        "name":"c","fields":[{"name":"candid","type":"long"},{"name":"jd","type":"double"},\
        {"name":"fid","type":"long"},{"name":"ra","type":"double"},\
        {"name":"dec","type":"double"}]}}]}
        """)
    let candidate = AvroRecord([
      "candid": .long(7), "jd": .double(2_460_000.5), "fid": .long(fid), "ra": .double(10),
      "dec": .double(-5),
    ])
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "ztf.avro")
    let output = try AtomicOutput(path: file.path)
    var writer = try ObjectContainerWriter(output: output, schema: schema)
    try writer.append(
      try AvroEncoder(schema: schema).encode(.record(AvroRecord(["candidate": .record(candidate)])))
    )
    try writer.finish()
    try output.commit()
    let reader = AlertReader(registry: SchemaRegistry())
    let found = try await reader.detections(at: file)
    #expect(found.quarantined.isEmpty)
    #expect(found.detections.map(\.band) == [nil])
  }
}
