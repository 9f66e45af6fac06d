import Alerts
import Astro
import Astrometry
import Dynamics
import Testing

/// When an exposure of a stream is taken to be complete.
struct VisitBufferTests {
  private let limits = VisitBuffer.Limits(quiet: 2, latency: 10, bytes: 1_000)

  private func exposure(_ number: Int) -> Exposure {
    Exposure(midpoint: Epoch<TAI>(mjd: 61_000 + Double(number) * 5e-4), observatory: .rubin)
  }

  @Test("Silence completes an exposure; a partition that never had any doesn't keep it")
  func quiet() {
    var buffer = VisitBuffer(limits)
    buffer.add(exposure(1), partition: 0, bytes: 10, now: 0)
    buffer.add(exposure(1), partition: 0, bytes: 10, now: 1.5)
    #expect(buffer.takeDue(now: 3.4, partitions: [0, 1], ended: []).isEmpty)
    #expect(buffer.takeDue(now: 3.5, partitions: [0, 1], ended: []) == [exposure(1)])
    #expect(buffer.bytes == 0)
  }

  @Test("All partitions gone on completes it sooner, after a moment for stragglers")
  func passed() {
    var buffer = VisitBuffer(limits)
    for partition in [0, 1] as [Int32] {
      buffer.add(exposure(1), partition: partition, bytes: 10, now: 0)
    }
    buffer.add(exposure(2), partition: 0, bytes: 10, now: 0.2)
    #expect(buffer.takeDue(now: 0.9, partitions: [0, 1], ended: []).isEmpty)
    buffer.add(exposure(2), partition: 1, bytes: 10, now: 0.9)
    #expect(buffer.takeDue(now: 0.9, partitions: [0, 1], ended: []) == [exposure(1)])
    // An earlier exposure that comes late does not make a partition go back.
    buffer.add(exposure(3), partition: 0, bytes: 10, now: 1)
    buffer.add(exposure(1), partition: 0, bytes: 10, now: 1)
    buffer.add(exposure(3), partition: 1, bytes: 10, now: 1)
    #expect(
      buffer.takeDue(now: 1.6, partitions: [0, 1], ended: []) == [exposure(1), exposure(2)])
  }

  @Test("A stream that never pauses is cut at the latency, one that ended at once")
  func latency() {
    var buffer = VisitBuffer(limits)
    for step in 0..<100 {
      buffer.add(exposure(1), partition: 0, bytes: 1, now: Double(step) * 0.1)
      #expect(buffer.takeDue(now: Double(step) * 0.1, partitions: [0], ended: []).isEmpty)
    }
    #expect(buffer.takeDue(now: 10, partitions: [0], ended: []) == [exposure(1)])
    buffer.add(exposure(2), partition: 0, bytes: 1, now: 10)
    #expect(buffer.takeDue(now: 10, partitions: [0], ended: [0]) == [exposure(2)])
  }

  @Test("Too many bytes: the oldest go until half is left; what others took is not counted")
  func size() {
    var buffer = VisitBuffer(limits)
    for number in 1...4 {
      buffer.add(exposure(number), partition: 0, bytes: 240, now: 0)
    }
    #expect(buffer.takeDue(now: 0.1, partitions: [0], ended: []).isEmpty)
    buffer.add(exposure(4), partition: 0, bytes: 100, now: 0.1)
    #expect(
      buffer.takeDue(now: 0.1, partitions: [0], ended: []) == [1, 2, 3].map(exposure))
    #expect(buffer.bytes == 340)
    buffer.remove(exposure(4), bytes: 240)
    buffer.remove(exposure(4), bytes: 100)
    #expect(buffer.bytes == 0 && buffer.takeDue(now: 50, partitions: [0], ended: []).isEmpty)
  }
}

struct StreamNameTests {
  @Test("A mark keeps whatever a group is called; other text is none")
  func marks() {
    let mark = SourceMark(partition: 3, offset: 1 << 40, rewound: 17, stream: "a:b/c/alerts")
    #expect(SourceMark(mark.description) == mark)
    for text in ["", "1:2:3", "1:2::x", "x:2:3:y", "99999999999:1:1:x"] {
      #expect(SourceMark(text) == nil)
    }
  }

  @Test("Addresses: brokers with ports and a topic")
  func addresses() throws {
    let address = try KafkaAddress("kafka://one:9092,[::1]:9093/alerts-v11.0")
    #expect(address.brokers == "one:9092,[::1]:9093" && address.topic == "alerts-v11.0")
    for text in [
      "kafka://", "kafka://one:9092", "kafka://one/alerts", "kafka://one:0/alerts",
      "kafka://one:9092/", "kafka://one:9092/a/b", "kafka://one:9092,/a", "kafka://:9092/a",
      "kafka://one:99999/a", "http://one:9092/a", "kafka://one:9092/..",
    ] {
      #expect(throws: AlertsError.self, "\(text)") { try KafkaAddress(text) }
    }
  }
}
