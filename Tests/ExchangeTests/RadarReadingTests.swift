import Astro
import Astrometry
import Dynamics
import Exchange
import Foundation
import TestSupport
import Testing

/// Radar records of ADES and of 80 columns. Authority for the units: adesmaster.xml of
/// IAU-ADES/ADES-Master (delay [s], rmsDelay [µs], doppler and rmsDoppler [Hz], frq [MHz]) and
/// https://www.minorplanetcenter.net/iau/info/RadarObs.html.
struct RadarReadingTests {
  private func read(_ text: String, keepsRadar: Bool = true) throws -> DetectionBatch {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "radar-\(UUID().uuidString).txt")
    defer { try? FileManager.default.removeItem(at: file) }
    try text.write(to: file, atomically: true, encoding: .utf8)
    let system = try SolarSystem.load(folder: TestPaths.ephemerides)
    return try DetectionFile.readAll(
      file.path, options: .init(leapSeconds: system.leapSeconds, keepsRadar: keepsRadar))
  }

  private static let psv = """
    # version=2022
    permID |mode|stn |obsTime                 |ra       |dec      |rmsRA|rmsDec|astCat
    99942  |CCD |X05 |2026-01-05T10:40:00.000Z|120.5    |-3.25    |0.1  |0.1   |Gaia3
    # version=2022
    permID |trx |rcv |obsTime             |delay        |rmsDelay|doppler  |rmsDoppler|com|frq
    99942  |253 |253 |2013-01-05T10:40:00Z|96.91159152  |0.25    |         |          |1  |8560
    99942  |253 |252 |2013-01-05T10:40:00Z|             |        |20031.160|0.1       |   |8560
    99942  |251 |251 |2013-02-18T01:37:00Z|157.90644415 |3       |         |          |0  |2380

    """

  @Test func psv() throws {
    let batch = try read(Self.psv)
    #expect(batch.detections.count == 1 && batch.quarantined.isEmpty)
    try #require(batch.radar.count == 3 && batch.radarLines == [6, 7, 8])
    let first = batch.radar[0]
    #expect(first.quantity == .delay && first.value == 96.911_591_52)
    #expect(abs(first.sigma - 0.25e-6) < 1e-20 && first.frequencyMHz == 8560)
    #expect(first.designation == "99942" && first.reflection == .centerOfMass)
    let second = batch.radar[1]
    #expect(second.quantity == .doppler && second.value == 20_031.16 && second.sigma == 0.1)
    #expect(second.transmitter.description == "253" && second.receiver.description == "252")
    #expect(batch.radar[2].reflection == .surface)
    // 2013-01-05 10:40 UTC is 35 s less than TAI.
    #expect(first.received.days(since: Epoch<TAI>(mjd: 56297 + 38_435 / 86_400.0)) * 86_400 < 1e-4)
  }

  @Test func setAsideUnlessWanted() throws {
    let batch = try read(Self.psv, keepsRadar: false)
    #expect(batch.detections.count == 1 && batch.radar.isEmpty && batch.quarantined.count == 3)
    #expect(batch.quarantined.allSatisfy { $0.reason.contains("ecliptic fit") })
  }

  @Test func xml() throws {
    let batch = try read(
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <ades version="2022"><radar><permID>99942</permID><trx>253</trx><rcv>253</rcv>
      <obsTime>2013-01-05T10:40:00Z</obsTime><delay>96.91159152</delay><rmsDelay>0.25</rmsDelay>
      <com>1</com><frq>8560</frq></radar><radar><permID>99942</permID><trx>253</trx>
      <obsTime>2013-01-05T10:40:00Z</obsTime><doppler>1</doppler><rmsDoppler>0.25</rmsDoppler>
      <frq>8560</frq></radar></ades>
      """)
    #expect(batch.radar.count == 1 && batch.radar.first?.value == 96.911_591_52)
    #expect(batch.quarantined.count == 1 && batch.quarantined.first?.field == "rcv")
  }

  /// Delay and Doppler in one record; an error below one unit; both decimal points between columns.
  @Test func twoLines() throws {
    let (first, second) = ((1, "99942"), (16, "2013 01 05.444444"))
    let third = (16, "2013 01 10.333333")
    let stations = [(69, "253"), (78, "253")]
    let batch = try read(
      [
        [
          first, (15, "R"), second, (36, "969115915200"), (48, "+"), (54, "200311600"),
          (63, "085600"),
        ] + stations,
        [first, (15, "r"), second, (33, "C"), (44, "2500"), (59, "1000"), (65, "5")] + stations,
        [first, (15, "R"), third, (48, "-"), (55, "25908570"), (63, "085600")] + stations,
        [first, (15, "r"), third, (33, "S"), (59, "1000")] + stations,
      ].map { Self.line($0) }.joined())
    #expect(batch.quarantined.isEmpty, "\(batch.quarantined)")
    try #require(batch.radar.count == 3)
    let (delay, shift, other) = (batch.radar[0], batch.radar[1], batch.radar[2])
    #expect(delay.quantity == .delay && abs(delay.value - 96.911_591_52) < 1e-12)
    #expect(abs(delay.sigma - 0.25e-6) < 1e-18 && abs(delay.frequencyMHz - 8560.0005) < 1e-9)
    #expect(shift.quantity == .doppler && shift.value == 20_031.16 && shift.sigma == 0.1)
    #expect(other.value == -2590.857 && other.reflection == .surface)
    #expect(delay.designation == "99942" && delay.receiver.description == "253")
  }

  /// 80 columns with texts beginning at theirs, from 1.
  private static func line(_ fields: [(Int, String)]) -> String {
    var bytes = [UInt8](repeating: 0x20, count: 80)
    for (column, text) in fields {
      bytes.replaceSubrange((column - 1)..<(column - 1 + text.utf8.count), with: text.utf8)
    }
    return String(decoding: bytes, as: UTF8.self) + "\n"
  }

  @Test func brokenRecordsAreNamed() throws {
    let header = "permID|trx|rcv|obsTime|delay|rmsDelay|doppler|rmsDoppler|com|frq\n"
    let rows = [
      ("99942|253|253|2013-01-05T10:40:00Z|-3|0.25|||1|8560", "delay"),
      ("99942|253|253|2013-01-05T10:40:00Z|96|0|||1|8560", "rmsDelay"),
      ("99942|253|253|2013-01-05T10:40:00Z|96||||1|8560", "rmsDelay"),
      ("99942|253|253|2013-01-05T10:40:00Z|96|1|20|1|1|8560", "delay"),
      ("99942|253|253|2013-01-05T10:40:00Z|||20|nan|1|8560", "rmsDoppler"),
      ("99942|253|253|2013-01-05T10:40:00Z|||20|1|1|8.56", "frq"),
      ("99942|253|253|2013-01-05T10:40:00Z|||20|1|2|8560", "com"),
      ("99942|2!3|253|2013-01-05T10:40:00Z|||20|1|1|8560", "trx"),
      ("99942|253|253|2013-13-05T10:40:00Z|||20|1|1|8560", "obsTime"),
    ]
    for (row, field) in rows {
      let batch = try read("# version=2022\n" + header + row + "\n")
      #expect(batch.radar.isEmpty && batch.quarantined.first?.field == field, "\(row)")
    }
    let twice = "99942|253|253|2013-01-05T10:40:00Z|96|1|||1|8560\n"
    #expect(try read("# version=2022\n" + header + twice + twice).quarantined.count == 1)
    let alone = Self.line([
      (1, "99942"), (15, "R"), (16, "2013 01 05.444444"), (36, "969115915200"), (63, "085600"),
      (69, "253"), (78, "253"),
    ])
    let batch = try read(alone + alone)
    #expect(batch.quarantined.count == 2 && batch.radar.isEmpty)
  }
}
