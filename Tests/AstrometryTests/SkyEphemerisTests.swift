import Astro
import Astrometry
import Dynamics
import Foundation
import TestSupport
import Testing

@Suite struct SkyEphemerisTests {
  let solarSystem: SolarSystem

  init() throws { solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides) }

  private func apophisLike(_ covariance: OrbitCovariance?) -> CatalogOrbit {
    let elements = KeplerianElements(
      epoch: Epoch(mjd: 60_000), perihelionAU: 1.1, eccentricity: 0.35, inclinationRad: 0.2,
      nodeRad: 1, argPeriRad: 2, perihelionTime: Epoch(mjd: 60_080))
    return CatalogOrbit(
      designation: "test", orbit: elements.orbit(), covariance: covariance,
      absoluteMagnitude: 20, slope: 0.15)
  }

  /// The ellipse against whole ephemerides of displaced orbits: the covariance is S Sᵀ with
  /// S = R⁻¹, so that the displacements by the columns of S are its square root on the sky too.
  @Test func errorEllipse() throws {
    var r = [Double](repeating: 0, count: 36)
    for i in 0..<6 { for j in i..<6 { r[6 * i + j] = Double(3 - i + 2 * j) * (j < 3 ? 1e7 : 1e9) } }
    let covariance = OrbitCovariance(squareRootInformation: r)
    let sky = try SkyEphemeris(
      solarSystem, observatory: .rubin, epochs: [50, -30].map { Epoch(mjd: 60_000 + $0) })
    let center = sky.positions(of: apophisLike(covariance)).positions
    // Columns of R⁻¹ by back substitution.
    var moved: [[SkyPosition?]] = []
    for column in 0..<6 {
      var s = [Double](repeating: 0, count: 6)
      for i in stride(from: 5, through: 0, by: -1) {
        var sum = i == column ? 1.0 : 0
        for k in (i + 1)..<max(6, i + 1) { sum -= r[6 * i + k] * s[k] }
        s[i] = sum / r[7 * i]
      }
      var orbit = apophisLike(nil)
      orbit.orbit.state =
        orbit.orbit.state
        + StateVector(
          position: Vector3(s[0], s[1], s[2]), velocity: Vector3(s[3], s[4], s[5]))
      moved.append(sky.positions(of: orbit).positions)
    }
    for index in 0..<2 {
      let middle = try #require(center[index])
      let (east, north) = middle.place.tangents
      var (ee, nn, en) = (0.0, 0.0, 0.0)
      for positions in moved {
        let d = try #require(positions[index]).place.direction - middle.place.direction
        ee += d.dot(east) * d.dot(east)
        nn += d.dot(north) * d.dot(north)
        en += d.dot(east) * d.dot(north)
      }
      let ellipse = try #require(middle.uncertainty)
      let angle = ellipse.positionAngleRad
      let along =
        ee * sin(angle) * sin(angle) + nn * cos(angle) * cos(angle)
        + 2 * en * sin(angle) * cos(angle)
      // Displacements of 1e-7 au are linear to 1e-6; directions round at 1e-16 / 1e-8.
      #expect(abs(along.squareRoot() / ellipse.majorRad - 1) < 1e-5)
      let area = (ee * nn - en * en).squareRoot()
      #expect(abs(area / (ellipse.majorRad * ellipse.minorRad) - 1) < 1e-4)
    }
  }

  /// Horizons' astrometric places from X05, each object integrated from its first state on. The
  /// places are good to 0.015 mas, the orbits to metres: 16 m of YORP are 0.6 mas at 0.04 au.
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func horizonsPlaces() throws {
    let file = try #require(TestPaths.sharedData)
      .appending(path: "truth/horizons_states_ephem_X05.csv")
    let lines = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline)
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    var errors: [Double] = []
    for object in Dictionary(grouping: lines.dropFirst(), by: { $0[1] }).values {
      guard !object[0][1].contains("Oumuamua") else { continue }
      let n = object.map { $0.map { Double($0) ?? .nan } }
      let epochs = n.map { row in
        // Whole minutes, printed to 1e-8 d.
        let mjd = row[2] - Constants.jdOfMjdZero
        return Epoch<TDB>(
          mjdDay: mjd.rounded(.down),
          fraction: ((mjd - mjd.rounded(.down)) * 1440).rounded() / 1440)
      }
      let first = n[0]
      let state = StateVector(
        position: Vector3(first[4], first[5], first[6]),
        velocity: Vector3(first[7], first[8], first[9]))
      let sky = try SkyEphemeris(solarSystem, observatory: .rubin, epochs: epochs)
      let (positions, verdict) = sky.positions(
        of: CatalogOrbit(
          designation: String(object[0][1]),
          orbit: Orbit(epoch: epochs[0], state: state, origin: .sun)))
      #expect(verdict == .complete)
      for (row, position) in zip(n, positions) where row[row.count - 1] == 1 {
        let truth = Vector3(raRad: row[17] * Angle.degree, decRad: row[18] * Angle.degree)
        let place = try #require(position).place
        errors.append(place.direction.angle(to: truth) / Angle.arcsecond * 1000)
      }
    }
    errors.sort()
    #expect(errors.count > 500)
    #expect(errors[errors.count / 2] < 0.01)
    #expect(errors[errors.count * 9 / 10] < 0.05)
    #expect(errors[errors.count - 1] < 1)
  }
}
