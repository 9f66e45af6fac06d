import Astro
import Dynamics
import Foundation
import TestSupport
import Testing

@Suite struct MOIDTests {
  /// JPL's Small-Body Database: elements, and MOIDs with the Earth and Jupiter that JPL reckons
  /// from them, six digits. JPL takes the planets' osculating orbits of the day by the Sun's mass.
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func againstTheSmallBodyDatabase() throws {
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    var checked = 0
    for known in SmallBodyDatabase.all {
      let epoch = known.elements.epoch
      guard solarSystem.ephemeris.covers(epoch) else { continue }
      for (body, key) in [(Body.earth, "moid"), (.jupiter, "moid_jup")] {
        let planet = try #require(
          try solarSystem.ephemeris.elements(of: body, at: epoch, gravity: solarSystem.gravity))
        let found = try #require(MOID(known.elements, planet)).distanceAU
        let value = try #require(known.value(key))
        // DE440 against JPL's DE441: some 1e-8 au of the planets' orbits.
        #expect(abs(found - value) <= known.rounding(key) + 5e-8, "\(known.name) \(key)")
        checked += 1
      }
    }
    #expect(checked > 50)
  }

  /// The MPC's own MOID of 2012 HN13 with the Earth, five decimals, beside OrbFit's elements.
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func againstTheMinorPlanetCenter() throws {
    let file = try #require(TestPaths.sharedData)
      .appending(path: "truth/mpc_orb_json/2012HN13_mpcorb_yarkovsky.json")
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    let moids = try #require(json["moid_data"] as? [String: Any])
    let value = try #require(moids["Earth"] as? Double)
    let block = try #require(json["COM"] as? [String: Any])
    let com = try #require(block["coefficient_values"] as? [Double])
    let epochs = try #require(json["epoch_data"] as? [String: Any])
    let epoch = Epoch<TT>(mjd: try #require(epochs["epoch"] as? Double)).tdb
    let elements = KeplerianElements(
      epoch: epoch, perihelionAU: com[0], eccentricity: com[1],
      inclinationRad: com[2] * Angle.degree, nodeRad: com[3] * Angle.degree,
      argPeriRad: com[4] * Angle.degree, perihelionTime: epoch)
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let earth = try #require(
      try solarSystem.ephemeris.elements(of: .earth, at: epoch, gravity: solarSystem.gravity))
    #expect(abs(try #require(MOID(elements, earth)).distanceAU - value) <= 5e-6)
  }

  /// (1) Ceres and (30) Urania by the program of Wisniowski & Rickman (2013, Acta Astron. 63, 293),
  /// all digits, as the documentation of its Julia edition prints it.
  @Test func publishedPair() throws {
    func orbit(
      _ a: Double, _ e: Double, _ peri: Double, _ node: Double, _ incl: Double
    ) -> KeplerianElements {
      KeplerianElements(
        epoch: Epoch(mjd: 60_000), perihelionAU: a * (1 - e), eccentricity: e,
        inclinationRad: incl * Angle.degree, nodeRad: node * Angle.degree,
        argPeriRad: peri * Angle.degree, perihelionTime: Epoch(mjd: 60_000))
    }
    let ceres = orbit(2.7691652, 0.0760091, 73.59764, 80.30553, 10.59407)
    let urania = orbit(2.3655722, 0.127581, 87.42605, 307.46872, 2.09575)
    #expect(abs(try #require(MOID(ceres, urania)).distanceAU - 0.24521440655831886) < 1e-14)
    #expect(abs(try #require(MOID(urania, ceres)).distanceAU - 0.24521440655831886) < 1e-14)
  }

  /// Orbits whose MOID is known beforehand: circles that cross, touch, lie apart in one plane or
  /// run beside each other all along, in both senses; an ellipse that touches from within.
  @Test(arguments: [
    (1.0, 0.0, 0.4, 0.0), (1, 0, 3, 0), (1.5, 0, 0, 0.5), (1.5, 0, .pi, 0.5), (1, 0, 0, 0),
    (0.5, 1 / 3.0, 0, 0), (0.5, 0.2, 0, 0.25), (1, 0.9, 0, 0), (1, 1, 0.2, 0), (1.2, 1, 0, 0.2),
    (1, 1.5, .pi, 0), (1.25, 2.5, 0.3, 0.25),
  ])
  func withTheUnitCircle(q: Double, e: Double, incl: Double, moid: Double) throws {
    func orbit(_ q: Double, _ e: Double, _ incl: Double) -> KeplerianElements {
      KeplerianElements(
        epoch: Epoch(mjd: 60_000), perihelionAU: q, eccentricity: e, inclinationRad: incl,
        nodeRad: 1, argPeriRad: 0, perihelionTime: Epoch(mjd: 60_000))
    }
    let found = try #require(MOID(orbit(q, e, incl), orbit(1, 0, 0))).distanceAU
    #expect(abs(found - moid) < 1e-9)
  }

  /// The points that the anomalies name are as far apart as the distance says.
  @Test func anomaliesNameThePoints() throws {
    let conics = randomConics(600, seed: 77)
    func point(_ k: KeplerianElements, _ f: Double) -> Vector3 {
      let r = k.perihelionAU * (1 + k.eccentricity) / (1 + k.eccentricity * cos(f))
      let u = k.argPeriRad + f
      return Vector3(
        cos(k.nodeRad) * cos(u) - sin(k.nodeRad) * sin(u) * cos(k.inclinationRad),
        sin(k.nodeRad) * cos(u) + cos(k.nodeRad) * sin(u) * cos(k.inclinationRad),
        sin(u) * sin(k.inclinationRad)) * r
    }
    for (a, b) in zip(conics, conics.dropFirst(1)) {
      guard min(a.eccentricity, b.eccentricity) < 1 else {
        #expect(MOID(a, b) == nil)
        continue
      }
      let found = try #require(MOID(a, b))
      let d = point(a, found.trueAnomalyRad) - point(b, found.otherTrueAnomalyRad)
      // Far out on long ellipses a true anomaly near 180° resolves 1e-16 r²/q.
      let scale = 1 + a.aphelionRange + b.aphelionRange
      #expect(abs(d.norm - found.distanceAU) < 1e-13 * scale * scale, "\(a) \(b)")
    }
  }

  @Test func whatIsNoConicIsRefused() {
    let good = randomConics(2, seed: 3)[1]
    for change: (inout KeplerianElements) -> Void in [
      { $0.perihelionAU = 0 }, { $0.perihelionAU = -1 }, { $0.eccentricity = -0.1 },
      { $0.eccentricity = .nan }, { $0.nodeRad = .infinity },
    ] {
      var bad = good
      change(&bad)
      #expect(MOID(bad, good) == nil)
      #expect(MOID(good, bad) == nil)
    }
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

extension KeplerianElements {
  /// How far out a nearest point of another orbit below 64 au can lie [au].
  fileprivate var aphelionRange: Double { min(aphelionAU, 200) }
}
