import Alerts
import Astro
import Dynamics
import Foundation
import Prediction
import TestSupport
import Testing

/// One real alert in every layout that Rubin published, 7.4 to 11.0, tagged by schema id.
@Suite(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
struct LayoutTests {
  private static let ssObjectId: Int64 = 21_163_624_394_469_969

  /// The alert without its tag, in a layout, as a framed message.
  private func message(
    _ id: UInt32, _ registry: SchemaRegistry
  ) throws -> (bytes: [UInt8], alert: AvroValue) {
    let source = try AlertFile(
      url: RealAlerts.rubin.appending(path: "170094456480989258.bin"), registry: registry)
    guard case .record(var record) = try source.alerts()[0],
      case .record(var detection)? = record["diaSource"]
    else { throw AlertsError.file("alert", reason: "is no record") }
    record["ssSource"] = .null
    record["mpc_orbits"] = .null
    detection["ssObjectId"] = .null
    record["diaSource"] = .record(detection)
    let schema = try registry.schema(id: id).schema
    let value = AvroValue.record(record).conformed(to: schema.root, of: schema)
    return (
      Framing.confluent(schemaID: id, body: try AvroEncoder(schema: schema).encode(value)), value
    )
  }

  @Test(
    "Rubin's layouts 7.4 to 11.0 get what they have room for, and nothing else changes",
    arguments: [UInt32(704), 800, 900, 1000, 1100])
  func layouts(_ id: UInt32) async throws {
    let registry = try SchemaRegistry(folder: RealAlerts.folder.appending(path: "rubin_schemas"))
    let reader = AlertReader(registry: registry)
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let tagger = AlertTagger(
      reader: reader,
      predictor: try Predictor(
        orbits: try RealAlerts.reader().orbits(at: RealAlerts.rubin).orbits,
        solarSystem: solarSystem))
    let (bytes, before) = try message(id, registry)
    let file = try AlertFile(Data(bytes), name: "message", registry: registry)
    let result = try await tagger.match([file])[0]
    #expect(result.taggedCount == 1 && result.quarantined.isEmpty)
    let rewrite = try await tagger.rewrite(file, result)
    #expect(rewrite.untaggable.isEmpty)
    let target = UnsafeMutableRawBufferPointer.allocate(byteCount: rewrite.byteCount, alignment: 8)
    defer { target.deallocate() }
    try await rewrite.copy(to: target, jobs: 2)
    let tagged = try AlertFile(Data(target), name: "tagged", registry: registry)
    #expect(tagged.faults.isEmpty)
    let after = try tagged.alerts()[0]

    #expect(after["diaSource"]?["ssObjectId"] == .long(Self.ssObjectId))
    guard case .record(let old) = before, case .record(let new) = after else { return }
    #expect(old.fields.map(\.key) == new.fields.map(\.key))
    for (was, now) in zip(old.fields, new.fields)
    where !["ssSource", "mpc_orbits", "MPCORB", "diaSource"].contains(was.key) {
      #expect(was.value.isSame(as: now.value), "\(was.key)")
    }
    guard case .record(let oldSource)? = before["diaSource"],
      case .record(let newSource)? = after["diaSource"]
    else { return }
    for (was, now) in zip(oldSource.fields, newSource.fields) where was.key != "ssObjectId" {
      #expect(was.value.isSame(as: now.value), "\(was.key)")
    }
    let separation = try #require(result.alerts[0].candidates.first).association.separation
    try check(after, id, offsetArcsec: separation / Angle.arcsecond)
  }

  private func check(_ alert: AvroValue, _ id: UInt32, offsetArcsec: Double) throws {
    func number(_ record: String, _ field: String) throws -> Double {
      try #require(alert[record]?[field]?.number, "\(record).\(field)")
    }
    switch id {
    case 704:
      #expect(alert["ssSource"] == nil && alert["ssObject"]?.isNull == true)
    case 800, 900:
      #expect(alert["ssSource"]?["ssObjectId"] == .long(Self.ssObjectId))
      let offset = hypot(
        try number("ssSource", "residualRa"), try number("ssSource", "residualDec"))
      #expect(abs(offset - offsetArcsec) < 1e-9)
      #expect(try number("ssSource", "heliocentricDist") > 1)
      #expect(alert["MPCORB"]?["mpcDesignation"] == .string("2004 JQ12"))
      let (a, q, e) = (
        try number("MPCORB", "a"), try number("MPCORB", "q"), try number("MPCORB", "e")
      )
      #expect(abs(a * (1 - e) - q) < 1e-12)
    default:
      #expect(alert["ssSource"]?["designation"] == .string("2004 JQ12"))
      let offset = hypot(
        try number("ssSource", "ephOffsetRa"), try number("ssSource", "ephOffsetDec"))
      #expect(abs(offset - offsetArcsec) < 1e-9)
      #expect(alert["mpc_orbits"]?["designation"] == .string("2004 JQ12"))
    }
  }
}

extension AvroValue {
  /// The same alert in another version's layout: what that doesn't have is left out, what it
  /// wants besides is null, zero or empty.
  func conformed(to type: Int, of schema: AvroSchema) -> AvroValue {
    switch (schema[type], self) {
    case (.union(let branches), .null) where branches.contains { schema[$0] == .null }:
      .null
    case (.union(let branches), _):
      conformed(to: branches.first { schema[$0] != .null } ?? type, of: schema)
    case (.record(let record), let value):
      .record(
        AvroRecord(
          fields: record.fields.map { field in
            AvroEntry(
              field.name, (value[field.name] ?? .null).conformed(to: field.type, of: schema))
          }))
    case (.array(let items), .array(let values)):
      .array(values.map { $0.conformed(to: items, of: schema) })
    case (.array, _): .array([])
    case (.boolean, .null): .boolean(false)
    case (.int, .null), (.long, .null): .int(0)
    case (.float, .null), (.double, .null): .float(0)
    case (.string, .null): .string("")
    case (.bytes, .null): .bytes([])
    default: self
    }
  }

  /// Equal but for the names of record types and the widths of numbers.
  func isSame(as other: AvroValue) -> Bool {
    switch (self, other) {
    case (.record(let a), .record(let b)):
      a.fields.count == b.fields.count
        && zip(a.fields, b.fields).allSatisfy { $0.key == $1.key && $0.value.isSame(as: $1.value) }
    case (.array(let a), .array(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.isSame(as: $1) }
    default:
      if let a = number, let b = other.number {
        Float(a) == Float(b) || a.isNaN && b.isNaN
      } else {
        self == other
      }
    }
  }
}
