import Astro
import Astrometry
import Dynamics
import Exchange
import Foundation
import TestSupport
import Testing

struct OrbitCSVTests {
  static func sample() throws -> CatalogOrbit {
    // A covariance with sigmas of 1e-7 au and 1e-9 au/d and correlations of 0.5 between neighbours.
    let sigma = [1e-7, 2e-7, 3e-7, 1e-9, 2e-9, 3e-9]
    var c = [Double](repeating: 0, count: 36)
    for i in 0..<6 {
      for j in 0..<6 {
        c[6 * i + j] = sigma[i] * sigma[j] * (i == j ? 1 : abs(i - j) == 1 ? 0.5 : 0)
      }
    }
    return CatalogOrbit(
      designation: "2004 JQ12", ssObjectId: 21_163_624_394_469_969,
      orbit: Orbit(
        epoch: Epoch<TDB>(mjdDay: 60000, fraction: 0.123456789012345678),
        state: StateVector(
          position: Vector3(1.2345678901234567, -0.1, 1e-5 / 3),
          velocity: Vector3(0.001, 0.017 / 3, -1e-3 / 7)), origin: .sun),
      covariance: OrbitCovariance(covariance: c), absoluteMagnitude: 18.5,
      slope: 0.15, nonGravitational: Vector3(0, -1e-14 / 3, 0),
      quality: .init(
        rmsArcsec: 0.123, observationCount: 20, observationsUsed: 19, arcDays: 12.5,
        converged: true, determined: false))
  }

  @Test(arguments: [
    PhotometricModel.hg12(h: 18.5, g12: 0.3), .hg12Muinonen(h: 18.5, g12: 0.1),
    .hg1g2(h: 18.5, g1: 0.6, g2: 0.1), .comet(m1: 9.8, k1: 12.5),
    .nucleus(m2: 12.9, k2: 5, phaseCoefficient: 0.03),
  ])
  func brightnessLawsReadBackTheSame(law: PhotometricModel) throws {
    var sample = try Self.sample()
    sample.photometry = law
    let batch = try readOrbits(OrbitCSV.header + OrbitCSV.line(sample))
    #expect(batch.orbits.first?.photometry == law, "\(batch.quarantined)")
  }

  @Test func whatIsWrittenReadsBackTheSame() throws {
    let sample = try Self.sample()
    var barycentric = sample
    barycentric.orbit.origin = .solarSystemBarycenter
    barycentric.designation = "odd, \"quoted\" name"
    barycentric.ssObjectId = nil
    barycentric.covariance = nil
    barycentric.quality = .init()
    barycentric.nonGravitational = nil
    let text = OrbitCSV.header + OrbitCSV.line(sample) + OrbitCSV.line(barycentric)
    let batch = try readOrbits(text)
    #expect(batch.quarantined.isEmpty && batch.orbits.count == 2)
    #expect(batch.orbits.last == barycentric)
    var back = try #require(batch.orbits.first)
    // Not one bit lost in state and epoch; the covariance goes through its factors (1e-16 times
    // the condition of the correlation matrix, here about 10).
    let covariance = try #require(back.covariance?.covariance)
    let expected = try #require(sample.covariance?.covariance)
    for i in 0..<6 {
      for j in 0..<6 {
        let scale = (expected[7 * i] * expected[7 * j]).squareRoot()
        #expect(abs(covariance[6 * i + j] - expected[6 * i + j]) < 1e-14 * scale)
      }
    }
    back.covariance = sample.covariance
    #expect(back == sample)
  }

  @Test func elementsAloneGiveTheState() throws {
    let sample = try Self.sample()
    let lines = (OrbitCSV.header + OrbitCSV.line(sample)).split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    func only(_ wanted: [String]) -> String {
      let columns = wanted.compactMap { name in lines[0].firstIndex { $0 == name } }
      return lines.map { line in columns.map { String(line[$0]) }.joined(separator: ",") }
        .joined(separator: "\n")
    }
    let shape = ["designation", "epochMjdTdb", "e", "incl", "node", "argPeri"]
    for other in [["q", "tPeriMjdTdb"], ["a", "meanAnomaly"]] {
      let orbit = try #require(try readOrbits(only(shape + other)).orbits.first)
      // Nine au²-digits: double rounding through a (1 − e) and the angles in degrees.
      #expect((orbit.orbit.state.position - sample.orbit.state.position).norm < 1e-13)
      #expect((orbit.orbit.state.velocity - sample.orbit.state.velocity).norm < 1e-15)
    }
  }

  @Test func eclipticAxesAreTurned() throws {
    let batch = try readOrbits(
      """
      designation,epochMjdTdb,x,y,z,vx,vy,vz,frame
      a,60000,0,1,0,0,0,0.01,ECLIPJ2000
      b,60000,0,1,0,0,0,0.01,ICRF
      c,60000,0,1,0,0,0,0.01,FK4
      """)
    let eps = Frames.obliquityJ2000Rad
    let a = try #require(batch.orbits.first).orbit.state
    #expect((a.position - Vector3(0, cos(eps), sin(eps))).norm < 1e-15)
    #expect((a.velocity - Vector3(0, -sin(eps), cos(eps)) * 0.01).norm < 1e-17)
    #expect(batch.orbits.last?.orbit.state.position == Vector3(0, 1, 0))
    #expect(batch.quarantined.map(\.field) == ["frame"])
  }

  @Test(arguments: [
    ("a,nan,1,0,0,0,0.017,0", "epochMjdTdb"), ("a,2460000.5,1,0,0,0,0.017,0", "epochMjdTdb"),
    (",60000,1,0,0,0,0.017,0", "designation"), ("a,60000,1e9,0,0,0,0.017,0", "x"),
    ("a,60000,1,0,0,0,17,0", "vy"), ("a,60000,0,0,0,0,0.017,0", "x"),
    ("a,60000,1,0,zero,0,0.017,0", "z"), ("a,60000,,0,0,0,0.017,0", "x"),
  ])
  func faultsNameTheirField(row: String, field: String) throws {
    let batch = try readOrbits("designation,epochMjdTdb,x,y,z,vx,vy,vz\n\(row)\n")
    #expect(batch.orbits.isEmpty && batch.quarantined.map(\.field) == [field])
  }

  @Test func wholeFileErrors() throws {
    #expect(throws: ExchangeError.self) { try readOrbits("") }
    #expect(throws: ExchangeError.self) { try readOrbits("designation,epochMjdTdb,x,y\na,1,2,3\n") }
    #expect(throws: ExchangeError.self) { try readOrbits("once upon a time") }
    #expect(throws: ExchangeError.self) { try readOrbits("{\"a\":") }
  }

  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func realElementsOfOthers() throws {
    try RealFiles.withFolder { folder in
      let url = try RealFiles.gunzip("orbits/real_orbits_highprec.csv.gz", into: folder)
      let batch = try OrbitFile.readAll(url.path)
      #expect(batch.orbits.count + batch.quarantined.count == 34_907)
      // Row 4235 has no mean anomaly (awk -F, '$9==""').
      #expect(batch.quarantined.map(\.location) == [.line(4235)])
      let ceres = try #require(batch.orbits.first)
      let elements = try #require(KeplerianElements(ceres.orbit))
      #expect(abs(elements.semiMajorAxisAU - 2.766619044655007) < 1e-14 * 20)
      #expect(abs(elements.eccentricity - 0.07863575691875528) < 1e-14)
      #expect(abs(elements.meanAnomalyRad() / Angle.degree - 334.3271698971151) < 1e-10)
    }
  }
}
