import Astro
import Astrometry
import Dynamics
import Exchange
import Foundation
import TestSupport
import Testing

@Suite struct OEFTests {
  private static let header = """
    format  = 'OEF2.0'       ! file format
    rectype = 'ML'           ! record type (1L/ML)
    refsys  = ECLM J2000     ! default reference system
    END_OF_HEADER

    """

  /// The same orbit of (433) in the three sets of elements, converted here by their definitions.
  @Test func elementsOfEachKindAreTheSameOrbit() throws {
    let (a, e, incl, node, peri, mean) = (
      1.458_182_3, 0.222_738_5, 10.828_58, 304.304_24, 178.835_49, 84.171_90
    )
    let d = Double.pi / 180
    let longitude = (node + peri) * d
    let half = tan(incl * d / 2)
    let equinoctial = [
      a, e * sin(longitude), e * cos(longitude), half * sin(node * d), half * cos(node * d),
      (node + peri + mean).truncatingRemainder(dividingBy: 360),
    ]
    let period = 2 * Double.pi / (0.017_202_098_95 / (a * a * a).squareRoot())
    let text =
      Self.header
        + """
        433
        ! Keplerian elements: a, e, i, long. node, arg. peric., mean anomaly
         KEP \(a) \(e) \(incl) \(node) \(peri) \(mean)
         MJD 58666.000000000 TDT
         MAG 11.160 0.460
        2008YC3
         EQU \(equinoctial.map { "\($0)" }.joined(separator: "  "))
         JD 2458666.500000000 TDT
        C/2020F3
         COM \(a * (1 - e)) \(e) \(incl) \(node) \(peri) \(58666 - mean / 360 * period)
         MJD 58666.0 TDT

        """
    let batch = try readOrbits(text)
    #expect(batch.quarantined.isEmpty)
    #expect(batch.orbits.map(\.designation) == ["433", "2008 YC3", "C/2020 F3"])
    #expect(batch.orbits.first?.absoluteMagnitude == 11.16)
    let truth = try #require(try readOrbits(MPCORBTests.eros + "\n").orbits.first).orbit
    for (orbit, name) in zip(batch.orbits, ["KEP", "EQU", "COM"]) {
      // The perihelion time is one double: 1e-11 d. Gauss's constant is not DE440's GM: 1e-9.
      let tolerance = name == "COM" ? 1e-8 : 1e-12
      #expect((orbit.orbit.state.position - truth.state.position).norm < tolerance, "\(name)")
      #expect((orbit.orbit.state.velocity - truth.state.velocity).norm < tolerance, "\(name)")
      #expect(abs(orbit.orbit.epoch.days(since: truth.epoch)) < 1e-9, "\(name)")
    }
  }

  @Test func catalogsOfOneLineAreRead() throws {
    let text = """
      format  = 'OEF2.0'
      rectype = '1L'
      elem    = 'KEP'
      refsys  = ECLM J2000
      END_OF_HEADER
      ! Name, Epoch(MJD), a, e, i, long. node, arg. peric., mean anomaly, abs. magnitude, slope
      '433'  58666.000000  1.4581823  0.2227385  10.82858  304.30424 178.83549  84.17190 11.16 0.46 0
      '99942' 58666.000000 0.92 0.19 3.3 204.4 126.4 0.1 19.7 0.24 1
      """
    let batch = try readOrbits(text.replacing("\n", with: "\r\n"))
    let orbit = try #require(batch.orbits.first)
    let truth = try #require(try readOrbits(MPCORBTests.eros + "\n").orbits.first)
    #expect(batch.orbits.count == 1 && orbit.ssObjectId == truth.ssObjectId)
    #expect((orbit.orbit.state.position - truth.orbit.state.position).norm < 1e-12)
    // Fitted with parameters that the line does not give.
    #expect(batch.quarantined.map(\.field) == ["LSP"])
    #expect(batch.quarantined.first?.location == .line(8))
  }

  /// JPL's and the MPC's orbits with covariances: what is written comes back.
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func whatIsWrittenComesBack() throws {
    try RealFiles.withFolder { folder in
      for name in ["2020AB_mpcorb", "2062_mpcorb_v07"] {
        let url = try RealFiles.url("truth/mpc_orb_json/\(name).json")
        let orbit = try #require(try OrbitFile.readAll(url.path).orbits.first)
        let text = OrbitTextFormat.oef.encode([OrbitRecord(orbit: orbit, source: "file")])
        let whole = OrbitTextFormat.oef.head + String(decoding: text.bytes, as: UTF8.self)
        let again = try #require(try readOrbits(whole).orbits.first)
        #expect(again.designation == orbit.designation)
        // Two rotations and 17 digits: a few units of the last of 53 bits.
        #expect((again.orbit.state.position - orbit.orbit.state.position).norm < 2e-15)
        #expect((again.orbit.state.velocity - orbit.orbit.state.velocity).norm < 1e-16)
        #expect(abs(again.orbit.epoch.days(since: orbit.orbit.epoch)) < 1e-14)
        #expect(again.absoluteMagnitude == orbit.absoluteMagnitude)
        let (c, was) = try (
          #require(again.covariance).covariance, #require(orbit.covariance).covariance
        )
        for i in 0..<6 {
          for j in 0..<6 {
            // Correlations of 1 - 1e-9 leave this much of two rotations.
            let scale = (was[7 * i] * was[7 * j]).squareRoot()
            #expect(abs(c[6 * i + j] - was[6 * i + j]) < 1e-6 * scale)
          }
        }
      }
    }
  }

  @Test(arguments: [
    ("1999 AN10\n KEP 1.4 0.5 x 1 2 3\n MJD 58666 TDT\n", "KEP"),
    ("1999 AN10\n KEP 1.4 0.5 3 1 2\n MJD 58666 TDT\n", "KEP"),
    ("1999 AN10\n KEP 1.4 1.5 3 1 2 3\n MJD 58666 TDT\n", "KEP"),
    ("1999 AN10\n ATT 1 2 3 4 5 6\n MJD 58666 TDT\n", "ATT"),
    ("1999 AN10\n KEP 1.4 0.5 3 1 2 3\n", "MJD"),
    ("1999 AN10\n KEP 1.4 0.5 3 1 2 3\n MJD 2458666 TDT\n", "MJD"),
    ("1999 AN10\n KEP 1.4 0.5 3 1 2 3\n MJD 58666 XYZ\n", "MJD"),
    ("1999 AN10\n KEP 1.4 0.5 3 1 2 3\n MJD 58666 TDT\n COV 1 2 3\n", "COV"),
    ("1999 AN10\n KEP 1.4 0.5 3 1 2 3\n MJD 58666 TDT\n LSP 1 1 7 2\n", "LSP"),
    ("1999 AN10\n KEP 1.4 0.5 3 1 2 3\n MJD 58666 TDT\n LSP 3 1 6\n NGR 1\n", "LSP"),
    ("C/1999 S4\n KEP 1.4 0.5 3 1 2 3\n MJD 58666 TDT\n LSP 2 4 6\n NGR 1e-9 0 0 35\n", "NGR"),
    ("1999 AN10\n KEP 1.4 0.5 3 1 2 3\n MJD 58666 TDT\n LSP 1 2 7 2\n NGR 0 x\n", "NGR"),
  ])
  func badRecordsAreSetAside(_ record: String, _ field: String) throws {
    let good =
      "433\n KEP 1.4581823 0.2227385 10.82858 304.30424 178.83549 84.1719\n MJD 58666 TDT\n"
    let batch = try readOrbits(Self.header + record + good)
    #expect(batch.orbits.map(\.designation) == ["433"])
    #expect(batch.quarantined.map(\.field) == [field])
    #expect(batch.quarantined.first?.location == .line(5))
  }

  @Test(arguments: ["refsys  = EQUT OFDATE\n", "a line of prose\n"])
  func badHeadersEndTheReading(_ line: String) {
    #expect(throws: ExchangeError.self) {
      try readOrbits("format = 'OEF2.0'\n\(line)END_OF_HEADER\n")
    }
  }

  /// OrbFit's units: A2 in 1e-10 au/d², sunlight by area over mass in m²/t; of comets au/d². Sunlight
  /// presses with 4.57e-6 N/m² at 1 au (Kopp & Lean 2011, GRL 38, L01706: 1361 W/m², 0.7 % less
  /// than OrbFit's 1370).
  @Test func nonGravitationalParametersComeBack() throws {
    let text =
      Self.header + """
        99942
         KEP 0.9224 0.1914 3.339 203.9 126.7 142.9
         MJD 59600.0 TDT
         LSP   1  2    7   2
         NGR   1.000E+00  -2.899E-04
        67P
         KEP 3.46 0.64 7.04 50.1 12.8 303.7
         MJD 59600.0 TDT
         LSP   2  4    6
         NGR   1.1E-09 -3.7D-11 2.5E-10 0.0

        """
    let batch = try readOrbits(text)
    #expect(batch.quarantined.isEmpty)
    let apophis = try #require(batch.orbits.first?.nonGravitational)
    #expect(abs(apophis.y + 2.899e-14) < 1e-28)
    let pressure = 4.54e-6 / 1000 * 86_400 * 86_400 / 149_597_870_700
    #expect(abs(apophis.x / pressure - 1) < 0.01 && apophis.z == 0)
    #expect(batch.orbits.last?.nonGravitational == Vector3(1.1e-9, -3.7e-11, 2.5e-10))
    // Both follow the law that is usual for them.
    #expect(batch.orbits.allSatisfy { $0.nonGravitationalLaw == nil })
    let written = OrbitTextFormat.oef.encode(
      batch.orbits.map { OrbitRecord(orbit: $0, source: "file") })
    #expect(written.losses.isEmpty)
    let again = try readOrbits(Self.header + String(decoding: written.bytes, as: UTF8.self))
    for (was, now) in zip(batch.orbits, again.orbits) {
      let (a, b) = (try #require(was.nonGravitational), try #require(now.nonGravitational))
      // A product and a quotient, half a unit of the last place each.
      #expect((a - b).norm <= 4 * a.norm.ulp)
    }
  }

  @Test func whatItCanNotHoldIsSaid() {
    let state = StateVector(position: Vector3(1, 0, 0), velocity: Vector3(0, 0.03, 0))
    var orbit = CatalogOrbit(
      designation: "2020 AB",
      orbit: Orbit(epoch: Epoch<TDB>(mjd: 59000), state: state, origin: .solarSystemBarycenter))
    let none = OrbitTextFormat.oef.encode([OrbitRecord(orbit: orbit, source: "file")])
    #expect(none.count == 0 && none.bytes.isEmpty && none.losses.count == 1)
    orbit.orbit.origin = .sun
    orbit.nonGravitational = Vector3(0, 1e-14, 1e-14)
    let some = OrbitTextFormat.oef.encode([OrbitRecord(orbit: orbit, source: "file")])
    #expect(some.count == 1 && some.losses.count == 1)
    #expect(String(decoding: some.bytes, as: UTF8.self).hasPrefix("2020AB\n"))
  }
}
