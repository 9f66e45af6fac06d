import Astro
import Dynamics
import Foundation
import TestSupport
import Testing

@Suite struct EphemerisTests {
  let ephemeris: Ephemeris

  init() throws { ephemeris = try Ephemeris(folder: TestPaths.ephemerides) }

  /// Authority: jplephem on JPL's full kernels. A double of 4e9 km (Pluto) resolves 0.5 mm, of 1e8 km
  /// 15 µm; the sums of products round a few times: 2 mm is the tolerance, Pluto's error its worst.
  @Test func statesAgreeWithJplephem() throws {
    for row in JPLReference.rows {
      let epoch = Epoch<TDB>(mjdDay: row.day, fraction: row.fraction)
      let state = try ephemeris.state(of: row.body, at: epoch)
      let position = Vector3(row.state[0], row.state[1], row.state[2])
      let velocity = Vector3(row.state[3], row.state[4], row.state[5])
      let meters = (state.position * Constants.auKm - position).norm * 1000
      let metersPerDay = (state.velocity * Constants.auKm - velocity).norm * 1000
      #expect(meters < 2e-3, "\(row.body) at \(row.day)")
      #expect(metersPerDay < 1e-3, "\(row.body) at \(row.day)")
    }
  }

  /// The one-pass evaluation against the one-body one, at random times and at the very edges of
  /// records (32 d = 2,764,800 s from the kernel's start), where an index can round either way.
  @Test func allMassesAtOnceAreThoseOneByOne() throws {
    var random = SplitMix(seed: 7)
    var epochs = (0..<500).map { _ in
      Epoch<TDB>(
        mjdDay: 47893 + Double(random.next() % 21_900),
        fraction: Double(random.next() % 1000) / 1000)
    }
    epochs += (0..<600).map { ephemeris.start.adding(days: 4 * Double($0)) }
    epochs += (0..<100).map { Epoch<TDB>(mjd: 47888 + 32 * Double($0 + 1)) }
    epochs.append(ephemeris.end)
    var buffer = [Double](repeating: .nan, count: PerturberLayout.size)
    for epoch in epochs {
      #expect(ephemeris.perturbers(at: epoch, velocities: .all, into: &buffer))
      for body in Body.perturbers {
        let state = try ephemeris.state(of: body, at: epoch)
        let column = Int(body.rawValue)
        let position = vector(buffer, 0, column)
        let velocity = vector(buffer, 3, column)
        #expect((position - state.position).norm * Constants.auKm * 1000 < 4e-3)
        #expect((velocity - state.velocity).norm * Constants.auKm * 1000 < 1e-2)
      }
    }
  }

  @Test func velocitiesNotAskedForAreLeftAlone() {
    var buffer = [Double](repeating: -7, count: PerturberLayout.size)
    let epoch = Epoch<TDB>(mjd: 60000)
    ephemeris.perturbers(at: epoch, velocities: .none, into: &buffer)
    #expect(buffer[(3 * PerturberLayout.rowStride)...].allSatisfy { $0 == -7 })
    ephemeris.perturbers(at: epoch, velocities: .planets, into: &buffer)
    let ceres = 3 * PerturberLayout.rowStride + Int(Body.ceres.rawValue)
    #expect(buffer[ceres] == -7)
    #expect(buffer[ceres - 1] != -7)
  }

  @Test func timesOutsideAreRefusedWithTheSpanAndTheRemedy() throws {
    let before = Epoch<TDB>(mjd: 20000)
    var buffer = [Double](repeating: 5, count: PerturberLayout.size)
    #expect(!ephemeris.perturbers(at: before, into: &buffer))
    #expect(buffer.allSatisfy { $0 == 5 })
    #expect(!ephemeris.perturbers(at: Epoch<TDB>(mjd: .nan), into: &buffer))
    let error = #expect(throws: DynamicsError.self) {
      try ephemeris.state(of: .earth, at: before)
    }
    #expect(
      error == .outsideEphemeris(mjdTdb: 20000, startMjdTdb: 47892, endMjdTdb: 69807))
    let text = try #require(error).description
    #expect(text.contains("ECLIPTIC_EPHEMERIDES") && text.contains("47892"))
    #expect(ephemeris.covers(Epoch(mjd: 69807)) && !ephemeris.covers(Epoch(mjd: 69807.001)))
  }

  /// Kernels cut into two overlapping halves give what one gives: several segments a body.
  @Test func segmentsOfSeveralKernelsAreJoined() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    for (index, name) in ["sb441-n16", "de440"].enumerated() {
      let data = try Data(contentsOf: TestPaths.ephemerides.appending(path: name + ".bsp"))
      let middle = Double(index) * 86_400 * 1000
      try SPKEditing.narrowed(data, to: -1e12...middle)
        .write(to: folder.appending(path: "a-\(name).bsp"))
      try SPKEditing.narrowed(data, to: middle...1e12)
        .write(to: folder.appending(path: "b-\(name).bsp"))
    }
    let joined = try Ephemeris(folder: folder)
    #expect(joined.start == ephemeris.start && joined.end == ephemeris.end)
    var ours = [Double](repeating: 0, count: PerturberLayout.size)
    var whole = ours
    for mjd in stride(from: 47892.0, through: 69807, by: 97.3) {
      joined.perturbers(at: Epoch(mjd: mjd), velocities: .all, into: &ours)
      ephemeris.perturbers(at: Epoch(mjd: mjd), velocities: .all, into: &whole)
      #expect(ours == whole)
      #expect(
        try joined.state(of: .vesta, at: Epoch(mjd: mjd))
          == ephemeris.state(of: .vesta, at: Epoch(mjd: mjd)))
    }
  }

  /// GM of JPL's planetary constants (DE440, Park et al. 2021, table 2) in km³/s².
  @Test func gravityIsThatOfDE440() throws {
    let gravity = try SolarSystem.load(folder: TestPaths.ephemerides).gravity
    let toKm3S2 = pow(Constants.auKm, 3) / pow(Constants.secondsPerDay, 2)
    for (body, expected) in [
      (Body.sun, 132_712_440_041.279419), (.earth, 398_600.435507), (.moon, 4_902.800118),
      (.earthMoonBarycenter, 403_503.235625), (.jupiter, 126_712_764.1), (.pluto, 975.5),
      (.ceres, 62.628889), (.interamnia, 2.830410),
    ] {
      let value = gravity.gm(of: body) * toKm3S2
      // The comparison values are printed with six decimals.
      #expect(abs(value - expected) < max(1e-6, expected * 1e-12), "\(body)")
    }
    #expect(gravity.earthRadiusAU * Constants.auKm == 6378.1366)
  }
}

private func vector(_ buffer: [Double], _ row: Int, _ column: Int) -> Vector3 {
  let stride = PerturberLayout.rowStride
  return Vector3(
    buffer[row * stride + column], buffer[(row + 1) * stride + column],
    buffer[(row + 2) * stride + column])
}

/// A small fixed random sequence (Steele et al. 2014), the same on every machine.
struct SplitMix {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
