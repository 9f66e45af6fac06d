import Astro
import Astrometry
import Dynamics
import Foundation
import TestSupport
import Testing

/// Whether an ellipse is flagged as not to be trusted, against orbits drawn from the covariance.
@Suite struct SpreadTests {
  let solarSystem: SolarSystem

  init() throws { solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides) }

  private let epoch = Epoch<TDB>(mjd: 60_000)

  /// A near-Earth orbit, known to a factor of 1e-8 au and 1e-10 au/d.
  private func orbit(spread: Double) -> CatalogOrbit {
    let elements = KeplerianElements(
      epoch: epoch, perihelionAU: 0.8, eccentricity: 0.45, inclinationRad: 0.1, nodeRad: 1,
      argPeriRad: 2, perihelionTime: Epoch(mjd: 60_080))
    var r = [Double](repeating: 0, count: 36)
    for i in 0..<6 { r[7 * i] = (i < 3 ? 1e8 : 1e10) / spread }
    return CatalogOrbit(
      designation: "test", orbit: elements.orbit(),
      covariance: OrbitCovariance(squareRootInformation: r))
  }

  private struct Normal {
    var state: UInt64

    mutating func uniform() -> Double {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return Double((z ^ (z >> 31)) >> 11) / Double(1 << 53)
    }

    mutating func next() -> Double {
      (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform())
    }
  }

  /// Share of 400 drawn orbits inside the three-σ ellipse of each epoch: 98.9 % of a normal
  /// distribution. Where the flag says linear, the ellipse (widened by the floor of the flag) holds
  /// 97 % of them at least (four σ of the count below 98.9); where it is flagged, fewer than it
  /// should. The spread of a wide orbit bends after years, not within the first weeks.
  @Test(arguments: [
    (1.0, 4), (1000, 4), (100_000, 3), (1_000_000, 2),
  ])
  func againstDrawnOrbits(spread: Double, linear: Int) throws {
    let sky = try SkyEphemeris(
      solarSystem, observatory: .rubin,
      epochs: [30.0, 300, 900, 2000].map { epoch.adding(days: $0) })
    let center = orbit(spread: spread)
    let nominal = sky.positions(of: center).positions.compactMap { $0 }
    #expect(nominal.count == 4)
    var inside = [0, 0, 0, 0]
    var random = Normal(state: 11)
    let count = 400
    for _ in 0..<count {
      var moved = center
      moved.covariance = nil
      let d = (0..<6).map { random.next() * ($0 < 3 ? 1e-8 : 1e-10) * spread }
      moved.orbit.state =
        moved.orbit.state
        + StateVector(position: Vector3(d[0], d[1], d[2]), velocity: Vector3(d[3], d[4], d[5]))
      for (k, position) in sky.positions(of: moved).positions.enumerated() {
        guard let position, let ellipse = nominal[k].uncertainty else { continue }
        let (east, north) = nominal[k].place.tangents
        let u = position.place.direction
        let forward = u.dot(nominal[k].place.direction)
        guard forward > 0 else { continue }
        let (x, y) = (u.dot(east) / forward, u.dot(north) / forward)
        let (s, c) = (sin(ellipse.positionAngleRad), cos(ellipse.positionAngleRad))
        let floor = 0.1 * Angle.arcsecond
        let along = (x * s + y * c) / (3 * ellipse.majorRad + floor)
        let across = (x * c - y * s) / (3 * ellipse.minorRad + floor)
        if along * along + across * across <= 1 { inside[k] += 1 }
      }
    }
    var flags: [Bool] = []
    for k in 0..<4 {
      let flag = nominal[k].isLinear ?? (k >= linear)
      let share = Double(inside[k]) / Double(count)
      #expect(flag ? share > 0.97 : share < 0.985, "\(k): \(flag) \(share)")
      flags.append(flag)
    }
    #expect(flags == (0..<4).map { $0 < linear })
  }

  @Test func withoutCovarianceNothingIsSaid() throws {
    var plain = orbit(spread: 1)
    plain.covariance = nil
    let sky = try SkyEphemeris(solarSystem, observatory: .rubin, epochs: [epoch])
    let position = try #require(sky.positions(of: plain).positions[0])
    #expect(position.isLinear == nil && position.uncertainty == nil)
  }
}
