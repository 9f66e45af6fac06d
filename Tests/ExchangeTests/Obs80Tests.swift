import Astro
import Astrometry
import Dynamics
import Exchange
import Foundation
import TestSupport
import Testing

struct Obs80Tests {
  static let optical =
    "     K08T03C* C2008 10 06.27767 23 17 00.78 +07 49 22.7          18.9 Vrz9516G96"

  /// Text put at columns (from 1) of an otherwise blank line.
  static func line(_ parts: (Int, String)...) -> String {
    var bytes = [UInt8](repeating: 0x20, count: 80)
    for (column, text) in parts {
      bytes.replaceSubrange(column - 1..<column - 1 + text.utf8.count, with: text.utf8)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// 2010 AB78 from WISE (C51), the place in km: the columns are those of the MPC's description.
  static let spacecraft = (
    line(
      (6, "K10A78B"), (15, "S2010 01 12.262080"), (33, "00 21 49.22"), (45, "-05 35 33.3"),
      (73, "~0KrcC51")),
    line(
      (6, "K10A78B"), (15, "s2010 01 12.262080"), (33, "1"), (35, "- 4567.1234"),
      (47, "+ 1234.5678"), (59, "- 5000.0001"), (73, "~0KrcC51"))
  )

  @Test func opticalLine() throws {
    let batch = try readDetections(Self.optical + "\n")
    let d = try #require(batch.detections.first)
    #expect(batch.quarantined.isEmpty)
    // 23h 17m 0.78s = 349.25325°; 7° 49′ 22.7″ = 7.8229722…°
    #expect(abs(d.raDeg - 349.25325) < 1e-12)
    #expect(abs(d.decDeg - (7 + 49 / 60.0 + 22.7 / 3600)) < 1e-12)
    #expect(d.mag == 18.9 && d.band == "V" && d.observatory.description == "G96")
    // 2008-10-06 is MJD 54745.
    #expect(d.midpoint.day == 54745)
    #expect(abs(d.midpoint.fraction - 0.27767) < 40 / 86400.0)
  }

  /// Packed names and what they are: https://www.minorplanetcenter.net/iau/info/PackedDes.html
  @Test(arguments: [
    ("00433       ", "433"), ("A0345       ", "100345"), ("~0000       ", "620000"),
    ("     K04J12Q", "2004 JQ12"), ("     J98SA8Q", "1998 SQ108"), ("     PLS2040", "2040 P-L"),
    ("    CJ95O010", "C/1995 O1"), ("0073P      b", "73P-B"), ("     A10TlFw", "A10TlFw"),
    ("00433K04J12Q", "433"),
  ])
  func packedDesignations(packed: String, readable: String) throws {
    let batch = try readDetections(packed + Self.optical.dropFirst(12) + "\n")
    #expect(batch.quarantined == [])
    #expect(batch.detections.first?.designation == readable)
  }

  @Test func spacecraftTakesTwoLines() throws {
    let (first, second) = Self.spacecraft
    let batch = try readDetections(first + "\n" + second + "\n" + Self.optical + "\n")
    #expect(batch.detections.count == 2)
    #expect(batch.quarantined == [])
    #expect(batch.continuationLines == 1)
    let place = try #require(batch.detections.first?.observerGeocentricKm)
    #expect(place == Vector3(-4567.1234, 1234.5678, -5000.0001))
    #expect(batch.detections.last?.observerGeocentricKm == nil)
  }

  @Test func rovingObserverGivesAPlaceOnTheEarth() throws {
    // Longitude 18.47°, latitude -33.93°, 20 m: the columns are those of the MPC's description.
    let first = Self.line(
      (6, "K10A78B"), (15, "V2010 01 12.262080"), (33, "00 21 49.22"), (45, "-05 35 33.3"),
      (78, "247"))
    let second = Self.line(
      (6, "K10A78B"), (15, "v2010 01 12.262080"), (33, "1"), (35, "18.47"), (46, "-33.93"),
      (57, "20"), (78, "247"))
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let batch = try RealFiles.withFolder { folder in
      let url = folder.appending(path: "input")
      try Data((first + "\n" + second + "\n").utf8).write(to: url)
      return try DetectionFile.readAll(
        url.path,
        options: .init(
          leapSeconds: solarSystem.leapSeconds, earthOrientation: solarSystem.earthOrientation))
    }
    #expect(batch.quarantined == [])
    let place = try #require(batch.detections.first?.observerGeocentricKm)
    // WGS 84: N = a / √(1 − e² sin²φ), z = N (1 − e²) sin φ, ρ = N cos φ. Precession since 2000 and
    // nutation tilt the axis by 10 years × 20″ at most: 0.001 rad of 6378 km.
    let sine = sin(-33.93 * Double.pi / 180)
    let n = 6378.137 / (1 - 0.00669437999 * sine * sine).squareRoot()
    let z = (n * (1 - 0.00669437999) + 0.02) * sine
    let rho = (n + 0.02) * (1 - sine * sine).squareRoot()
    #expect(abs(place.norm - (z * z + rho * rho).squareRoot()) < 1e-6)
    #expect(abs(place.z - z) < 6.4)
    // Mean sidereal time (Meeus 1998, eq. 12.4) is the right ascension of the meridian of date.
    let days = 55208.262080 - 51544.5
    let sidereal = (280.46062 + 360.98564737 * days + 18.47).truncatingRemainder(dividingBy: 360)
    let ra = (atan2(place.y, place.x) * 180 / Double.pi + 360).truncatingRemainder(dividingBy: 360)
    // Precession in right ascension of 10 years is 0.13°.
    #expect(abs(ra - sidereal) < 0.2)
    // Without Earth orientation it is set aside, not misplaced.
    #expect(try readDetections(first + "\n" + second + "\n").quarantined.map(\.field) == ["place"])
  }

  @Test func halfATwoLineRecordIsSetAside() throws {
    let (first, second) = Self.spacecraft
    let batch = try readDetections([first, Self.optical, second, first].joined(separator: "\n"))
    #expect(batch.detections.count == 1)
    #expect(batch.quarantined.map(\.location) == [.line(1), .line(3), .line(4)])
  }

  @Test func faultsNameTheirColumns() throws {
    func with(_ column: Int, _ text: String) -> String {
      var bytes = Array(Self.optical.utf8)
      bytes.replaceSubrange(column - 1..<column - 1 + text.utf8.count, with: text.utf8)
      return String(decoding: bytes, as: UTF8.self)
    }
    let rows = [
      with(21, "13"), with(33, "24"), with(36, "60"), with(45, " "), with(45, "+91"),
      with(66, "bright"), with(78, "G-6"), with(15, "R"), with(15, "X"),
      String(Self.optical.prefix(70)),
    ]
    let batch = try readDetections(([Self.optical] + rows).joined(separator: "\n"))
    #expect(batch.detections.count == 1)
    #expect(
      batch.quarantined.map { $0.field?.split(separator: " ").first ?? "" } == [
        "date", "RA", "RA", "Dec", "Dec", "magnitude", "observatory", "kind", "kind", "",
      ])
  }

  @Test(
    .enabled(if: TestPaths.sharedData != nil, "needs the real data folder"),
    arguments: [
      ("2007VV7", 21, 0), ("2008TC3", 883, 0), ("2018LA", 17, 1), ("2023DW", 123, 0),
      ("2024PT5", 410, 0),
    ])
  func realFiles(name: String, read: Int, setAside: Int) throws {
    let path = try #require(TestPaths.sharedData).appending(path: "truth/real_obs80/\(name).txt")
      .path
    let batch = try DetectionFile.readAll(path, options: .init(leapSeconds: .erfa))
    #expect(batch.detections.count == read, "\(batch.quarantined.prefix(3))")
    #expect(batch.quarantined.count == setAside)
    // 2008 TC3 struck the Earth 19 hours after its discovery; all lie within months.
    let times = batch.detections.map(\.midpoint.mjd)
    #expect(try #require(times.max()) - #require(times.min()) < 400)
  }
}
