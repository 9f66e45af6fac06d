import Foundation
import Simulation
import TestSupport
import Testing

/// `--schemas` with the address of a registry that answers as Confluent's does.
@Suite(.serialized, .waits) struct SchemaRegistryTests {
  private func answer(_ fields: [String: Any]) throws -> String {
    String(decoding: try JSONSerialization.data(withJSONObject: fields), as: UTF8.self)
  }

  /// Two messages in one file.
  private func file(_ stream: SimulatedStream) throws -> String {
    let url = stream.folder.appending(path: "two.bin")
    var bytes: [UInt8] = []
    for message in stream.messages.prefix(2) {
      bytes += withUnsafeBytes(of: UInt32(message.bytes.count).bigEndian) { Array($0) }
      bytes += message.bytes
    }
    try Data(bytes).write(to: url)
    return url.path
  }

  private func show(_ stream: SimulatedStream, _ schemas: String) throws -> ProgramRun {
    try ProgramRun(["alert", "show", try file(stream), "--schemas", schemas, "--json"])
  }

  private func ids(_ run: ProgramRun) throws -> [String] {
    let alerts = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
    return try #require(alerts as? [[String: Any]]).compactMap { $0["diaSourceId"] as? Int }
      .map { "\($0)" }
  }

  @Test("A schema is fetched once, with name and password, also when the registry is busy first")
  func fetched() throws {
    let stream = try SimulatedStream()
    defer { stream.remove() }
    let body = try answer(["schema": AlertPackets.schemaJSON])
    let server = try LoopbackServer { path, before in
      guard path == "/base/schemas/ids/1000" else { return .init(status: 404) }
      return before == 0 ? .init(status: 503) : .init(body: body)
    }
    let address = server.address.replacing("http://", with: "http://ann:secret@") + "/base/"
    let run = try show(stream, address)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try ids(run) == stream.messages.prefix(2).map(\.id))
    #expect(server.requests.map(\.path) == ["/base/schemas/ids/1000", "/base/schemas/ids/1000"])
    // RFC 7617: "ann:secret" in base 64.
    #expect(server.requests.allSatisfy { $0.authorization == "Basic YW5uOnNlY3JldA==" })
    #expect(!run.errors.contains("secret"))
  }

  @Test("With --schema-cache the next run needs no registry; a damaged copy is fetched again")
  func cached() throws {
    let stream = try SimulatedStream()
    defer { stream.remove() }
    let body = try answer(["schema": AlertPackets.schemaJSON])
    let server = try LoopbackServer { path, _ in
      path == "/schemas/ids/1000" ? .init(body: body) : .init(status: 404)
    }
    let cache = stream.folder.appending(path: "cache")
    let input = try file(stream)
    func tag() throws -> [UInt8] {
      let output = stream.folder.appending(path: "out.bin")
      let run = try ProgramRun([
        "tag", "--orbits", stream.orbits, "--schemas", server.address, "--schema-cache", cache.path,
        input, "--output", output.path,
      ])
      #expect(run.status == 0, "\(run.errors)")
      return try [UInt8](Data(contentsOf: output))
    }
    let first = try tag()
    #expect(server.requests.count == 1)
    #expect(try tag() == first)
    #expect(server.requests.count == 1)
    let copy = try #require(
      FileManager.default.subpaths(atPath: cache.path)?.first { $0.hasSuffix("1000.json") })
    try Data("{".utf8).write(to: cache.appending(path: copy))
    #expect(try tag() == first)
    #expect(server.requests.count == 2)
  }

  @Test("Types of other subjects are fetched too")
  func references() throws {
    let stream = try SimulatedStream()
    defer { stream.remove() }
    // The simulated schema with its detection moved out.
    var whole = try #require(
      try JSONSerialization.jsonObject(with: Data(AlertPackets.schemaJSON.utf8))
        as? [String: Any])
    var fields = try #require(whole["fields"] as? [[String: Any]])
    let place = try #require(fields.firstIndex { $0["name"] as? String == "diaSource" })
    let source = try #require(fields[place]["type"] as? [String: Any])
    let name = try #require(source["name"] as? String)
    let space = (source["namespace"] ?? whole["namespace"]) as? String
    let full = space.map { "\($0).\(name)" } ?? name
    fields[place]["type"] = full
    whole["fields"] = fields
    let alert = try answer([
      "schema": try answer(whole),
      "references": [["name": full, "subject": "dia/source", "version": 3]],
    ])
    let inner = try answer(["schema": try answer(source), "version": 3, "id": 7])
    let server = try LoopbackServer { path, _ in
      switch path {
      case "/schemas/ids/1000": .init(body: alert)
      case "/subjects/dia%2Fsource/versions/3": .init(body: inner)
      default: .init(status: 404)
      }
    }
    let run = try show(stream, server.address)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try ids(run) == stream.messages.prefix(2).map(\.id))
  }

  @Test("An id that is not there is the message's fault, a registry that fails is not")
  func failures() throws {
    let stream = try SimulatedStream()
    defer { stream.remove() }
    let empty = try LoopbackServer { _, _ in .init(status: 404, body: #"{"error_code":40403}"#) }
    let missing = try show(stream, empty.address)
    #expect(missing.status == 3 && missing.errors.contains("id 1000: is not in the registry"))
    #expect(empty.requests.count == 1)

    let broken = try LoopbackServer { _, _ in .init(status: 500) }
    let failed = try show(stream, broken.address)
    #expect(failed.status == 1 && failed.errors.contains("HTTP status 500 (3 attempts)"))
    let guarded = try LoopbackServer { _, _ in .init(status: 401) }
    let refused = try show(stream, guarded.address)
    #expect(refused.status == 1 && refused.errors.contains("name:password@host"))
    let other = try LoopbackServer { _, _ in .init(body: "<html>hello</html>") }
    let foreign = try show(stream, other.address)
    #expect(foreign.status == 1 && foreign.errors.contains("is --schemas right?"))
    let nobody = try show(stream, "http://127.0.0.1:1")
    #expect(nobody.status == 1 && nobody.errors.contains("127.0.0.1:1"))
    let nonsense = try show(stream, "http://")
    #expect(nonsense.status == 1 && nonsense.errors.contains("expected http(s)://host:port"))
    let notAlert = try answer(["schema": #"{"type":"record","name":"x","fields":[]}"#])
    let wrong = try LoopbackServer { _, _ in .init(body: notAlert) }
    let unusable = try show(stream, wrong.address)
    #expect(unusable.status == 3 && unusable.errors.contains("not of an alert"))
    let proto = try answer(["schema": "message A {}", "schemaType": "PROTOBUF"])
    let foreignType = try LoopbackServer { _, _ in .init(body: proto) }
    #expect(try show(stream, foreignType.address).errors.contains("is of type PROTOBUF"))
  }
}
