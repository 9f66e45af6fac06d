import Alerts
import Foundation
import TestSupport
import Testing

/// Damaged real alerts: none may crash, loop or pass unnoticed where damage shows.
@Suite(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
struct MutationTests {
  private static let packets = ["170094456480989258", "169813005919846484", "170595943577026619"]

  private func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: RealAlerts.rubin.appending(path: "\(name).bin")))
  }

  @Test("A packet cut anywhere is quarantined", arguments: packets)
  func truncation(_ name: String) async throws {
    let whole = try bytes(name)
    let reader = try RealAlerts.reader()
    var generator = SeededGenerator(state: 3)
    let random = (0..<60).map { _ in Int.random(in: 6..<whole.count, using: &generator) }
    for length in [6, 7, 8, 20, whole.count - 1] + random {
      let file = try AlertFile(
        Data(whole.prefix(length)), name: "cut", registry: reader.registry)
      let (packets, quarantined) = try await reader.packets(in: file)
      #expect(packets.isEmpty && quarantined.count == 1, "cut at \(length)")
    }
    // And a byte too many.
    let longer = try AlertFile(Data(whole + [0]), name: "long", registry: reader.registry)
    #expect(try await reader.packets(in: longer).quarantined.count == 1)
  }

  /// What the full decoder accepts the projection must walk over to the same end.
  @Test("Changed bytes: no crash, and projection and decoder agree", arguments: packets)
  func changes(_ name: String) throws {
    let whole = try bytes(name)
    let schema = try RealAlerts.registry().schema(id: 1000)
    let decoder = AvroDecoder(schema: schema.schema)
    var generator = SeededGenerator(state: 11)
    var slots: [AvroSlot] = []
    var refused = 0
    for _ in 0..<300 {
      var body = Array(whole.dropFirst(Framing.confluentHeaderLength))
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        // Mostly in the head, where lengths and branches are dense.
        let limit = Bool.random(using: &generator) ? min(900, body.count) : body.count
        let at = Int.random(in: 0..<limit, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: body[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: body[at] = UInt8.random(in: 0...255, using: &generator)
        default: body.insert(UInt8.random(in: 0...255, using: &generator), at: at)
        }
      }
      let decoded = try? decoder.decode(body).end
      let walked = body.withUnsafeBytes { buffer in
        try? schema.projection.walk(buffer, at: 0, into: &slots)
      }
      if let decoded { #expect(walked == decoded) }
      if walked != body.count { refused += 1 }
    }
    // A bit of an image or a float may change unseen; lengths and branches don't.
    #expect(refused > 30)
  }

  @Test("Containers with changed bytes: no crash, and every alert is read or accounted for")
  func containers() async throws {
    let url = RealAlerts.ztf.appending(path: "1060135832015015002.avro")
    let whole = Array(try Data(contentsOf: url))
    let reader = try RealAlerts.reader()
    var generator = SeededGenerator(state: 5)
    for _ in 0..<200 {
      var bytes = whole
      for _ in 0..<3 {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] =
          UInt8.random(in: 0...255, using: &generator)
      }
      guard let file = try? AlertFile(Data(bytes), name: "changed", registry: reader.registry)
      else { continue }
      let (packets, quarantined) = try await reader.packets(in: file)
      #expect(packets.count + quarantined.count > 0)
    }
  }

  @Test("Random bytes behind a frame or a container's magic are refused")
  func noise() async throws {
    let reader = try RealAlerts.reader()
    var generator = SeededGenerator(state: 17)
    for head in [[0, 0, 0, 3, 0xe8], [0x4f, 0x62, 0x6a, 1]] as [[UInt8]] {
      for _ in 0..<200 {
        let noise = (0..<400).map { _ in UInt8.random(in: 0...255, using: &generator) }
        guard
          let file = try? AlertFile(Data(head + noise), name: "noise", registry: reader.registry)
        else { continue }
        let (packets, quarantined) = try await reader.packets(in: file)
        #expect(packets.isEmpty && !quarantined.isEmpty)
      }
    }
  }
}

/// SplitMix64 (Steele, Lea & Flood 2014): the same damage in every run.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
