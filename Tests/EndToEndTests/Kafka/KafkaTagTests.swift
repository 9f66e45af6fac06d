import Alerts
import CRDKafka
import Foundation
import TestSupport
import Testing

/// `tag` from topic to topic over TCP, on a mock cluster of three brokers.
///
/// Most of the time is waiting for groups to form (3 s on the mock, each time): every test has a
/// cluster of its own and waits beside some others.
@Suite(.waits) struct KafkaTagTests {
  private static let partitions: Int32 = 2

  private func cluster() throws -> MockCluster {
    try MockCluster(topics: [
      ("alerts", Self.partitions), ("tagged", Self.partitions), ("tagged.dead-letter", 1),
    ])
  }

  /// Every input message stands once in the output, in its partition and order.
  private func check(_ output: [TestMessage], holds input: [TestMessage]) {
    for partition in 0..<Self.partitions {
      let expected = input.filter { $0.partition == partition }.map(\.key)
      #expect(output.filter { $0.partition == partition }.map(\.key) == expected)
    }
  }

  @Test(
    "Topic to topic gives the bytes that a file does; keys, headers, times and order stay",
    arguments: ["transactions", "marks"])
  func sameAsFile(_ delivery: String) throws {
    let stream = try SimulatedStream()
    defer { stream.remove() }
    let cluster = try cluster()
    var input = stream.published(partitions: Self.partitions)
    let tagged = try stream.taggedAsFile()
    #expect(tagged.count == input.count && tagged != stream.messages.map(\.bytes))
    // An unknown schema, a packet cut short, nothing at all, a time that no ephemeris holds.
    let late = Framing.confluent(
      schemaID: SimulatedStream.schemaID, body: try stream.record(3, midpointMjdTai: 90_000))
    let poison: [(bytes: [UInt8], reason: String)] = [
      ([0, 0, 0, 9, 9] + stream.messages[0].bytes.dropFirst(5), "2313"),
      (Array(stream.messages[5].bytes.dropLast(9)), "bytes into the alert"), ([], "is empty"),
      (late, "outside the ephemerides"),
    ]
    for (index, bad) in poison.enumerated() {
      let message = TestMessage(
        partition: 1, key: "bad \(index)", value: bad.bytes, headers: ["origin": "here"])
      input.insert(message, at: 20 + 30 * index)
    }
    // The brokers refuse some requests for a moment, as they do when leaders move.
    cluster.refuse(
      0, [RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS])
    try cluster.publish(input, to: "alerts")
    let sidecar = stream.folder.appending(path: "candidates-\(delivery).csv")
    let unseen = stream.folder.appending(path: "missing-\(delivery).csv")
    let run = try ProgramRun(
      try stream.arguments(
        cluster.address("alerts"), cluster.address("tagged"),
        [
          "--until-end", "--json", "--delivery", delivery, "--candidates", sidecar.path,
          "--missing", unseen.path, "--limit", "24",
        ]))
    #expect(run.status == 3, "\(run.errors)")
    #expect(try Self.lines(sidecar) == Self.lines(stream.candidates))
    #expect(try Self.lines(unseen) == Self.lines(stream.missing))
    #expect(try Self.lines(sidecar).count > 50)
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect(report["alerts"] as? Int == stream.messages.count)
    #expect(report["deadLetters"] as? Int == 4 && report["repeated"] as? Int == 0)

    let output = try cluster.read("tagged", partitions: Self.partitions)
    let alerts = input.filter { !($0.key ?? "").hasPrefix("bad") }
    check(output, holds: alerts)
    let expected = Dictionary(
      uniqueKeysWithValues: zip(stream.messages.map { Optional($0.id) }, tagged))
    for message in output { #expect(message.value == expected[message.key]) }
    let sent = Dictionary(uniqueKeysWithValues: alerts.map { ($0.key, $0) })
    for message in output {
      #expect(message.timestamp == sent[message.key]?.timestamp)
      let headers = message.headers.filter { $0.key != "ecliptic-source" }
      #expect(headers == sent[message.key]?.headers)
    }
    let dead = try cluster.read("tagged.dead-letter", partitions: 1)
    #expect(dead.map(\.key) == ["bad 0", "bad 1", "bad 2", "bad 3"])
    for (message, bad) in zip(dead, poison) {
      #expect(message.value == bad.bytes && message.headers["origin"] == "here")
      #expect(message.headers["ecliptic-error"]?.contains(bad.reason) == true, "\(message.headers)")
    }
  }

  private static func lines(_ file: URL) throws -> [String] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init).sorted()
  }

  /// How often the tagger is killed; more by hand: ECLIPTIC_TEST_CRASHES=50.
  private static let crashes =
    ProcessInfo.processInfo.environment["ECLIPTIC_TEST_CRASHES"].flatMap(Int.init) ?? 2

  @Test(
    "Killed at random points: nothing lost, nothing doubled",
    arguments: ["transactions", "marks"])
  func crashes(_ delivery: String) async throws {
    let stream = try SimulatedStream()
    defer { stream.remove() }
    let cluster = try cluster()
    let all = stream.published(partitions: Self.partitions)
    var published = 0
    let more = [
      "--delivery", delivery, "--visit-quiet", "0.05", "--visit-latency", "0.2", "--group", "crash",
      "--quiet",
    ]
    let arguments = try stream.arguments(
      cluster.address("alerts"), cluster.address("tagged"), more)
    var generator = SystemRandomNumberGenerator()
    for crash in 0..<Self.crashes {
      let process = try BackgroundRun(arguments)
      let count = { try cluster.count("tagged", partitions: Self.partitions) }
      let before = try count()
      let target = all.count * (crash + 1) / (Self.crashes + 1)
      // Alerts go on coming while it works, and while it is dead; it dies once it writes.
      let deadline = Date().addingTimeInterval(300)
      var end: Date?
      while end.map({ Date() < $0 }) ?? (Date() < deadline) {
        if published < target {
          let next = min(published + 3, target)
          try cluster.publish(Array(all[published..<next]), to: "alerts")
          published = next
        }
        if end == nil, try count() > before {
          end = Date().addingTimeInterval(Double.random(in: 0...0.5, using: &generator))
        }
        try await Task.sleep(for: .milliseconds(10))
      }
      #expect(end != nil, "the tagger wrote nothing: \(process.errors)")
      process.kill()
    }
    try cluster.publish(Array(all[published...]), to: "alerts")
    let last = try ProgramRun(arguments + ["--until-end"])
    #expect(last.status == 0, "\(last.errors)")
    check(try cluster.read("tagged", partitions: Self.partitions), holds: all)
  }

  @Test("SIGTERM ends it with code 0, the next run goes on; a broker may be down meanwhile")
  func stopping() async throws {
    let stream = try SimulatedStream()
    defer { stream.remove() }
    let cluster = try cluster()
    let all = stream.published(partitions: Self.partitions)
    let half = all.count / 2
    let arguments = try stream.arguments(
      cluster.address("alerts"), cluster.address("tagged"),
      ["--visit-quiet", "0.1", "--delivery", "marks"])
    try cluster.publish(Array(all[..<half]), to: "alerts")
    let process = try BackgroundRun(arguments)
    try await wait { try cluster.count("tagged", partitions: Self.partitions) == half }
    cluster.setBroker(2, isUp: false)
    try await Task.sleep(for: .seconds(1))
    cluster.setBroker(2, isUp: true)
    try cluster.publish(Array(all[half..<(half + 20)]), to: "alerts")
    try await wait { try cluster.count("tagged", partitions: Self.partitions) == half + 20 }
    #expect(process.terminate() == 0, "\(process.errors)")
    #expect(process.errors.contains("stopped by a signal"))
    try cluster.publish(Array(all[(half + 20)...]), to: "alerts")
    let last = try ProgramRun(arguments + ["--until-end"])
    #expect(last.status == 0, "\(last.errors)")
    check(try cluster.read("tagged", partitions: Self.partitions), holds: all)
  }

  @Test("A second member takes its share, and all of it when the first is stopped")
  func rebalancing() async throws {
    let stream = try SimulatedStream()
    defer { stream.remove() }
    let cluster = try cluster()
    let all = stream.published(partitions: Self.partitions)
    let third = all.count / 3
    let arguments = try stream.arguments(
      cluster.address("alerts"), cluster.address("tagged"),
      ["--visit-quiet", "0.1", "--delivery", "marks", "--report-every", "0.5"])
    func done(_ count: Int) async throws {
      try await wait { try cluster.count("tagged", partitions: Self.partitions) >= count }
    }
    try cluster.publish(Array(all[..<third]), to: "alerts")
    let first = try BackgroundRun(arguments)
    try await done(third)
    let second = try BackgroundRun(arguments)
    // The mock's groups take some seconds to form anew: alerts go on coming all the while.
    let joined = Date().addingTimeInterval(12)
    var published = third
    while Date() < joined {
      let next = min(2 * third, published + 2)
      try cluster.publish(Array(all[published..<next]), to: "alerts")
      published = next
      try await Task.sleep(for: .milliseconds(300))
    }
    try cluster.publish(Array(all[published..<(2 * third)]), to: "alerts")
    try await done(2 * third)
    #expect(second.errors.contains(" alerts "), "the second member did nothing: \(second.errors)")
    #expect(first.terminate() == 0, "\(first.errors)")
    try cluster.publish(Array(all[(2 * third)...]), to: "alerts")
    try await done(all.count)
    #expect(second.terminate() == 0, "\(second.errors)")
    check(try cluster.read("tagged", partitions: Self.partitions), holds: all)
  }

  @Test("A full buffer lets the oldest exposures go; nothing is lost of those that wait")
  func backPressure() async throws {
    let stream = try SimulatedStream()
    defer { stream.remove() }
    let cluster = try cluster()
    let all = stream.published(partitions: Self.partitions)
    #expect(all.reduce(0) { $0 + $1.value.count } > 2 << 20)
    try cluster.publish(all, to: "alerts")
    // By silence or latency nothing would be written for minutes.
    let arguments = try stream.arguments(
      cluster.address("alerts"), cluster.address("tagged"), ["--delivery", "marks"])
    let waiting = ["--visit-quiet", "2000", "--visit-latency", "4000"]
    let process = try BackgroundRun(arguments + waiting + ["--buffer", "1"])
    try await wait { try cluster.count("tagged", partitions: Self.partitions) > 0 }
    #expect(process.terminate() == 0, "\(process.errors)")
    let early = try cluster.count("tagged", partitions: Self.partitions)
    #expect(early < all.count)
    let last = try ProgramRun(arguments + ["--until-end"])
    #expect(last.status == 0, "\(last.errors)")
    check(try cluster.read("tagged", partitions: Self.partitions), holds: all)
  }

  private func wait(_ condition: () throws -> Bool) async throws {
    let deadline = Date().addingTimeInterval(300)
    while try !condition() {
      guard Date() < deadline else { throw MockFailure(description: "waited for 300 s") }
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  @Test("What is wrong with an address, a setting or a topic is said, with its place")
  func wrongUse() throws {
    let stream = try SimulatedStream()
    defer { stream.remove() }
    func tag(_ more: [String]) throws -> ProgramRun {
      try ProgramRun(["tag", "--orbits", stream.orbits] + more)
    }
    let half = try tag(["kafka://localhost:9092/alerts", "--output", "out.avro"])
    #expect(half.status == 2 && half.errors.contains("kafka:// output"))
    let noTopic = try tag(["kafka://localhost:9092", "--output", "kafka://localhost:9092/out"])
    #expect(noTopic.status == 2 && noTopic.errors.contains("names no topic"))
    let settings = stream.folder.appending(path: "wrong.properties")
    func tag(settings text: String) throws -> ProgramRun {
      try Data(text.utf8).write(to: settings)
      return try tag([
        "kafka://localhost:1/alerts", "--output", "kafka://localhost:1/out", "--kafka-config",
        settings.path,
      ])
    }
    let group = try tag(settings: "# ours\ngroup.id=x\n")
    #expect(group.status == 1 && group.errors.contains("wrong.properties:2: group.id"))
    let unknown = try tag(settings: "sasl.mechanism=SCRAM-SHA-512\nno.such.setting=1\n")
    #expect(unknown.status == 1 && unknown.errors.contains("wrong.properties:2: No such"))
    let nobody = try tag(settings: "socket.connection.setup.timeout.ms=1000\n")
    #expect(nobody.status == 1 && nobody.errors.contains("reachable"), "\(nobody.errors)")

    let login = try tag(
      settings: "security.protocol=sasl_plaintext\nsasl.mechanism=SCRAM-SHA-512\n")
    #expect(login.status == 1 && login.errors.contains("sasl.username"), "\(login.errors)")
    let authority = try tag(
      settings: "security.protocol=ssl\nssl.ca.location=/no/such/folder/ca.pem\n")
    #expect(authority.status == 1 && authority.errors.contains("ssl.ca.location"))
    let mechanism = try tag(settings: "security.protocol=sasl_ssl\nsasl.mechanism=NONE\n")
    #expect(mechanism.status == 1 && mechanism.errors.contains("NONE"), "\(mechanism.errors)")
  }

  @Test("A cluster that speaks otherwise, or has too few partitions, is said")
  func wrongCluster() throws {
    let stream = try SimulatedStream()
    defer { stream.remove() }
    let settings = stream.folder.appending(path: "wrong.properties")
    let cluster = try MockCluster(topics: [("alerts", 3), ("tagged", 2)])
    // Settings of security go to the library: it speaks TLS, or SASL, to brokers that don't.
    for (text, word) in [
      ("security.protocol=ssl\nenable.ssl.certificate.verification=false\n", "SSL"),
      (
        "security.protocol=sasl_plaintext\nsasl.mechanism=PLAIN\nsasl.username=a\n"
          + "sasl.password=b\n", "sasl"
      ),
    ] {
      try Data(text.utf8).write(to: settings)
      let run = try ProgramRun([
        "tag", "--orbits", stream.orbits, cluster.address("alerts"), "--output",
        cluster.address("out"), "--kafka-config", settings.path,
      ])
      #expect(
        run.status == 1 && run.errors.lowercased().contains(word.lowercased()), "\(run.errors)")
    }
    let fewer = try ProgramRun(
      try stream.arguments(cluster.address("alerts"), cluster.address("tagged"), []))
    #expect(fewer.status == 1 && fewer.errors.contains("has 2 partitions, alerts has 3"))
  }
}
