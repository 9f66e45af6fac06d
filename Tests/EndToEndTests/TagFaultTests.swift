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

  @Test("A container cut within its header is named, with the byte")
  func cutHeader() throws {
    try withScratch { scratch in
      let orbits = try scratch.file(
        "orbits.csv", "designation,epochMjdTdb,x,y,z,vx,vy,vz\n433,60000,1.5,0,0,0,0.014,0.001\n")
      let place = scratch.folder.appending(path: "cut.avro")
      try Data(Array("Obj".utf8) + [1, 2, 22] + Array("avro.sc".utf8)).write(to: place)
      let out = scratch.folder.appending(path: "out.avro").path
      let run = try ProgramRun(["tag", "--orbits", orbits, place.path, "--output", out])
      #expect(run.status == 1, "\(run.errors)")
      #expect(run.errors.contains("\(place.path): at byte"), "\(run.errors)")
      #expect(try scratch.names == ["cut.avro", "orbits.csv"])
    }
  }

  @Test(
    "Outputs that would overwrite or read each other are usage errors",
    arguments: [
      (["kafka://a:1/x", "--output", "kafka://a:1/x"], "both topic x"),
      (["kafka://a:1,b:1/x", "--output", "kafka://b:1,c:1/x"], "both topic x"),
      (["kafka://a:1/x.dead-letter", "--output", "kafka://a:1/x"], "--dead-letter"),
      (["kafka://a:1/x", "--output", "kafka://a:1/y", "--dead-letter", "x"], "--dead-letter"),
      (["kafka://a:1/x", "--output", "kafka://a:1/y", "--dead-letter", "y"], "--dead-letter"),
      (["a.avro", "--output", "b", "--candidates", "./b"], "both go to"),
      (["a.avro", "--output", "b", "--candidates", "c", "--missing", "d/../c"], "both go to"),
      (["a.avro", "--output", "-", "--candidates", "-"], "standard output"),
      (["a.avro", "--output", "b", "--limit", "22"], "--limit needs --missing"),
      (["a.avro", "--output", "b", "--missing", "c", "--limit", "nan"], "--limit"),
      (["a.avro", "--output", "b", "--until-end"], "--until-end goes with kafka://"),
      (["a.avro", "--output", "b", "--group", "g"], "--group goes with kafka://"),
    ])
  func places(arguments: [String], reason: String) throws {
    let run = try ProgramRun(["tag", "--orbits", "o"] + arguments)
    #expect(run.status == 2, "\(run.errors)")
    #expect(run.errors.contains(reason), "\(run.errors)")
  }
}
