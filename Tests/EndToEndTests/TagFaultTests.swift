import Alerts
import Foundation
import Simulation
import TestSupport
import Testing

/// Alerts and command lines that `tag` can't do anything with.
@Suite struct TagFaultTests {
  @Test("An alert of a time that no ephemeris holds is quarantined; all others are tagged")
  func impossibleTime() throws {
    let stream = try SimulatedStream()
    defer { stream.remove() }
    let schema = try AvroSchema(json: AlertPackets.schemaJSON)
    let encoder = AvroEncoder(schema: schema)
    func tagged(_ name: String, _ bad: Int?) throws -> (ProgramRun, [AvroValue]) {
      let path = stream.folder.appending(path: name)
      let output = try AtomicOutput(path: path.path)
      var writer = try ObjectContainerWriter(output: output, schema: schema)
      for (index, alert) in stream.alerts.enumerated() {
        try writer.append(
          index == bad
            ? try stream.record(index, midpointMjdTai: 90_000) : try encoder.encode(alert))
      }
      try writer.finish()
      try output.commit()
      let out = stream.folder.appending(path: "tagged-" + name)
      let run = try ProgramRun(["tag", "--orbits", stream.orbits, path.path, "--output", out.path])
      return (run, try AlertFile(url: out, registry: SchemaRegistry()).alerts())
    }
    let (whole, expected) = try tagged("whole.avro", nil)
    #expect(whole.status == 0, "\(whole.errors)")
    let index = 3
    let (run, found) = try tagged("late.avro", index)
    #expect(run.status == 3, "\(run.errors)")
    #expect(run.errors.contains("late.avro at byte") && run.errors.contains("MJD 90000"))
    #expect(run.output.contains("alerts \(stream.alerts.count - 1),"), "\(run.output)")
    #expect(run.output.contains("quarantined 1"), "\(run.output)")
    #expect(found.count == expected.count)
    // Others of its exposure compete with one detection less: what they are stays.
    for (place, (now, was)) in zip(found, expected).enumerated() where place != index {
      #expect(now["ssSource"]?["designation"] == was["ssSource"]?["designation"])
    }
    #expect(found[index]["diaSource"]?["midpointMjdTai"]?.number == 90_000)
  }
}
