import Alerts
import Dynamics
import Foundation
import Prediction

/// Packets a second on one core: the projection alone, packets to detections, and tag splicing
/// with the writing of the file; libavro's decoding of the same bytes beside.
enum PacketBenchmark {
  static let usage = "packets SCHEMAS FOLDER REPEATS SAMPLE"

  /// One packet without container or frame.
  private struct Packet {
    var schema: AlertSchema
    var bytes: [UInt8]
  }

  static func run(_ arguments: [String]) async throws -> [String: Double]? {
    guard arguments.count == 4, let repeats = Int(arguments[2]), repeats > 0 else { return nil }
    let registry = try SchemaRegistry(folder: URL(filePath: arguments[0]))
    let urls = try AlertReader.files(at: URL(filePath: arguments[1]))
    let reader = AlertReader(registry: registry)
    // Some of ZTF's published files are damaged: those are for the tests.
    let files = urls.compactMap { try? AlertFile(url: $0, registry: registry) }
    let packets = try files.flatMap(packets)
    var results: [String: Double] = [:]
    results["packets"] = Double(packets.count)
    results["meanBytes"] =
      Double(packets.reduce(0) { $0 + $1.bytes.count }) / Double(max(1, packets.count))
    results["projection"] = try rate(packets.count, repeats) {
      var slots: [AvroSlot] = []
      for packet in packets {
        let result = packet.bytes.withUnsafeBytes { buffer in
          Result { try packet.schema.projection.walk(buffer, at: 0, into: &slots) }
        }
        guard try result.get() == packet.bytes.count else {
          throw AlertsError.file("", reason: "length")
        }
      }
    }
    results["decode"] = try rate(packets.count, 1) {
      for packet in packets {
        _ = try AvroDecoder(schema: packet.schema.schema).decode(packet.bytes)
      }
    }
    results["detections"] = try await rate(files.count, repeats) {
      for file in files { _ = try await reader.packets(in: file) }
    }
    results["libavro"] = try LibavroDecoding(
      packets.map { ($0.schema.schema.json, $0.bytes) }
    ).packetsPerSecond()
    try sample(packets).write(to: URL(filePath: arguments[3]))
    try await splice(files, reader, urls[0].deletingLastPathComponent(), repeats, &results)
    return results
  }

  private static func packets(_ file: AlertFile) throws -> [Packet] {
    try file.locatedAlerts(where: { _ in true }, limit: .max).map { _, alert in
      let schema = file.schemas[0]
      return Packet(schema: schema, bytes: try AvroEncoder(schema: schema.schema).encode(alert))
    }
  }

  /// For peers: each packet after the length of its schema's text, that text, and its own length.
  private static func sample(_ packets: [Packet]) -> Data {
    var data = Data()
    for packet in packets {
      for part in [Array(packet.schema.schema.json.utf8), packet.bytes] {
        withUnsafeBytes(of: UInt32(part.count).bigEndian) { data.append(contentsOf: $0) }
        data.append(contentsOf: part)
      }
    }
    return data
  }

  /// The alerts that their own orbits tag, written again and again.
  private static func splice(
    _ files: [AlertFile], _ reader: AlertReader, _ folder: URL, _ repeats: Int,
    _ results: inout [String: Double]
  ) async throws {
    let orbits = try reader.orbits(at: folder).orbits
    guard !orbits.isEmpty else { return }
    let predictor = try Predictor(orbits: orbits, solarSystem: SolarSystem.load())
    let tagger = AlertTagger(reader: reader, predictor: predictor)
    let matched = zip(files, try await tagger.match(files)).filter { $1.taggedCount > 0 }
    results["splicedPackets"] = Double(matched.count)
    results["splice"] = try await rate(matched.count, repeats) {
      for (file, result) in matched {
        let output = try AtomicOutput(path: "/dev/null")
        try await tagger.rewrite(file, result).write(to: output)
        try output.commit()
      }
    }
  }

  private static func rate(_ count: Int, _ repeats: Int, _ work: () throws -> Void) rethrows
    -> Double
  {
    let clock = Stopwatch()
    for _ in 0..<repeats { try work() }
    return Double(count * repeats) / clock.cpu
  }

  private static func rate(
    _ count: Int, _ repeats: Int, _ work: @Sendable () async throws -> Void
  ) async rethrows -> Double {
    let clock = Stopwatch()
    for _ in 0..<repeats { try await work() }
    return Double(count * repeats) / clock.cpu
  }
}
