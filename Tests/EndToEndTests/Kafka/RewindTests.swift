import Alerts
import Foundation
import TestSupport
import Testing

/// `tag --from-time`: a group is set back to a moment once, then goes on from where it came to.
@Suite(.waits) struct RewindTests {
  private static let partitions: Int32 = 2

  @Test("A group is rewound to the first messages of a moment, once for each moment")
  func rewind() throws {
    let stream = try SimulatedStream()
    defer { stream.remove() }
    let cluster = try MockCluster(
      brokers: 1,
      topics: [
        ("alerts", Self.partitions), ("tagged", Self.partitions), ("tagged.dead-letter", 1),
      ])
    let all = Array(stream.published(partitions: Self.partitions).prefix(60))
    try cluster.publish(all, to: "alerts")
    let broker = try #require(cluster.brokers.split(separator: ":").last.flatMap { UInt16($0) })
    let proxy = try TimeProxy(broker: broker) { topic, partition, moment in
      guard topic == "alerts" else { return -1 }
      let own = all.filter { $0.partition == partition }
      return own.firstIndex { $0.timestamp >= moment }.map(Int64.init) ?? -1
    }
    let address = "kafka://\(proxy.address)"
    /// Tags to the end of the topic; what came to the output by it.
    func tagged(from index: Int?) throws -> [String?] {
      let before = try cluster.read("tagged", partitions: Self.partitions)
      var more = ["--delivery", "marks", "--until-end"]
      if let index {
        // Unix time 0 is MJD 40587. Half a second before: no message is just at the moment.
        let mjd = 40_587 + (Double(all[index].timestamp) / 1_000 - 0.5) / 86_400
        more += ["--from-time", "\(mjd):utc"]
      }
      let run = try ProgramRun(
        try stream.arguments(address + "/alerts", address + "/tagged", more))
      #expect(run.status == 0, "\(run.errors)")
      let after = try cluster.read("tagged", partitions: Self.partitions)
      return (0..<Self.partitions).flatMap { partition in
        let old = before.count { $0.partition == partition }
        return after.filter { $0.partition == partition }.dropFirst(old).map(\.key)
      }
    }
    func keys(_ range: Range<Int>) -> [String?] {
      (0..<Self.partitions).flatMap { partition in
        all[range].filter { $0.partition == partition }.map(\.key)
      }
    }
    #expect(try tagged(from: 41) == keys(41..<60))
    #expect(proxy.lookups > 0)
    // The same moment again is no rewind: all of it was tagged.
    #expect(try tagged(from: 41) == [])
    // Another moment is one: what lies behind it is tagged again.
    #expect(try tagged(from: 30) == keys(30..<60))
    #expect(try tagged(from: nil) == [])
  }
}
