import Astro
import Astrometry
import Dynamics
import Exchange
import Foundation
import TestSupport
import Testing

/// Damaged files: whatever happens to the bytes, readers neither crash nor lose a line.
@Suite(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
struct MutationTests {
  /// SplitMix64: the same damage on every run.
  struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  static let rounds = 300

  /// Cuts the file, or changes, removes or doubles some bytes.
  private func damaged(_ original: [UInt8], _ generator: inout Generator) -> [UInt8] {
    var bytes = original
    if Int.random(in: 0..<4, using: &generator) == 0 {
      bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
    }
    for _ in 0..<Int.random(in: 1...20, using: &generator) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      case 2: bytes.remove(at: place)
      case 3: bytes.insert(contentsOf: ",\"|-.eE \n".utf8.shuffled(using: &generator), at: place)
      default:
        let end = min(bytes.count, place + Int.random(in: 1...200, using: &generator))
        bytes.insert(contentsOf: bytes[place..<end], at: place)
      }
    }
    return bytes
  }

  private func lineCount(_ bytes: [UInt8]) -> Int {
    bytes.count { $0 == 0x0A } + (bytes.last.map { $0 != 0x0A } == true ? 1 : 0)
  }

  private func head(_ path: String, lines: Int) throws -> [UInt8] {
    let all = try [UInt8](Data(contentsOf: RealFiles.url(path)))
    return Array(all.split(separator: 0x0A).prefix(lines).joined(separator: [0x0A])) + [0x0A]
  }

  @Test(arguments: [
    "linking/unnobs/detections.csv", "truth/real_obs80/2008TC3.txt", "truth/real_obs80/2018LA.txt",
    "ades_examples/2023MQ5.psv", "ades_examples/319.psv", "ades_examples/K20Q04A_test.obs",
    "ades_examples/85_test.obs", "truth/real_short_arcs.csv",
  ])
  func everyLineOfDetectionsIsAccountedFor(path: String) throws {
    let original = try head(path, lines: 60)
    var generator = Generator(state: UInt64(path.utf8.count))
    var read = 0
    var refused = 0
    try RealFiles.withFolder { folder in
      let url = folder.appending(path: "damaged")
      for _ in 0..<Self.rounds {
        let bytes = damaged(original, &generator)
        try Data(bytes).write(to: url)
        do {
          let batch = try DetectionFile.readAll(url.path, options: .init(leapSeconds: .erfa))
          let total =
            batch.detections.count + batch.quarantined.count + batch.otherLines
            + batch.continuationLines
          #expect(total == lineCount(bytes))
          #expect(batch.detections.allSatisfy(Self.isSane))
          read += batch.detections.count
        } catch let error as ExchangeError {
          #expect(error.description.contains(url.path))
          refused += 1
        }
      }
    }
    // Most files stay readable, so that the test is about lines and not about headers.
    #expect(read > 0 && refused < Self.rounds / 2)
  }

  @Test(arguments: ["ades_examples/obs.xml", "ades_examples/319.xml"])
  func damagedXMLIsReadOrRefused(path: String) throws {
    let original = try [UInt8](Data(contentsOf: RealFiles.url(path)))
    var generator = Generator(state: 7)
    try RealFiles.withFolder { folder in
      let url = folder.appending(path: "damaged")
      for _ in 0..<Self.rounds {
        try Data(damaged(original, &generator)).write(to: url)
        do {
          let batch = try DetectionFile.readAll(url.path, options: .init(leapSeconds: .erfa))
          #expect(batch.detections.allSatisfy(Self.isSane))
        } catch let error as ExchangeError {
          #expect(error.description.contains(url.path))
        }
      }
    }
  }

  @Test(arguments: ["mpcorb", "csv", "truth/mpc_orb_json/2020AB_mpcorb.json"])
  func everyLineOfOrbitsIsAccountedFor(kind: String) throws {
    var generator = Generator(state: UInt64(kind.utf8.count))
    let sample = try OrbitCSVTests.sample()
    let original: [UInt8]
    switch kind {
    case "mpcorb":
      original = Array((0..<20).map { _ in MPCORBTests.eros + "\n" }.joined().utf8)
    case "csv":
      let lines = (0..<20).map { _ in OrbitCSV.line(sample) }.joined()
      original = Array((OrbitCSV.header + lines).utf8)
    default: original = try [UInt8](Data(contentsOf: RealFiles.url(kind)))
    }
    try RealFiles.withFolder { folder in
      let url = folder.appending(path: "damaged")
      for _ in 0..<Self.rounds {
        let bytes = damaged(original, &generator)
        try Data(bytes).write(to: url)
        do {
          let batch = try OrbitFile.readAll(url.path)
          let total = batch.orbits.count + batch.quarantined.count + batch.otherLines
          if !kind.hasSuffix("json") { #expect(total == lineCount(bytes)) }
          for orbit in batch.orbits {
            #expect(orbit.orbit.state.position.isFinite && orbit.orbit.state.velocity.isFinite)
          }
        } catch let error as ExchangeError {
          #expect(error.description.contains(url.path))
        }
      }
    }
  }

  private static func isSane(_ d: Detection) -> Bool {
    d.raDeg >= 0 && d.raDeg < 360 && abs(d.decDeg) <= 90 && (d.raErrDeg ?? 0) >= 0
      && (d.decErrDeg ?? 0) >= 0 && abs(d.midpoint.mjd) < 200_000 && (d.mag ?? 0).isFinite
  }
}
