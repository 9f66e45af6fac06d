import Astro
import Dynamics
import Foundation
import TestSupport
import Testing

@Suite struct MOIDTests {
  private struct Known {
    let name: String
    let elements: KeplerianElements
    let earth: Double
    let jupiter: Double
    let tisserand: Double
  }

  /// JPL's Small-Body Database: elements, and the MOIDs that JPL reckons from them with orbits of
  /// the planets that it does not tell. Ours are osculating; the Earth's mean orbit (Standish 1992)
  /// gives the same to 3e-5 au. JPL's agree as well for elements of 2023, but for other epochs its
  /// Earth's orbit must be another one: it differs from both by up to 1e-3 of the distances, as an
  /// orbit with the monthly swing in it would (12 m/s in 30 km/s).
  private func database() throws -> [Known] {
    let folder = try #require(TestPaths.sharedData).appending(path: "truth/sbdb_json")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    return try names.compactMap { name in
      let data = try Data(contentsOf: folder.appending(path: name))
      guard let json = try JSONSerialization.jsonObject(with: data) as? [String: Any],
        let orbit = json["orbit"] as? [String: Any],
        let list = orbit["elements"] as? [[String: Any]]
      else { return nil }
      func number(_ value: Any?) -> Double? { (value as? String).flatMap(Double.init) }
      func element(_ name: String) throws -> Double {
        try #require(number(list.first { $0["name"] as? String == name }?["value"]))
      }
      guard let earth = number(orbit["moid"]), let jupiter = number(orbit["moid_jup"]),
        let tisserand = number(orbit["t_jup"]), let epoch = number(orbit["epoch"])
      else { return nil }
      let degree = Angle.degree
      return Known(
        name: name,
        elements: KeplerianElements(
          epoch: Epoch(mjd: epoch - Constants.jdOfMjdZero), perihelionAU: try element("q"),
          eccentricity: try element("e"), inclinationRad: try element("i") * degree,
          nodeRad: try element("om") * degree, argPeriRad: try element("w") * degree,
          perihelionTime: Epoch(mjd: try element("tp") - Constants.jdOfMjdZero)),
        earth: earth, jupiter: jupiter, tisserand: tisserand)
    }
  }

  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func againstTheSmallBodyDatabase() throws {
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    var checked = 0
    for known in try database() {
      let epoch = known.elements.epoch
      guard solarSystem.ephemeris.covers(epoch) else { continue }
      func moid(_ body: Body) throws -> Double {
        let planet = try #require(
          try solarSystem.ephemeris.elements(of: body, at: epoch, gravity: solarSystem.gravity))
        return try #require(MOID(known.elements, planet)).distanceAU
      }
      // Elements of February 2023, and all others.
      let tolerance = epoch.mjd == 60_000 ? 5e-5 : 1e-3 * max(1, 2 * known.earth)
      #expect(abs(try moid(.earth) - known.earth) < tolerance, "\(known.name)")
      #expect(abs(try moid(.jupiter) - known.jupiter) < 0.011, "\(known.name)")
      // Theirs is with Jupiter's elements of the day.
      #expect(abs(known.elements.tisserandJupiter - known.tisserand) < 0.006, "\(known.name)")
      checked += 1
    }
    #expect(checked > 20)
  }

  /// Against all pairs of 1500 points of each orbit: their least distance is larger than the true
  /// one by no more than the spacing of the points there.
  @Test func againstBruteForce() throws {
    let earth = KeplerianElements(
      epoch: Epoch(mjd: 60_000), perihelionAU: 0.9833, eccentricity: 0.0167, inclinationRad: 1e-4,
      nodeRad: 2, argPeriRad: 1, perihelionTime: Epoch(mjd: 60_010))
    for (index, orbit) in randomConics(240, seed: 31).enumerated() where index % 6 > 0 {
      let found = try #require(MOID(orbit, earth)).distanceAU
      func points(_ k: KeplerianElements, _ count: Int) -> [Vector3] {
        let q = k.perihelionAU
        return (0..<count).compactMap { i in
          let f = (Double(i) / Double(count) - 0.5) * 2 * .pi
          let r = q * (1 + k.eccentricity) / (1 + k.eccentricity * cos(f))
          guard r > 0, r < 4 + 2 * q else { return nil }
          let u = k.argPeriRad + f
          return Vector3(
            cos(k.nodeRad) * cos(u) - sin(k.nodeRad) * sin(u) * cos(k.inclinationRad),
            sin(k.nodeRad) * cos(u) + cos(k.nodeRad) * sin(u) * cos(k.inclinationRad),
            sin(u) * sin(k.inclinationRad)) * r
        }
      }
      let mine = points(orbit, 1500)
      let theirs = points(earth, 1500)
      var least = Double.infinity
      var nearest = 0
      for (k, p) in mine.enumerated() {
        for q in theirs where (p - q).squaredNorm < least {
          least = (p - q).squaredNorm
          nearest = k
        }
      }
      least = least.squareRoot()
      let next = mine[nearest + 1 < mine.count ? nearest + 1 : nearest - 1]
      let spacing = 2 * (next - mine[nearest]).norm + 2 * Double.pi / 1500
      #expect(found <= least + 1e-9 && found > least - spacing, "\(orbit)")
    }
  }
}
