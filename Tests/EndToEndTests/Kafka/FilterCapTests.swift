import Alerts
import Foundation
import TestSupport
import Testing

/// A user's cap over processes that have parts of the same visits.
@Suite(.waits) struct FilterCapTests {
  private static let cap = 20

  /// Alerts of one exposure, copied so that each visit has many, and a filter that matches all.
  private func withStream(
    _ body: (_ stream: SimulatedStream, _ catalog: String) async throws -> Void
  ) async throws {
    let stream = try SimulatedStream()
    defer { stream.remove() }
    let catalog = stream.folder.appending(path: "c.db").path
    for arguments in [
      ["import", "--catalog", catalog, stream.orbits],
      [
        "filter", "add", "--catalog", catalog, "--owner", "ana", "--name", "all", "--text",
        "diaSourceId > 0 ORDER BY diaSourceId",
      ],
      [
        "filter", "add", "--catalog", catalog, "--owner", "ana", "--name", "last", "--text",
        "diaSourceId > 0 ORDER BY diaSourceId DESC",
      ],
    ] {
      let run = try ProgramRun(arguments)
      try #require(run.status == 0, "\(run.errors)")
    }
    try await body(stream, catalog)
  }

  /// The first messages as if they were all of one exposure.
  private func oneVisit(_ stream: SimulatedStream, _ count: Int) throws -> [(String, [UInt8])] {
    let midpoint = try #require(
      stream.alerts[0]["diaSource"]?["midpointMjdTai"]?.number)
    return try (0..<min(count, stream.alerts.count)).map { index in
      (
        stream.messages[index].id,
        Framing.confluent(
          schemaID: SimulatedStream.schemaID,
          body: try stream.record(index, midpointMjdTai: midpoint))
      )
    }
  }

  /// diaSourceIds that a folder of choices has, by filter.
  private func chosen(_ folder: URL) throws -> [Set<Int>] {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
    return try ["ana/all/", "ana/last/"].map { filter in
      Set(
        try names.filter { $0.hasPrefix(filter) && $0.hasSuffix(".jsonl") }.flatMap { name in
          try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            .split(separator: "\n").compactMap {
              (try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])?[
                "diaSourceId"] as? Int
            }
        })
    }
  }

  @Test(
    "Two processes at once on the halves of a visit give out no more than the cap, and all of it")
  func files() async throws {
    try await withStream { stream, catalog in
      let messages = try oneVisit(stream, 400)
      #expect(messages.count > 100)
      var runs: [BackgroundRun] = []
      var folders: [URL] = []
      for half in 0..<2 {
        let input = stream.folder.appending(path: "half\(half).bin")
        var bytes: [UInt8] = []
        for (index, message) in messages.enumerated() where index % 2 == half {
          bytes += try Framing.lengthPrefixed(message.1)
        }
        try Data(bytes).write(to: input)
        folders.append(stream.folder.appending(path: "chosen\(half)"))
        runs.append(
          try BackgroundRun([
            "tag", "--catalog", catalog, "--schemas", stream.schemas, input.path, "--output",
            stream.folder.appending(path: "tagged\(half).bin").path, "--filters",
            folders[half].path,
          ]))
      }
      for run in runs { #expect(run.wait() == 0, "\(run.errors)") }
      let given = try folders.map { try chosen($0) }
      let all = Set(given.flatMap { $0.flatMap { $0 } })
      #expect(all.count == Self.cap)
      // Who came first gave out its best by each filter's order, in turns.
      let ids = messages.compactMap { Int($0.0) }
      for half in 0..<2 where given[half].reduce(0, { $0 + $1.count }) == Self.cap {
        let own = ids.enumerated().filter { $0.offset % 2 == half }.map(\.element).sorted()
        #expect(given[half][0] == Set(own.prefix(Self.cap / 2)))
        #expect(given[half][1] == Set(own.suffix(Self.cap / 2)))
      }
      // Once more, the other way round: the same alerts again, and none beside them.
      let again = stream.folder.appending(path: "again")
      for half in [1, 0] {
        let run = try ProgramRun([
          "tag", "--catalog", catalog, "--schemas", stream.schemas,
          stream.folder.appending(path: "half\(half).bin").path, "--output",
          stream.folder.appending(path: "again\(half).bin").path, "--filters",
          again.appending(path: "\(half)").path,
        ])
        #expect(run.status == 0, "\(run.errors)")
      }
      let rerun = try (0..<2).flatMap { try chosen(again.appending(path: "\($0)")).flatMap { $0 } }
      #expect(Set(rerun) == all)
    }
  }

  @Test("Two members of a group, one killed in the middle: the cap holds, no choice is lost")
  func stream() async throws {
    try await withStream { stream, catalog in
      let messages = try oneVisit(stream, 200)
      let cluster = try MockCluster(topics: [
        ("alerts", 2), ("tagged", 2), ("tagged.dead-letter", 1), ("pick.light", 1),
        ("pick.ana.all", 1), ("pick.ana.last", 1),
      ])
      func arguments() throws -> [String] {
        var arguments = try stream.arguments(
          cluster.address("alerts"), cluster.address("tagged"),
          ["--filters", "pick", "--visit-quiet", "1", "--delivery", "marks"])
        let place = try #require(arguments.firstIndex(of: "--orbits"))
        arguments.replaceSubrange(place...(place + 1), with: ["--catalog", catalog])
        return arguments
      }
      let first = try BackgroundRun(try arguments())
      let second = try BackgroundRun(try arguments())
      // The members have their partitions.
      try await Task.sleep(for: .seconds(8))
      func publish(_ range: Range<Int>) throws {
        try cluster.publish(
          range.map { index in
            TestMessage(
              partition: Int32(index % 2), key: messages[index].0, value: messages[index].1,
              timestamp: 1_770_000_000_000 + Int64(index))
          }, to: "alerts")
      }
      try publish(0..<100)
      try await Task.sleep(for: .seconds(3))
      first.kill()
      try publish(100..<messages.count)
      let end = Date().addingTimeInterval(300)
      func tagged() throws -> Int {
        Set(try cluster.read("tagged", partitions: 2).map(\.key)).count
      }
      while try tagged() < messages.count, Date() < end {
        try await Task.sleep(for: .seconds(2))
      }
      #expect(try tagged() == messages.count, "\(second.errors.suffix(2_000))")
      #expect(second.terminate() == 0)
      let whole =
        try cluster.read("pick.ana.all", partitions: 1)
        + cluster.read("pick.ana.last", partitions: 1)
      // At least once, with ids: without the doubles they are the cap.
      let ids = Set(whole.compactMap { $0.headers["ecliptic-id"] })
      let alerts = Set(ids.compactMap { $0.split(separator: "/").last })
      #expect(alerts.count == Self.cap, "\(alerts.count)")
      let light = Set(
        try cluster.read("pick.light", partitions: 1).compactMap { $0.headers["ecliptic-id"] })
      #expect(light == ids)
    }
  }
}
