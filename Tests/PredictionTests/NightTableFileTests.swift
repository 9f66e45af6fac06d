import Astro
import Astrometry
import Dynamics
import Foundation
import Prediction
import TestSupport
import Testing

/// A table as a file, and what is in it besides quiet asteroids.
struct NightTableFileTests {
  private let start = Epoch<TDB>(mjd: 60_000.7)
  private let sky = SkyField(centre: Vector3(1, 0, 0), radiusRad: .pi)

  /// Some asteroids on round orbits, 2 to 3 au from the Sun, of different longitudes.
  private func orbits(_ count: Int) -> [CatalogOrbit] {
    (0..<count).map { index in
      let a = 2 + Double(index % 10) / 10
      let direction = Vector3(raRad: 0.7 * Double(index), decRad: 0.1)
      let speed = (2.959_122e-4 / a).squareRoot()
      let motion = Vector3(0, 0, 1).cross(direction).unit
      let state = StateVector(position: direction * a, velocity: motion * speed)
      var orbit = CatalogOrbit(
        designation: "test \(index)", ssObjectId: Int64(100 + index),
        orbit: Orbit(epoch: Epoch(mjd: 59_990), state: state, origin: .sun))
      orbit.absoluteMagnitude = 15
      return orbit
    }
  }

  private func build(
    _ orbits: [CatalogOrbit], _ solarSystem: SolarSystem, removed: [Int64] = [],
    fingerprint: UInt64 = 0
  ) async throws -> NightTable {
    try await NightTableBuilder(start: start, solarSystem: solarSystem)
      .build(orbits, removed: removed, fingerprint: fingerprint, jobs: 2)
  }

  @Test("A file gives what memory gave; written over, the old one lives on for who has it open")
  func file() async throws {
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "night.table").path
    let epoch = start.adding(days: 0.4)
    func places(_ table: NightTable) throws -> [Vector3] {
      try table.objects(in: sky, at: epoch, observatory: .rubin, solarSystem: solarSystem)
        .objects.map(\.place.offset)
    }
    let memory = try await build(orbits(50), solarSystem, fingerprint: 7)
    try memory.write(to: path)
    let file = try NightTable(path: path)
    #expect(file.fingerprint == 7 && file.objectCount == 50 && file.objectId(3) == 103)
    let before = try places(file)
    #expect(before.count == 50)
    #expect(try before == places(memory))
    try await build(orbits(3), solarSystem).write(to: path)
    #expect(try places(NightTable(path: path)).count == 3)
    #expect(try places(file) == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
  }

  @Test("Made from orbits in batches and beside its place, a file is that of memory, byte by byte")
  func batches() async throws {
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var all = orbits(2_500)
    all[7].covariance = OrbitCovariance(
      squareRootInformation: (0..<36).map { $0 % 7 == 0 ? 1e7 : 0 })
    all[1_900].covariance = all[7].covariance
    all[8].photometry = .comet(m1: 9, k1: 10)
    all[1_800].photometry = .comet(m1: 10, k1: 4)
    all[2_100].orbit.epoch = Epoch(mjd: 90_000)
    let builder = NightTableBuilder(start: start, solarSystem: solarSystem)
    let stamps = all.indices.map { UInt32(7 * $0) }
    let whole = folder.appending(path: "whole.table").path
    try await builder.build(all, stamps: stamps, fingerprint: 5, jobs: 1).write(to: whole)
    let parts = folder.appending(path: "parts.table").path
    var next = 0
    let table = try await builder.build(for: parts, fingerprint: { UInt64(5) }, jobs: 3) {
      guard next < all.count else { return nil }
      let range = next..<min(all.count, next + 700)
      next = range.upperBound
      return .init(Array(all[range]), stamps: Array(stamps[range]))
    }
    #expect(!FileManager.default.fileExists(atPath: parts))
    try table.write(to: parts)
    let bytes = try Data(contentsOf: URL(filePath: parts))
    #expect(try bytes == Data(contentsOf: URL(filePath: whole)))
    let file = try NightTable(path: parts)
    #expect(file.objectCount == 2_500 && file.stamp(1_900) == 13_300)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
  }

  @Test("A table that is not wanted after all leaves no file")
  func unwanted() async throws {
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    struct Failure: Error {}
    let builder = NightTableBuilder(start: start, solarSystem: solarSystem)
    let path = folder.appending(path: "a.table").path
    var batch: NightTableBuilder.Batch? = .init(orbits(20))
    do {
      let table = try await builder.build(for: path, fingerprint: { 0 }, jobs: 2) {
        defer { batch = nil }
        return batch
      }
      #expect(table.objectCount == 20)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    await #expect(throws: Failure.self) {
      _ = try await builder.build(for: path, fingerprint: { 0 }, jobs: 2) { throw Failure() }
    }
  }

  @Test("Any damaged byte is seen: when the file is opened, or when its block is used")
  func damage() async throws {
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "night.table").path
    var orbits = orbits(20)
    orbits[3].covariance = OrbitCovariance(
      squareRootInformation: (0..<36).map { $0 % 7 == 0 ? 1e7 : 0 })
    orbits[4].photometry = .comet(m1: 9, k1: 10)
    try await build(orbits, solarSystem).write(to: path)
    let good = [UInt8](try Data(contentsOf: URL(filePath: path)))
    func isSeen(_ bytes: [UInt8]) throws -> Bool {
      try Data(bytes).write(to: URL(filePath: path))
      do throws(PredictionError) {
        _ = try NightTable(path: path).objects(
          in: sky, at: start, observatory: .rubin, solarSystem: solarSystem)
        return false
      } catch {
        #expect("\(error)".contains(path))
        return true
      }
    }
    #expect(try !isSeen(good))
    // Between sections stand zeros that nobody reads: 2,376 bytes of blocks and 84 of the
    // covariance are followed by up to 63 of them.
    let blocksEnd = 256 + 3 * 792
    let covariances = (blocksEnd + 63) & ~63
    let nodes = (covariances + 84 + 63) & ~63
    var generator = SplitMix(state: 3)
    for _ in 0..<400 {
      let at = Int(generator.uniform() * Double(good.count))
      guard !(blocksEnd..<covariances).contains(at), !(covariances + 84..<nodes).contains(at)
      else { continue }
      var bad = good
      bad[at] ^= 1 << UInt8(generator.uniform() * 8)
      #expect(try isSeen(bad), "byte \(at)")
    }
    for length in [0, 10, 256, 257, good.count / 2, good.count - 1] {
      #expect(try isSeen(Array(good.prefix(length))), "\(length) bytes")
    }
    #expect(try isSeen(good + [0]))
    #expect(throws: PredictionError.self) { try NightTable(path: folder.path + "/none") }
  }

  @Test("Later tables replace, add and take away objects; one of another base is left aside")
  func later() async throws {
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    var all = orbits(12)
    let base = try await build(Array(all.prefix(10)), solarSystem, fingerprint: 1)
    all[2].orbit.state.position = all[2].orbit.state.position * 1.01
    let changed = [all[2], all[10], all[11]]
    let later = try await build(changed, solarSystem, removed: [105], fingerprint: 1)
    let foreign = try await build(changed, solarSystem, removed: [105], fingerprint: 2)
    func found(_ later: NightTable?) throws -> [Int: Vector3] {
      let objects = try NightTables(base: base, later: later).objects(
        in: sky, at: start, observatory: .rubin, solarSystem: solarSystem, marginRad: 0
      ).objects
      return Dictionary(uniqueKeysWithValues: objects.map { ($0.orbit, $0.place.offset) })
    }
    let (before, after) = (try found(nil), try found(later))
    #expect(before.keys.sorted() == Array(100...109))
    #expect(after.keys.sorted() == [100, 101, 102, 103, 104, 106, 107, 108, 109, 110, 111])
    #expect(before[101] == after[101] && before[102] != after[102])
    #expect(try found(foreign).keys.sorted() == Array(100...109))
  }

  @Test("An object that strikes the Earth in the night is there before, and reported after")
  func impact() async throws {
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let epoch = start.adding(days: 0.45)
    let sun = try solarSystem.ephemeris.state(of: .sun, at: epoch)
    var state = try solarSystem.ephemeris.state(of: .earth, at: epoch) - sun
    state.position += Vector3(50_000 / Constants.auKm, 0, 0)
    state.velocity += Vector3(-10 * Constants.secondsPerDay / Constants.auKm, 0, 0)
    let falling = CatalogOrbit(
      designation: "falling", ssObjectId: 5,
      orbit: Orbit(epoch: epoch, state: state, origin: .sun))
    var broken = falling
    broken.orbit.state.position.x = .nan
    let table = try await build([falling, broken], solarSystem)
    let predictor = try Predictor(orbits: [falling, broken], solarSystem: solarSystem)
    for days in [0.0, 0.44, 0.47, 0.6, 1] {
      let moment = start.adding(days: days)
      let exact = try await predictor.predict(sky, at: moment, observatory: .rubin, jobs: 1)
      let ours = try table.objects(
        in: sky, at: moment, observatory: .rubin, solarSystem: solarSystem)
      #expect(ours.objects.map(\.orbit) == exact.objects.map(\.orbit), "\(days) d")
      #expect(ours.objects.count == (days < 0.5 ? 1 : 0), "\(days) d")
      for (a, b) in zip(ours.objects, exact.objects) {
        #expect(a.place.offset.angle(to: b.place.offset) < 0.01 * Angle.arcsecond)
      }
      let ended = ours.ended.filter { $0.orbit == 0 }
      #expect(ended.count == (days < 0.5 ? 0 : 1))
      if case .impact(let impact)? = ended.first?.verdict {
        #expect(impact.body == .earth)
        // 43,600 km at 10 km/s and more.
        #expect((0.03..<0.06).contains(impact.time.days(since: epoch)))
      } else if days > 0.5 {
        Issue.record("no impact at \(days) d")
      }
    }
  }

  @Test("Brightness follows the law that an object has, or none")
  func brightness() async throws {
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    var orbits = orbits(8)
    orbits[0].absoluteMagnitude = nil
    orbits[1].slope = -0.2
    orbits[2].photometry = .comet(m1: 7.5, k1: 10)
    orbits[3].photometry = .hg12(h: 15, g12: 0.6)
    orbits[4].photometry = .hg1g2(h: 15, g1: 0.4, g2: 0.3)
    orbits[5].photometry = .hg(h: 13, g: 0.4)
    orbits[6].photometry = .nucleus(m2: 12, k2: 5, phaseCoefficient: 0.03)
    let table = try await build(orbits, solarSystem)
    let predictor = try Predictor(orbits: orbits, solarSystem: solarSystem)
    let exact = try await predictor.predict(sky, at: start, observatory: .rubin, jobs: 1).objects
    let ours = try table.objects(
      in: sky, at: start, observatory: .rubin, solarSystem: solarSystem
    ).objects.sorted { $0.orbit < $1.orbit }
    #expect(ours.count == 8 && ours[0].magnitudeV == nil)
    for (a, b) in zip(ours, exact).dropFirst() {
      // H as a float, G to 1e-4.
      #expect(abs((a.magnitudeV ?? 0) - (b.magnitudeV ?? 99)) < 1e-5, "\(a.orbit)")
    }
  }

  @Test("A moment outside of the night, and an ephemeris without it, are errors")
  func outside() async throws {
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let table = try await build(orbits(3), solarSystem)
    #expect(throws: PredictionError.self) {
      try table.objects(
        in: sky, at: start.adding(days: 1.01), observatory: .rubin, solarSystem: solarSystem)
    }
    await #expect(throws: PredictionError.self) {
      try await NightTableBuilder(start: Epoch(mjd: 100_000), solarSystem: solarSystem)
        .build(orbits(3), jobs: 1)
    }
  }
}
