import Astro
import Dynamics
import Foundation
import TestSupport
import Testing

@Suite struct EncounterTests {
  let solarSystem: SolarSystem
  let propagator: Propagator

  init() throws {
    solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    propagator = Propagator(solarSystem)
  }

  /// A body 1 km above a mass's surface, falling at some speed and angle, taken back for days and
  /// let fall again: it must strike at the moment it came from.
  @Test(arguments: [Body.earth, .moon, .venus, .jupiter])
  func impacts(body: Body) throws {
    let epoch = Epoch<TDB>(mjd: 60_200)
    let radiusKm = [
      Body.earth: 6378.137, .moon: 1737.4, .venus: 6051.8, .jupiter: 71_492,
    ]
    let height = try #require(radiusKm[body]) + 1
    let center = try solarSystem.ephemeris.state(of: body, at: epoch)
    let up = Vector3(0.36, -0.48, 0.8)
    // 70 km/s leaves even Jupiter for good.
    let kmPerSecond = Constants.secondsPerDay / Constants.auKm
    let fall =
      (up * -0.9 + Vector3(0.8, 0.6, 0) * 0.3) * ((body == .jupiter ? 70 : 15) * kmPerSecond)
    let above = Orbit(
      epoch: epoch,
      state: center + StateVector(position: up * (height / Constants.auKm), velocity: fall),
      origin: .solarSystemBarycenter)
    let before = epoch.adding(days: -20)
    let options = Propagator.Options(origin: .solarSystemBarycenter)
    let early = try #require(propagator.propagate(above, to: [before], options: options).states[0])

    let after = [epoch.adding(days: -1), epoch.adding(days: 1)]
    let result = propagator.propagate(
      Orbit(epoch: before, state: early, origin: .solarSystemBarycenter), to: after,
      options: options)
    #expect(result.states[0] != nil && result.states[1] == nil)
    guard case .impact(let impact) = result.verdict else {
      Issue.record("\(result.verdict)")
      return
    }
    #expect(impact.body == body)
    // The last kilometre takes a tenth of a second; the start rounds to 1e-16 au.
    #expect(abs(impact.time.days(since: epoch)) * Constants.secondsPerDay < 0.3)
    #expect(abs(impact.distanceAU * Constants.auKm - (height - 1)) < 0.1)
  }

  /// (99942) Apophis passes the Earth on 2029-04-13 21:46 TDB at 38,013 km from its centre, at
  /// 7.42 km/s (JPL SBDB close-approach data). The orbit is JPL's in SBDB's JSON; its
  /// printed digits are worth a few kilometres by then.
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func apophis() throws {
    let file = try #require(TestPaths.sharedData).appending(path: "truth/sbdb_json/99942_phys.json")
    let json = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    let orbit = try #require(json["orbit"] as? [String: Any])
    let list = try #require(orbit["elements"] as? [[String: Any]])
    func element(_ name: String) throws -> Double {
      let entry = try #require(list.first { $0["name"] as? String == name })
      return try #require((entry["value"] as? String).flatMap(Double.init))
    }
    let epoch = Epoch<TDB>(
      mjd: try #require((orbit["epoch"] as? String).flatMap(Double.init)) - Constants.jdOfMjdZero)
    let degree = Angle.degree
    let elements = KeplerianElements(
      epoch: epoch, perihelionAU: try element("q"), eccentricity: try element("e"),
      inclinationRad: try element("i") * degree, nodeRad: try element("om") * degree,
      argPeriRad: try element("w") * degree,
      perihelionTime: Epoch(mjd: try element("tp") - Constants.jdOfMjdZero))
    let result = propagator.propagate(
      elements.orbit(), to: [Epoch(mjd: 62_300)],
      options: .init(approachLimitAU: 0.001),
      nonGravitational: NonGravitational(
        coefficients: Vector3(5e-13, -2.901_766_720_0e-14, 0), law: .inverseSquare))
    let passage = try #require(result.approaches.first { $0.body == .earth })
    #expect(abs(passage.time.mjd - 62_239.907) < 0.002)
    #expect(abs(passage.distanceAU * Constants.auKm - 38_013) < 20)
    #expect(abs(passage.speed * Constants.auKm / Constants.secondsPerDay - 7.42) < 0.02)
  }
}
