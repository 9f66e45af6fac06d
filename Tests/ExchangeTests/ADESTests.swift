import Astro
import Astrometry
import Dynamics
import Exchange
import Foundation
import TestSupport
import Testing

struct ADESTests {
  static let names = "permID|provID|trkSub|stn|obsTime|ra|dec|rmsRA|rmsDec|rmsCorr|mag|band"
  static let row = "|2023 MQ5||J95|2023-07-06T00:17:43.77Z|273.13141|+40.61177|0.11|0.12|0.5|20.2|G"

  @Test func psvRow() throws {
    let batch = try readDetections("# version=2017\n! x\n\(Self.names)\n\(Self.row)\n")
    let d = try #require(batch.detections.first)
    #expect(batch.quarantined.isEmpty && batch.otherLines == 3)
    #expect(d.designation == "2023 MQ5" && d.observatory.description == "J95")
    #expect(d.raDeg == 273.13141 && d.decDeg == 40.61177 && d.mag == 20.2 && d.band == "G")
    #expect(d.raErrDeg == 0.11 / 3600 && d.decErrDeg == 0.12 / 3600)
    #expect(d.raDecCovDeg2 == 0.5 * (0.11 / 3600) * (0.12 / 3600))
    // 2023-07-06 is MJD 60131; TAI − UTC = 37 s.
    let expected = Epoch<TAI>(mjdDay: 60131, fraction: (17 * 60 + 43.77 + 37) / 86400)
    #expect(abs(d.midpoint.days(since: expected)) * 86400 < 1e-9)
  }

  @Test func blocksWithOtherColumns() throws {
    let batch = try readDetections(
      """
      # version=2022
      # observatory
      ! mpcCode J95
      \(Self.names)
      \(Self.row)
      # observatory
      ! mpcCode 703
      stn|trkSub|obsTime|dec|ra
      703|abc|2023-07-07T00:00:00Z|-1.5|10.25
      703|abc|2023-07-07T00:30:00Z|-1.5
      stn|trkSub|obsTime|dec
      703|abc|2023-07-07T00:30:00Z|-1.5
      """)
    #expect(batch.detections.map(\.designation) == ["2023 MQ5", "abc"])
    #expect(batch.detections[1].raDeg == 10.25 && batch.detections[1].decDeg == -1.5)
    #expect(batch.quarantined.map(\.location) == [.line(10), .line(12)])
    #expect(batch.quarantined[1].field == "ra")
  }

  @Test func remarkThatSpeaksOfAColumnIsNoHeader() throws {
    let batch = try readDetections(
      """
      # version=2022
      trkSub|stn|obsTime|ra|dec|remarks
      a|J95|2023-07-06T00:17:43Z|273.1|40.6|provID uncertain
      a|J95|2023-07-06T00:47:43Z|273.2|40.6|
      """)
    #expect(batch.detections.map(\.raDeg) == [273.1, 273.2])
    #expect(batch.quarantined.isEmpty && batch.otherLines == 2)
  }

  @Test func csvWithTheSameNames() throws {
    let batch = try readDetections(
      "obsTime,stn,ra,dec,trkSub,remarks\n2023-07-06T00:17:43.77Z,J95,273.1,40.6,x,\"a, b\"\n")
    #expect(batch.detections.first?.designation == "x" && batch.quarantined.isEmpty)
  }

  @Test(arguments: [
    ("2023-07-06T00:17:43.77Z", "2023-07-06 00:17", "obsTime"),
    ("2023-07-06T00:17:43.77Z", "2023-02-29T00:17:43Z", "obsTime"),
    ("2023-07-06T00:17:43.77Z", "2023-07-06T00:17:60Z", "obsTime"),
    ("2023-07-06T00:17:43.77Z", "2023-07-06T23:59:60Z", "obsTime"),
    ("J95", "J-5", "stn"), ("273.13141", "", "ra"), ("273.13141", "361", "ra"),
    ("+40.61177", "+40.6x", "dec"), ("|0.5|", "|1.5|", "rmsCorr"), ("|0.11|", "|3601|", "rmsRA"),
    ("20.2", "twenty", "mag"),
  ])
  func faultsNameTheirField(old: String, new: String, field: String) throws {
    let bad = Self.row.replacing(old, with: new)
    let batch = try readDetections("# version=2017\n\(Self.names)\n\(bad)\n")
    #expect(batch.detections.isEmpty)
    #expect(batch.quarantined.map(\.field) == [field])
  }

  /// Gaia states 0.2 mas along its scan: that is believed. 0 is not.
  @Test func errorsThatCannotBeAreMissing() throws {
    func read(_ ra: String, _ dec: String) throws -> DetectionBatch {
      let row = Self.row.replacing("|0.11|0.12|", with: "|\(ra)|\(dec)|")
      return try readDetections("# version=2017\n\(Self.names)\n\(row)\n")
    }
    for (ra, dec, kept) in [("0", "0.0", (nil, nil)), ("-1", "0.12", (nil, 0.12 / 3600))]
      as [(String, String, (Double?, Double?))]
    {
      let batch = try read(ra, dec)
      let d = try #require(batch.detections.first)
      #expect(batch.quarantined.isEmpty && batch.errorsTakenAsMissing == 1)
      #expect(d.raErrDeg == kept.0 && d.decErrDeg == kept.1 && d.raDecCovDeg2 == nil)
    }
    let gaia = try read("0.0002", "0.12")
    #expect(gaia.errorsTakenAsMissing == 0)
    #expect(gaia.detections.first?.raErrDeg == 0.0002 / 3600)
  }

  @Test func leapSecondIsATime() throws {
    // 2016-12-31 (MJD 57753) had 86,401 seconds; TAI − UTC was 36 s.
    let text = Self.row.replacing("2023-07-06T00:17:43.77Z", with: "2016-12-31T23:59:60.5Z")
    let batch = try readDetections("# version=2017\n\(Self.names)\n\(text)\n")
    let d = try #require(batch.detections.first)
    let expected = Epoch<TAI>(mjdDay: 57753, fraction: (86400.5 + 36) / 86400)
    #expect(abs(d.midpoint.days(since: expected)) * 86400 < 1e-9)
  }

  @Test func observersPlaces() throws {
    let names = "# version=2017\nstn|trkSub|obsTime|ra|dec|sys|ctr|pos1|pos2|pos3\n"
    let batch = try readDetections(
      names + """
        C51|a|2023-07-07T00:00:00Z|1|2|ICRF_KM|399|1000.5|-2000|7000
        C51|a|2023-07-07T00:01:00Z|1|2|ICRF_AU|399|0.01|0|0
        C51|a|2023-07-07T00:02:00Z|1|2|ICRF_KM|10|1000|-2000|7000
        C51|a|2023-07-07T00:03:00Z|1|2|GALACTIC|399|1000|-2000|7000
        C51|a|2023-07-07T00:04:00Z|1|2|ICRF_KM|399|1000||7000
        247|a|2023-07-07T00:05:00Z|1|2|WGS84|399|10|95|0
        """)
    #expect(
      batch.detections.map(\.observerGeocentricKm) == [
        Vector3(1000.5, -2000, 7000), Vector3(1_495_978.707, 0, 0),
      ])
    #expect(batch.quarantined.map(\.field) == ["ctr", "sys", "pos2", "place"])
  }

  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func psvAndXMLOfTheSameObservationsAgree() throws {
    let psv = try example("319.psv")
    let xml = try example("319.xml")
    #expect(psv.detections.count == 4 && psv.quarantined.isEmpty)
    #expect(xml.detections == psv.detections && xml.quarantined.isEmpty)
    let d = psv.detections[0]
    // An occultation: place and error of the star, observer in km.
    #expect(d.designation == "319" && d.raDeg == 36.443232822 && d.decDeg == 5.964539565)
    #expect(d.observerGeocentricKm == Vector3(1833.310, -1882.459, -3409.399))
    #expect(d.raDecCovDeg2 == -0.874 * (0.0129 / 3600) * (0.0157 / 3600))
  }

  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func xmlAndEightyColumnsAgree() throws {
    let xml = try example("band_conversions.xml")
    let obs80 = try example("band_conversions.obs")
    #expect(xml.detections.count == 2 && obs80.detections.count == 2)
    for (a, b) in zip(xml.detections, obs80.detections) {
      // Both are rounded: to 1e-6° and 1e-5 s; to 0.001 s, 0.01″ and 1e-6 d (0.086 s).
      #expect(abs(a.raDeg - b.raDeg) < (0.0005 * 15 / 3600 + 0.5e-6) * 1.01)
      #expect(abs(a.decDeg - b.decDeg) < (0.005 / 3600 + 0.5e-5) * 1.01)
      #expect(abs(a.midpoint.days(since: b.midpoint)) < 0.6e-6)
      #expect(a.mag == b.mag && a.designation == b.designation && a.observatory == b.observatory)
    }
  }

  /// Counts by `grep -c '<optical>'` and by the rows under the line of names.
  @Test(
    .enabled(if: TestPaths.sharedData != nil, "needs the real data folder"),
    arguments: [
      ("2023MQ5.psv", 2, 0), ("85_test.obs", 6, 0), ("K20Q04A_test.obs", 12, 0), ("obs.xml", 4, 0),
      ("obs_v2022.xml", 4, 0), ("obsResidual.xml", 2, 0), ("gb_trksub.xml", 4, 0),
      ("provid_no_trksub.xml", 4, 0), ("trksub_8char.xml", 7, 0), ("trksub_9chars.xml", 7, 0),
      ("trksub_sub.xml", 3, 0), ("standaloneResidual.xml", 0, 1),
    ])
  func examplesOfTheStandard(name: String, read: Int, setAside: Int) throws {
    let batch = try example(name)
    #expect(batch.detections.count == read, "\(batch.quarantined)")
    #expect(batch.quarantined.count == setAside, "\(batch.quarantined)")
  }

  @Test func truncatedXMLIsAnError() throws {
    let text = "<ades version=\"2022\"><obsBlock><obsData><optical><trkSub>a</trkSub>"
    #expect(throws: ExchangeError.self) { try readDetections(text) }
  }

  private func example(_ name: String) throws -> DetectionBatch {
    let folder = try #require(TestPaths.sharedData).appending(path: "ades_examples")
    return try DetectionFile.readAll(
      folder.appending(path: name).path, options: .init(leapSeconds: .erfa))
  }
}
