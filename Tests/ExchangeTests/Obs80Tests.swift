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

  @Test func spacecraftTakesTwoLines() throws {
    // 2010 AB78 from WISE (C51): the place is in km, 6,900 km from the Earth's centre.
    let first = "     K10A78B  S2010 01 12.26208000 21 49.22 -05 35 33.3                      L~0KrcC51"
    let second = "     K10A78B  s2010 01 12.2620801 - 4567.1234 + 1234.5678 - 5000.0001   ~0KrcC51"
    let batch = try readDetections(first + "\n" + second + "\n" + Self.optical + "\n")
    #expect(batch.detections.count == 2 && batch.quarantined.isEmpty)
    #expect(batch.continuationLines == 1)
    let place = try #require(batch.detections[0].observerGeocentricKm)
    #expect(place == Vector3(-4567.1234, 1234.5678, -5000.0001))
    #expect(batch.detections[1].observerGeocentricKm == nil)
  }

  @Test func halfATwoLineRecordIsSetAside() throws {
    let first = "     K10A78B  S2010 01 12.26208000 21 49.22 -05 35 33.3                      L~0KrcC51"
    let second = "     K10A78B  s2010 01 12.2620801 - 4567.1234 + 1234.5678 - 5000.0001   ~0KrcC51"
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
    let path = try #require(TestPaths.sharedData).appending(path: "truth/real_obs80/\(name).txt").path
    let batch = try DetectionFile.readAll(path, options: .init(leapSeconds: .erfa))
    #expect(batch.detections.count == read, "\(batch.quarantined.prefix(3))")
    #expect(batch.quarantined.count == setAside)
    // 2008 TC3 struck the Earth 19 hours after its discovery; all lie within months.
    let times = batch.detections.map(\.midpoint.mjd)
    #expect(try #require(times.max()) - #require(times.min()) < 400)
  }
}
