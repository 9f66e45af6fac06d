import Foundation
import TestSupport
import Testing

/// Alert files that are cut or hold something else, through `ingest`.
@Suite struct AlertFaultTests {
  /// An Avro object container with one record of a schema, as the Avro specification lays it out.
  private func container(schema: String, record: [UInt8]) -> Data {
    func long(_ value: Int) -> [UInt8] {
      var rest = UInt64(bitPattern: Int64((value << 1) ^ (value >> 63)))
      var bytes: [UInt8] = []
      while rest > 0x7f {
        bytes.append(UInt8(rest & 0x7f) | 0x80)
        rest >>= 7
      }
      return bytes + [UInt8(rest)]
    }
    func text(_ s: String) -> [UInt8] { long(s.utf8.count) + Array(s.utf8) }
    let sync = [UInt8](repeating: 0x5a, count: 16)
    let head =
      Array("Obj".utf8) + [1] + long(1) + text("avro.schema") + text(schema) + long(0) + sync
    return Data(head + long(1) + long(record.count) + record + sync)
  }

  @Test func anotherSchemaIsNoAlert() throws {
    try withScratch { scratch in
      let schema =
        #"{"type":"record","name":"person","fields":[{"name":"height","type":"long"}]}"#
      let place = scratch.folder.appending(path: "people.avro")
      try container(schema: schema, record: [0x02]).write(to: place)
      let run = try ProgramRun(["ingest", "--catalog", scratch.catalog, place.path])
      #expect(run.status == 1, "\(run.errors)")
      #expect(run.errors.contains(place.path) && run.errors.contains("neither diaSource"))
      #expect(try scratch.names == ["people.avro"])
    }
  }

  @Test(
    "A packet cut short is set aside, the others come in, and the whole file later adds the rest",
    .enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func cutPacket() throws {
    let folder = try #require(TestPaths.sharedData).appending(path: "alerts/ztf")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    let whole = try names.filter { $0.hasSuffix(".avro") }.prefix(2).map {
      try Data(contentsOf: folder.appending(path: $0))
    }
    try withScratch { scratch in
      let good = scratch.folder.appending(path: "good.avro")
      let cut = scratch.folder.appending(path: "cut.avro")
      try whole[0].write(to: good)
      try whole[1].prefix(whole[1].count / 2).write(to: cut)
      let ingest = ["ingest", "--all", "--catalog", scratch.catalog, good.path, cut.path]
      let first = try ProgramRun(ingest)
      #expect(first.status == 3, "\(first.errors)")
      #expect(first.errors.contains(cut.path) && first.errors.contains("cut short"))
      #expect(try scratch.tables().contains(/DiaSource +1\b/))
      try whole[1].write(to: cut)
      let second = try ProgramRun(ingest)
      #expect(second.status == 0, "\(second.errors)")
      let tables = try scratch.tables()
      #expect(tables.contains(/DiaSource +2\b/) && tables.contains(/quarantine +0\b/))
    }
  }
}
