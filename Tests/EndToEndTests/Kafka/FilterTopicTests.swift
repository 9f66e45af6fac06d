import Foundation
import TestSupport
import Testing

/// Users' filters beside a stream.
@Suite(.waits) struct FilterTopicTests {
  private static let partitions: Int32 = 2

  @Test("What filters choose of a stream is what they choose of a file, whole and tagged, with ids")
  func topics() throws {
    let stream = try SimulatedStream()
    defer { stream.remove() }
    let catalog = stream.folder.appending(path: "c.db").path
    for arguments in [
      ["import", "--catalog", catalog, stream.orbits],
      [
        "filter", "add", "--catalog", catalog, "--owner", "ana", "--name", "known", "--text",
        "tag_isTagged = 1 ORDER BY diaSourceId",
      ],
      [
        "filter", "add", "--catalog", catalog, "--owner", "bob", "--name", "slow", "--text",
        "SELECT a.diaSourceId FROM alerts a, alerts b, alerts c, alerts d, alerts e, alerts f "
          + "WHERE a.ra + b.ra + c.ra + d.ra + e.ra + f.ra = 1000",
      ],
    ] {
      let run = try ProgramRun(arguments)
      try #require(run.status == 0, "\(run.errors)")
    }
    _ = try stream.taggedAsFile()
    let chosen = stream.folder.appending(path: "chosen")
    let asFile = try ProgramRun([
      "tag", "--catalog", catalog, "--schemas", stream.schemas,
      stream.folder.appending(path: "stream.bin").path, "--output",
      stream.folder.appending(path: "again.bin").path, "--filters", chosen.path,
    ])
    try #require(asFile.status == 0, "\(asFile.errors)")
    let lines = try FileManager.default.subpathsOfDirectory(atPath: chosen.path)
      .filter { $0.hasPrefix("ana/known/") && $0.hasSuffix(".jsonl") }
      .flatMap { name in
        try String(contentsOf: chosen.appending(path: name), encoding: .utf8)
          .split(separator: "\n").map(String.init)
      }
    #expect(lines.count > 50)

    let cluster = try MockCluster(topics: [
      ("alerts", Self.partitions), ("tagged", Self.partitions), ("tagged.dead-letter", 1),
      ("pick.light", 1), ("pick.ana.known", 1), ("pick.bob.slow", 1),
    ])
    try cluster.publish(stream.published(partitions: Self.partitions), to: "alerts")
    var arguments = try stream.arguments(
      cluster.address("alerts"), cluster.address("tagged"),
      ["--until-end", "--json", "--filters", "pick"])
    let place = try #require(arguments.firstIndex(of: "--orbits"))
    arguments.replaceSubrange(place...(place + 1), with: ["--catalog", catalog])
    let run = try ProgramRun(arguments)
    try #require(run.status == 0, "\(run.errors)")

    #expect(try cluster.count("tagged", partitions: Self.partitions) == stream.messages.count)
    // The same alerts, though they came on two partitions: the ledger gives them out again.
    let light = try cluster.read("pick.light", partitions: 1)
    #expect(light.map { String(decoding: $0.value, as: UTF8.self) }.sorted() == lines.sorted())
    let whole = try cluster.read("pick.ana.known", partitions: 1)
    #expect(whole.count == lines.count)
    let ids = Set(whole.compactMap { $0.headers["ecliptic-id"] })
    #expect(ids.count == whole.count)
    let packets = Set(
      try SimulatedStream.messages(of: stream.folder.appending(path: "again.bin")))
    #expect(whole.allSatisfy { packets.contains($0.value) })
    for message in whole {
      #expect(lines.contains(message.headers["ecliptic-light"] ?? ""))
    }
    #expect(try cluster.count("pick.bob.slow", partitions: 1) == 0)
    let stats = try ProgramRun(["filter", "stats", "--catalog", catalog, "--prometheus", "-"])
    #expect(stats.output.contains("ecliptic_filter_failures_total{filter=\"bob/slow\""))
  }
}
