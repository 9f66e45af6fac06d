import Astro
import Dynamics
import Foundation
import TestSupport
import Testing

@Suite struct KeplerianElementsTests {
  /// Elements -> state -> elements -> state. The state must come back to rounding times the
  /// condition of the elements: 1/a = (1 - e)/q has an error of 1e-16/q, which over the time t
  /// since perihelion moves the body by up to v t (r/q) 1e-16, and ω + ν rounds at 1e-16 turns.
  @Test func roundTrips() throws {
    for elements in randomConics(6000, seed: 5) {
      let orbit = elements.orbit()
      let again = try #require(KeplerianElements(orbit))
      let back = again.orbit()
      let r = orbit.state.position.norm
      let v = orbit.state.velocity.norm
      let t = abs(elements.epoch.days(since: elements.perihelionTime))
      let condition = 1 + (r / elements.perihelionAU) + v * t / r * (r / elements.perihelionAU)
      #expect(
        (back.state.position - orbit.state.position).norm / r < 2e-15 * condition, "\(elements)")
      #expect(
        (back.state.velocity - orbit.state.velocity).norm / v < 2e-15 * condition, "\(elements)")
      // Rounding of r, v reaches q/r and e by the terms that cancel in them: r/q.
      let slack = 1e-14 * (1 + r / elements.perihelionAU)
      #expect(abs(again.perihelionAU / elements.perihelionAU - 1) < slack, "\(elements)")
      #expect(abs(again.eccentricity - elements.eccentricity) < slack * (1 + elements.eccentricity))
      #expect(abs(again.inclinationRad - elements.inclinationRad) < slack)
    }
  }

  /// OrbFit's own elements (COM) against its own state (CAR) in MPC's mpc_orb files, both ecliptic
  /// J2000. One was made with DE431's GM (1e-12 from DE440's), one with Gauss's constant; in the
  /// third the two blocks differ by 8e-11 au among themselves, whatever the GM.
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func mpcOrbFiles() throws {
    let folder = try #require(TestPaths.sharedData).appending(path: "truth/mpc_orb_json")
    var checked = 0
    let gauss = 0.01720209895 * 0.01720209895
    let files = [
      ("2012HN13_mpcorb_yarkovsky", GravitationalParameter.sun, 1.0), ("2020AB_mpcorb", gauss, 1.0),
      ("2062_mpcorb_v07", gauss, 200),
    ]
    for (name, gm, slack) in files {
      let data = try Data(contentsOf: folder.appending(path: name + ".json"))
      let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      func values(_ block: String) -> [Double]? {
        (json[block] as? [String: Any])?["coefficient_values"] as? [Double]
      }
      guard let com = values("COM"), let car = values("CAR") else { continue }
      let epochBlock = try #require(json["epoch_data"] as? [String: Any])
      let epoch = Epoch<TDB>(mjd: try #require(epochBlock["epoch"] as? Double))
      let degree = Angle.degree
      let elements = KeplerianElements(
        epoch: epoch, perihelionAU: com[0], eccentricity: com[1], inclinationRad: com[2] * degree,
        nodeRad: com[3] * degree, argPeriRad: com[4] * degree,
        perihelionTime: Epoch(mjd: com[5]))
      let toEquator = Frames.eclipticToEquatorial
      let state = StateVector(
        position: toEquator * Vector3(car[0], car[1], car[2]),
        velocity: toEquator * Vector3(car[3], car[4], car[5]))
      // peri_time is printed to 1e-10 d: 1e-12 au of motion; the angles to 1e-13 deg.
      #expect(relativeDifference(state, elements.orbit(gm: gm).state) < 1e-12 * slack)
      let made = try #require(
        KeplerianElements(Orbit(epoch: epoch, state: state, origin: .sun), gm: gm))
      #expect(abs(made.perihelionAU - com[0]) < 5e-13 * slack)
      #expect(abs(made.eccentricity - com[1]) < 5e-13 * slack)
      #expect(abs(made.inclinationRad / degree - com[2]) < 1e-12 * slack)
      #expect(abs(made.nodeRad / degree - com[3]) < 1e-11 * slack)
      #expect(abs(made.argPeriRad / degree - com[4]) < 1e-10 * slack)
      #expect(abs(made.perihelionTime.mjd - com[5]) < 1e-9 * slack)
      checked += 1
    }
    #expect(checked == 3)
  }

  @Test func circlesAndPlanesHaveElements() throws {
    // A circle in the ecliptic: neither node nor perihelion exist, the sum of angles does.
    let gm = GravitationalParameter.sun
    let state = StateVector(
      position: Frames.eclipticToEquatorial * Vector3(0, 2, 0),
      velocity: Frames.eclipticToEquatorial * Vector3(-(gm / 2).squareRoot(), 0, 0))
    let epoch = Epoch<TDB>(mjd: 60_000)
    let elements = try #require(
      KeplerianElements(Orbit(epoch: epoch, state: state, origin: .sun)))
    let longitude = elements.nodeRad + elements.argPeriRad + elements.meanAnomalyRad()
    #expect(abs(Angle.wrapSigned(longitude - .pi / 2)) < 1e-12)
    #expect(abs(elements.semiMajorAxisAU - 2) < 1e-14)
  }

  @Test func whatHasNoElementsIsRefused() {
    let epoch = Epoch<TDB>(mjd: 60_000)
    let radial = StateVector(position: Vector3(1, 0, 0), velocity: Vector3(0.01, 0, 0))
    #expect(KeplerianElements(Orbit(epoch: epoch, state: radial, origin: .sun)) == nil)
    let good = StateVector(position: Vector3(1, 0, 0), velocity: Vector3(0, 0.017, 0))
    #expect(
      KeplerianElements(Orbit(epoch: epoch, state: good, origin: .solarSystemBarycenter)) == nil)
    #expect(
      KeplerianElements(
        epoch: epoch, semiMajorAxisAU: 2, eccentricity: 1.5, inclinationRad: 0, nodeRad: 0,
        argPeriRad: 0, meanAnomalyRad: 0) == nil)
  }
}
