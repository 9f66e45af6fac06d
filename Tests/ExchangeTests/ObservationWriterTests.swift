import Astro
import Astrometry
import Dynamics
import Exchange
import Foundation
import TestSupport
import Testing

@Suite struct ObservationWriterTests {
  private static let options = DetectionFile.Options(leapSeconds: .erfa)

  private static func written(
    _ detections: [Detection], _ format: ObservationFormat, residuals: Bool = false
  ) -> (text: String, losses: [String]) {
    var writer = format.writer(header: .none)
    var out: [UInt8] = []
    writer.begin(into: &out)
    let records = detections.map {
      ObservationRecord(
        detection: $0, object: $0.designation, residualRaArcsec: residuals ? 0.0123456 : nil,
        residualDecArcsec: residuals ? -0.5 : nil)
    }
    writer.write(records, into: &out)
    writer.end(into: &out)
    #expect(writer.count == detections.count)
    return (String(decoding: out, as: UTF8.self), writer.losses)
  }

  private static func readBack(_ text: String, _ name: String) throws -> [Detection] {
    try RealFiles.withFolder { folder in
      let file = folder.appending(path: name)
      try Data(text.utf8).write(to: file)
      let batch = try DetectionFile.readAll(file.path, options: options)
      #expect(batch.quarantined.isEmpty, "\(batch.quarantined.prefix(3))")
      return batch.detections
    }
  }

  /// Observations of others, through our ADES and back: nothing that the format holds is lost.
  @Test(
    .enabled(if: TestPaths.sharedData != nil, "needs the real data folder"),
    arguments: ["obs_v2022.xml", "2023MQ5.psv", "obs.xml"])
  func adesComesBack(_ name: String) throws {
    let source = try RealFiles.url("ades_examples/\(name)").path
    let detections = try DetectionFile.readAll(source, options: Self.options).detections
    try #require(!detections.isEmpty)
    for format in [ObservationFormat.adesPSV, .adesXML] {
      let again = try Self.readBack(Self.written(detections, format).text, "out.\(format)")
      try #require(again.count == detections.count)
      for (a, b) in zip(detections, again) {
        // Microseconds of time and 1e-9 deg are the last digits that ADES has.
        #expect(abs(a.midpoint.days(since: b.midpoint)) * 86_400 < 1.1e-6)
        #expect(abs(a.raDeg - b.raDeg) <= 0.6e-9 && abs(a.decDeg - b.decDeg) <= 0.6e-9)
        #expect(a.observatory == b.observatory && a.designation == b.designation)
        #expect(a.mag == b.mag && a.magErr == b.magErr)
        #expect(a.mag == nil || a.band == b.band)
        #expect(abs((a.raErrDeg ?? 0) - (b.raErrDeg ?? 0)) < 1e-9)
        #expect(abs((a.decErrDeg ?? 0) - (b.decErrDeg ?? 0)) < 1e-9)
        if let place = a.observerGeocentricKm {
          // Six decimals of a kilometre while thirteen characters last.
          #expect(((b.observerGeocentricKm ?? Vector3(0, 0, 0)) - place).norm < 1e-3)
        }
      }
    }
  }

  /// The MPC's lines, read and written: the same columns but for digits that the MPC left blank.
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func eightyColumnsComeBack() throws {
    for name in ["2008TC3.txt", "2023DW.txt", "2018LA.txt"] {
      let source = try RealFiles.url("truth/real_obs80/\(name)").path
      let detections = try DetectionFile.readAll(source, options: Self.options).detections
      try #require(!detections.isEmpty)
      let text = Self.written(detections, .obs80).text
      for line in text.split(separator: "\n") { #expect(line.utf8.count == 80) }
      let again = try Self.readBack(text, name)
      try #require(again.count == detections.count)
      for (a, b) in zip(detections, again) {
        // Half of the last digit: 1e-6 d, 0.001 s of RA (0.015″), 0.01″.
        #expect(abs(a.midpoint.days(since: b.midpoint)) < 0.51e-6)
        #expect(abs(a.raDeg - b.raDeg) < 0.51 * 0.015 / 3600)
        #expect(abs(a.decDeg - b.decDeg) < 0.51 * 0.01 / 3600)
        #expect(a.observatory == b.observatory && a.designation == b.designation)
        #expect(a.mag == nil || abs((b.mag ?? 0) - (a.mag ?? 1)) < 0.0051)
      }
    }
  }

  /// Patterns of general.xsd (IAU ADES 2022) for what we write, at the ends of their ranges.
  @Test func fieldsKeepToTheSchema() throws {
    let patterns = [
      "ra": "([1-3][0-9]{2}|[1-9]?[0-9])?(\\.[0-9]{0,9})?",
      "dec": "[+-]?([1-9]?[0-9])?(\\.[0-9]{0,9})?",
      "obsTime": "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,6})?Z",
      "rmsRA": "[0-9.]{1,7}", "rmsDec": "[0-9.]{1,7}", "mag": "[+-]?[0-9.]{1,7}",
      "rmsMag": "[0-9.]{1,6}", "trkSub": "[-A-Za-z0-9_]{1,8}", "obsSubID": "[^|]{1,25}",
      "pos1": "[+-]?[0-9.]{1,13}", "resRA": "[+-]?[+Ee0-9.-]{1,6}",
      "rmsCorr": "[+-]?(0|1)(\\.[0-9]{0,11})?",
    ]
    var detections: [Detection] = []
    for (i, ra) in [0, 359.999_999_999_9, 1e-12, 123.456_789_012_3].enumerated() {
      var detection = Detection(
        diaSourceId: Int64(i) + 1, midpoint: Epoch<TAI>(mjd: 60000.123_456_789), raDeg: ra,
        decDeg: i == 0 ? -90 : -1e-12, raErrDeg: 1.23456789e-5, decErrDeg: 3e-9,
        raDecCovDeg2: 1e-15, mag: 21.123_456_789, magErr: 0.000_123_4, band: "r",
        observatory: .rubin, designation: "E240427-0123456A")
      if i == 1 { detection.observerGeocentricKm = Vector3(-1_234_567.123_456_789, 0, 1e-9) }
      detections.append(detection)
    }
    let (text, losses) = Self.written(detections, .adesPSV, residuals: true)
    // Cut names; mode and star catalog, which the data does not say and nobody else did.
    #expect(losses.count == 3)
    #expect(losses.contains { $0.contains("--ades-mode") })
    #expect(losses.contains { $0.contains("--ades-astcat") })
    let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") && !$0.hasPrefix("!") }
    let names = lines[0].split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    for line in lines.dropFirst() {
      let fields = line.split(separator: "|", omittingEmptySubsequences: false)
      #expect(fields.count == names.count)
      for (name, field) in zip(names, fields) where !field.isEmpty {
        if let pattern = patterns[name] {
          let whole = field.range(of: "^\(pattern)$", options: .regularExpression)
          #expect(whole != nil, "\(name): \(field)")
        }
        if name == "ra" { #expect((Double(field) ?? 360) < 360) }
        if name == "trkSub" { #expect(field == "0123456A") }
        if name == "rmsDec" { #expect((Double(field) ?? 0) > 0 && field.count <= 7) }
      }
    }
    #expect(text.contains("ecliptic|"))
  }
}
