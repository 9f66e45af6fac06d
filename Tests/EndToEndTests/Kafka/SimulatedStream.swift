import Alerts
import Foundation
import Simulation
import TestSupport
import Testing

/// Alerts of a simulated survey as framed messages, the schemas and orbits that belong to them.
struct SimulatedStream {
  let folder: URL
  let schemas: String
  let orbits: String
  /// In the order of the visits.
  let messages: [(id: String, bytes: [UInt8])]
  /// The same, decoded.
  let alerts: [AvroValue]

  static let schemaID: UInt32 = 1000

  init() throws {
    folder = try TestPaths.temporaryFolder()
    let visits = try String(
      contentsOf: TestPaths.fixtures.appending(path: "visits/rubin-baseline.csv"), encoding: .utf8)
    let some = folder.appending(path: "visits.csv")
    let head = visits.split(separator: "\n").prefix(121).joined(separator: "\n")
    try Data((head + "\n").utf8).write(to: some)
    let survey = folder.appending(path: "survey").path
    let made = try ProgramRun([
      "simulate", "--orbits", TestPaths.fixtures.appending(path: "orbits/sbdb.csv").path,
      "--visits", some.path, "--seed", "1", "--false-ratio", "1", "--clones", "3", "--alerts",
      "--write-orbits", "--output", survey,
    ])
    #expect(made.status == 0, "\(made.errors)")
    orbits = survey + "/orbits.csv"
    let schemaFolder = folder.appending(path: "schemas")
    schemas = schemaFolder.path
    try FileManager.default.createDirectory(at: schemaFolder, withIntermediateDirectories: true)
    try Data(AlertPackets.schemaJSON.utf8).write(
      to: schemaFolder.appending(path: "\(Self.schemaID).json"))
    let encoder = AvroEncoder(schema: try AvroSchema(json: AlertPackets.schemaJSON))
    var messages: [(id: String, bytes: [UInt8])] = []
    var alerts: [AvroValue] = []
    for url in try AlertReader.files(at: URL(filePath: survey + "/alerts")) {
      for alert in try AlertFile(url: url, registry: SchemaRegistry()).alerts() {
        let id = try #require(alert["diaSourceId"]?.integer)
        alerts.append(alert)
        messages.append(
          (
            "\(id)",
            Framing.confluent(schemaID: Self.schemaID, body: try encoder.encode(alert))
          ))
      }
    }
    self.messages = messages
    self.alerts = alerts
  }

  /// The bytes of an alert as if it were of another moment.
  func record(_ index: Int, midpointMjdTai: Double) throws -> [UInt8] {
    guard case .record(var alert) = alerts[index],
      let place = alert.fields.firstIndex(where: { $0.key == "diaSource" }),
      case .record(var source) = alert.fields[place].value,
      let inner = source.fields.firstIndex(where: { $0.key == "midpointMjdTai" })
    else { throw MockFailure(description: "alert \(index) has no midpoint") }
    source.fields[inner] = AvroEntry("midpointMjdTai", .double(midpointMjdTai))
    alert.fields[place] = AvroEntry("diaSource", .record(source))
    return try AvroEncoder(schema: try AvroSchema(json: AlertPackets.schemaJSON))
      .encode(.record(alert))
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  /// Beside what ``taggedAsFile()`` makes.
  var candidates: URL { folder.appending(path: "candidates.csv") }
  var missing: URL { folder.appending(path: "missing.csv") }

  /// What `tag` makes of the same messages in a file, by message.
  func taggedAsFile() throws -> [[UInt8]] {
    let input = folder.appending(path: "stream.bin")
    let output = folder.appending(path: "tagged.bin")
    var bytes: [UInt8] = []
    for message in messages { bytes += try Framing.lengthPrefixed(message.bytes) }
    try Data(bytes).write(to: input)
    let run = try ProgramRun([
      "tag", "--orbits", orbits, "--schemas", schemas, input.path, "--output", output.path,
      "--candidates", candidates.path, "--missing", missing.path, "--limit", "24",
    ])
    #expect(run.status == 0, "\(run.errors)")
    return try Self.messages(of: output)
  }

  /// The messages of a file of them.
  static func messages(of file: URL) throws -> [[UInt8]] {
    let tagged = try [UInt8](Data(contentsOf: file))
    var parts: [[UInt8]] = []
    var at = 0
    while at + 4 <= tagged.count {
      let length = tagged[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) }
      parts.append(Array(tagged[(at + 4)..<(at + 4 + length)]))
      at += 4 + length
    }
    return parts
  }

  /// The messages on partitions in turn, with keys, a header and times a minute apart.
  func published(partitions: Int32) -> [TestMessage] {
    messages.enumerated().map { index, message in
      TestMessage(
        partition: Int32(index) % partitions, key: message.id, value: message.bytes,
        headers: ["producer_timestamp": "\(index)"],
        timestamp: 1_770_000_000_000 + Int64(index) * 60_000)
    }
  }

  /// Arguments of `tag` from topic to topic.
  func arguments(_ input: String, _ output: String, _ more: [String]) throws -> [String] {
    let settings = folder.appending(path: "client.properties")
    // The mock's groups take 3 s to form, and drop members whose session is shorter.
    try Data("# test\nsession.timeout.ms=3800\nheartbeat.interval.ms=300\n".utf8)
      .write(to: settings)
    return [
      "tag", "--orbits", orbits, "--schemas", schemas, input, "--output", output,
      "--kafka-config", settings.path,
    ] + more
  }
}
