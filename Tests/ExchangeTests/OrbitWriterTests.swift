import Astro
import Dynamics
import Exchange
import Foundation
import TestSupport
import Testing

@Suite struct OrbitWriterTests {
  private static func written(_ orbits: [CatalogOrbit], _ format: OrbitTextFormat) -> OrbitText {
    format.encode(orbits.map { OrbitRecord(orbit: $0, source: "file") })
  }

  /// The MPC's own file: what we write of what we read has the same columns, but for a blank or a
  /// decimal more, for all near-Earth asteroids of 2019.
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func mpcorbColumnsAreTheMPCs() throws {
    try RealFiles.withFolder { folder in
      let file = try RealFiles.gunzip("orbits/nea_mpcorb_2019.txt.gz", into: folder)
      let batch = try OrbitFile.readAll(file.path)
      let theirs = try String(contentsOf: file, encoding: .ascii).split(separator: "\n").map {
        Array($0.utf8)
      }
      #expect(batch.orbits.count == 20_060 && batch.lines.count == batch.orbits.count)
      let text = Self.written(batch.orbits, .mpcorb)
      #expect(text.count == batch.orbits.count && text.losses.isEmpty)
      let ours = text.bytes.split(separator: 0x0A).map(Array.init)
      // Designation, epoch, M, peri, node, inclination, e, a, U; observations, oppositions.
      let exact = [0..<7, 20..<79, 92..<103, 117..<126]
      var different = 0
      for (line, orbit) in zip(batch.lines, ours) {
        #expect(orbit.count == 202)
        let their = theirs[line - 1]
        for columns in exact where !their[columns].elementsEqual(orbit[columns]) {
          // An angle that the MPC has as 360.00000 is 0 here.
          different += 1
        }
        // n follows from a: to half of the last digit of a, which is 1.5 × 5e-8 / a of n.
        func number(_ bytes: [UInt8], _ range: Range<Int>) -> Double {
          Double(String(decoding: bytes[range], as: UTF8.self).trimmingCharacters(in: .whitespaces))
            ?? .nan
        }
        let (n, a) = (number(their, 80..<91), number(their, 92..<103))
        #expect(abs(number(orbit, 80..<91) - n) <= n * 1.5 * 6e-8 / a + 2e-8)
        #expect(
          number(orbit, 8..<13) == number(their, 8..<13) || their[8..<13].allSatisfy { $0 == 0x20 })
      }
      #expect(different == 0)
    }
  }

  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func mpcOrbJSONComesBack() throws {
    try RealFiles.withFolder { folder in
      for name in ["2020AB_mpcorb", "2062_mpcorb_v07", "2012HN13_mpcorb_yarkovsky"] {
        let url = try RealFiles.url("truth/mpc_orb_json/\(name).json")
        let orbit = try #require(try OrbitFile.readAll(url.path).orbits.first)
        let text = Self.written([orbit], .mpcOrbJSON)
        let file = folder.appending(path: "\(name).json")
        try Data(("[" + String(decoding: text.bytes, as: UTF8.self) + "]").utf8).write(to: file)
        let again = try #require(try OrbitFile.readAll(file.path).orbits.first)
        #expect(again.designation == orbit.designation)
        // Two rotations: a few units of the last of 53 bits, 1e-15 au.
        #expect((again.orbit.state.position - orbit.orbit.state.position).norm < 2e-15)
        #expect((again.orbit.state.velocity - orbit.orbit.state.velocity).norm < 1e-16)
        #expect(abs(again.orbit.epoch.days(since: orbit.orbit.epoch)) < 2e-11)
        #expect(again.absoluteMagnitude == orbit.absoluteMagnitude)
        #expect(
          again.nonGravitational?.y.bitPattern == orbit.nonGravitational?.y.bitPattern
            || abs((again.nonGravitational?.y ?? 0) - (orbit.nonGravitational?.y ?? 1)) < 1e-24)
        try Self.compareCOM(of: text.bytes, with: url)
      }
    }
  }

  /// Our cometary block is made from the state; theirs is OrbFit's.
  private static func compareCOM(of bytes: [UInt8], with url: URL) throws {
    func block(_ data: Data) throws -> [String: Any] {
      let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      let inner = root["mpc_orb"] as? [String: Any] ?? root
      return try #require(inner["COM"] as? [String: Any])
    }
    let (ours, theirs) = (try block(Data(bytes)), try block(try Data(contentsOf: url)))
    let values = try [ours, theirs].map {
      try #require($0["coefficient_values"] as? [NSNumber]).map(\.doubleValue)
    }
    let sigmas = try #require(theirs["coefficient_uncertainties"] as? [NSNumber])
    for i in 0..<6 {
      // A hundredth of what they don't know: their mass of the Sun is DE431's.
      #expect(
        abs(values[0][i] - values[1][i]) < 0.01 * sigmas[i].doubleValue,
        "\(url.lastPathComponent) \(i)")
    }
  }

  @Test func whatMPCORBCanNotHoldIsSaid() {
    let state = StateVector(position: Vector3(1, 0, 0), velocity: Vector3(0, 0.03, 0))
    let hyperbola = CatalogOrbit(
      designation: "2020 AB",
      orbit: Orbit(epoch: Epoch<TDB>(mjd: 59000), state: state, origin: .sun))
    var ours = hyperbola
    ours.designation = "E240427-0123456A"
    ours.orbit.state.velocity = Vector3(0, 0.017, 0)
    let text = Self.written([hyperbola, ours], .mpcorb)
    #expect(text.count == 0 && text.bytes.isEmpty && text.losses.count == 2)
  }
}
