import Alerts
import Dynamics
import Foundation
import Prediction

/// Packets a second on one core: the projection alone, packets to detections, and tag splicing
/// with the writing of the file.
enum PacketBenchmark {
  static let usage = "packets SCHEMAS FOLDER REPEATS"

  static func run(_ arguments: [String]) async throws -> [String: Double]? {
    guard arguments.count == 3, let repeats = Int(arguments[2]), repeats > 0 else { return nil }
    let registry = try SchemaRegistry(folder: URL(filePath: arguments[0]))
    let urls = try AlertReader.files(at: URL(filePath: arguments[1]))
    let reader = AlertReader(registry: registry)
    let files = try urls.map { try AlertFile(url: $0, registry: registry) }
    var results: [String: Double] = [:]
    var bodies: [(schema: AlertSchema, bytes: [UInt8])] = []
    for url in urls {
      let bytes = Array(try Data(contentsOf: url))
      guard bytes.count > 5, bytes[0] == 0 else { continue }
      let id = bytes[1..<5].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      bodies.append((try registry.schema(id: id), Array(bytes.dropFirst(5))))
    }
    results["packets"] = Double(bodies.count)
    results["meanBytes"] =
      Double(bodies.reduce(0) { $0 + $1.bytes.count }) / Double(max(1, bodies.count))
    results["projection"] = try rate(bodies.count, repeats) {
      var slots: [AvroSlot] = []
      for (schema, bytes) in bodies {
        let result = bytes.withUnsafeBytes { buffer in
          Result { try schema.projection.walk(buffer, at: 0, into: &slots) }
        }
        guard try result.get() == bytes.count else { throw AlertsError.file("", reason: "length") }
      }
    }
    results["decode"] = try rate(bodies.count, 1) {
      for (schema, bytes) in bodies { _ = try AvroDecoder(schema: schema.schema).decode(bytes) }
    }
    results["detections"] = try await rate(files.count, repeats) {
      for file in files { _ = try await reader.packets(in: file) }
    }
    try await splice(files, reader, urls[0].deletingLastPathComponent(), repeats, &results)
    return results
  }

  /// The alerts that their own orbits tag, written again and again.
  private static func splice(
    _ files: [AlertFile], _ reader: AlertReader, _ folder: URL, _ repeats: Int,
    _ results: inout [String: Double]
  ) async throws {
    let orbits = try reader.orbits(at: folder).orbits
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
