import Astro
import Astrometry
import Dynamics
import Exchange
import Foundation
import TestSupport
import Testing

/// Writes `text` to a file of its own and reads it as detections.
func readDetections(_ text: String, observatory: ObservatoryCode = .rubin) throws -> DetectionBatch
{
  try readDetections(bytes: Array(text.utf8), observatory: observatory)
}

func readDetections(
  bytes: [UInt8], observatory: ObservatoryCode = .rubin
) throws -> DetectionBatch {
  let folder = try TestPaths.temporaryFolder()
  defer { try? FileManager.default.removeItem(at: folder) }
  let url = folder.appending(path: "input")
  try Data(bytes).write(to: url)
  return try DetectionFile.readAll(
    url.path, options: .init(leapSeconds: .erfa, observatory: observatory))
}

struct LSSTCSVTests {
  static let header = "diaSourceId,visit,midpointMjdTai,ra,dec,raErr,decErr,psfFlux,psfFluxErr,band"

  @Test func readsEveryColumn() throws {
    let batch = try readDetections(
      "\u{FEFF}" + Self.header + ",obscode,unknown\r\n"
        + "9007199254740993,77,60676.123456789012345,10.5,-20.25,2e-5,3e-5,1000,50,r,X05,zzz\r\n")
    let d = try #require(batch.detections.first)
    #expect(batch.detections.count == 1 && batch.quarantined.isEmpty && batch.otherLines == 1)
    // 2⁵³ + 1 does not fit into a double: identifiers must not go through one.
    #expect(d.diaSourceId == 9_007_199_254_740_993)
    #expect(d.sourceId == nil)
    #expect(d.visit == 77)
    // The date keeps digits that one double (about 7e-12 d here) loses.
    #expect(d.midpoint.day == 60676)
    #expect(d.midpoint.fraction == 0.123456789012345)
    #expect(d.raDeg == 10.5 && d.decDeg == -20.25)
    #expect(d.raErrDeg == 2e-5 && d.decErrDeg == 3e-5)
    // AB magnitude: 31.4 - 2.5 log10(1000 nJy) = 23.9; error 1.0857 / SNR.
    #expect(abs(try #require(d.mag) - 23.9) < 1e-12)
    #expect(abs(try #require(d.magErr) - 1.0857362 * 0.05) < 1e-7)
    #expect(d.band == "r")
    #expect(d.observatory == .rubin)
  }

  @Test func columnsInAnyOrderWithQuotes() throws {
    let batch = try readDetections(
      """
      "dec","note","ra","mjd_utc","obs_id"

      -1.5,"a, ""quoted"" text",359.999,60676.5,"x,1"
      # a comment
      +2.5,,0,60676.25,007
      """, observatory: #require(ObservatoryCode("F51")))
    #expect(batch.quarantined.isEmpty)
    #expect(batch.otherLines == 3)
    #expect(batch.detections.map(\.sourceId) == ["x,1", "007"])
    #expect(batch.detections.map(\.raDeg) == [359.999, 0])
    #expect(batch.detections[1].diaSourceId == Detection.diaSourceId(forText: "007"))
    #expect(batch.detections.allSatisfy { $0.observatory.description == "F51" })
    // TAI − UTC was 37 s in 2025.
    let expected = Epoch<TAI>(mjdDay: 60676, fraction: 0.5 + 37 / 86400.0)
    #expect(abs(batch.detections[0].midpoint.days(since: expected)) * 86400 < 1e-9)
  }

  @Test(arguments: [
    ("1,7,nan,1,2,,,,,r", "midpointMjdTai"), ("1,7,,1,2,,,,,r", "midpointMjdTai"),
    ("1,7,2460676.5,1,2,,,,,r", "midpointMjdTai"), ("1,7,1e300,1,2,,,,,r", "midpointMjdTai"),
    ("1,7,6067x,1,2,,,,,r", "midpointMjdTai"), ("1,7,60676,-0.1,2,,,,,r", "ra"),
    ("1,7,60676,360.5,2,,,,,r", "ra"), ("1,7,60676,NaN,2,,,,,r", "ra"),
    ("1,7,60676,1,90.001,,,,,r", "dec"), ("1,7,60676,1,inf,,,,,r", "dec"),
    ("1,7,60676,1,0x10,,,,,r", "dec"), ("1,7,60676,1,2,1e,,,,r", "raErr"),
    ("1,7,60676,1,2,1.5,1e-5,,,r", "raErr"), ("1,7,60676,1,2,1e-5,1.5,,,r", "decErr"),
    ("1,7,60676,1,2,,abc,,,r", "decErr"), ("1,7,60676,1,2,,,1..2,,r", "psfFlux"),
    ("1,7,60676,1,2,,,1,-5,r", "psfFluxErr"), ("1.5,7,60676,1,2,,,,,r", "diaSourceId"),
    ("9223372036854775808,7,60676,1,2,,,,,r", "diaSourceId"), (",7,60676,1,2,,,,,r", "diaSourceId"),
    ("1,seven,60676,1,2,,,,,r", "visit"),
    ("1,7,60676,1,2,,,,,a band of far too many letters", "band"),
  ])
  func badFieldIsSetAside(row: String, field: String) throws {
    let batch = try readDetections(Self.header + "\n" + row + "\n2,7,60676,1,2,,,,,r\n")
    #expect(batch.detections.map(\.diaSourceId) == [2])
    let bad = try #require(batch.quarantined.first)
    #expect(batch.quarantined.count == 1)
    #expect(bad.location == .line(2))
    #expect(bad.field == field)
    #expect(bad.record == row)
  }

  /// 0, -999 and 1e-12 deg are what programs write who know no error; 3 µas is no telescope's. The other
  /// coordinate's error stays, the covariance of the two can't.
  @Test func errorsThatCannotBeAreMissing() throws {
    let batch = try readDetections(
      Self.header + ",ra_dec_Cov\n"
        + "1,7,60676,1,2,0,0,1,1,r,0\n2,7,60676,1,2,-999,3e-5,1,1,r,1e-11\n"
        + "3,7,60676,1,2,2e-5,1e-12,1,1,r,\n4,7,60676,1,2,8e-10,3e-5,1,1,r,\n"
        + "5,7,60676,1,2,2e-5,3e-5,1,1,r,1e-10\n6,7,60676,1,2,,,1,1,r,\n")
    #expect(batch.quarantined.isEmpty)
    #expect(batch.errorsTakenAsMissing == 4)
    #expect(batch.detections.map(\.raErrDeg) == [nil, nil, 2e-5, nil, 2e-5, nil])
    #expect(batch.detections.map(\.decErrDeg) == [nil, 3e-5, nil, 3e-5, 3e-5, nil])
    #expect(batch.detections.map(\.raDecCovDeg2) == [nil, nil, nil, nil, 1e-10, nil])
  }

  /// Every way through the number parser, against that of the Swift library: few digits, 16 to 19,
  /// more; small and large exponents.
  @Test func numbersAreCorrectlyRounded() throws {
    var generator = MutationTests.Generator(state: 1)
    var texts = [
      "0", "-0.0", "1e-400", "0.1e-5", "00012.5", "+7", ".5", "5.", "9007199254740993e-15",
    ]
    for i in 0..<20_000 {
      let digits = Int.random(in: 1...22, using: &generator)
      var text = i % 2 == 0 ? "" : "-"
      let whole = Int.random(in: 0..<90, using: &generator)
      text += "\(whole)."
      for _ in 0..<digits { text += "\(Int.random(in: 0...9, using: &generator))" }
      if i % 3 == 0 { text += "e-\(Int.random(in: 0...25, using: &generator))" }
      texts.append(text)
    }
    var csv = "diaSourceId,midpointMjdTai,ra,dec\n"
    for (i, text) in texts.enumerated() { csv += "\(i),60000,1,\(text)\n" }
    let batch = try readDetections(csv)
    #expect(batch.quarantined == [])
    let wrong = zip(batch.detections, texts).filter { detection, text in
      detection.decDeg != (Double(text) ?? Double(text + "0"))
    }
    #expect(wrong.map(\.1) == [])
  }

  @Test func manyColumnsAreNoMatter() throws {
    let extra = (0..<3000).map { "c\($0)" }.joined(separator: ",")
    let batch = try readDetections(
      "\(extra),diaSourceId,midpointMjdTai,ra,dec\n\(extra),5,60000,1,2\n")
    #expect(batch.detections.first?.diaSourceId == 5 && batch.detections.first?.decDeg == 2)
  }

  @Test func repeatedIdentifiersInAnyOrder() throws {
    let ids = [1, 2, 3, 3, 10, 7, 2, 8, 10, 11]
    let csv = ids.enumerated().map { "\($1),\(60000 + $0),1,2\n" }.joined()
    let batch = try readDetections("diaSourceId,midpointMjdTai,ra,dec\n" + csv)
    #expect(batch.detections.map(\.diaSourceId) == [1, 2, 3, 10, 7, 8, 11])
    #expect(batch.quarantined.map(\.location) == [.line(5), .line(8), .line(10)])
  }

  @Test func julianDateIsNamed() throws {
    let batch = try readDetections("diaSourceId,midpointMjdTai,ra,dec\n1,2460676.5,1,2\n")
    #expect(batch.quarantined.first?.reason.contains("subtract 2400000.5") == true)
  }

  @Test func raggedQuotedAndTwiceGivenRows() throws {
    let batch = try readDetections(
      """
      diaSourceId,midpointMjdTai,ra,dec,obscode
      1,60676,1,2,X05
      1,60677,3,4,X05
      2,60676,1,2
      3,60676,1,2,X05,9
      4,60676,1,"2,X05
      5,60676,1,2,X-5
      6,60676,1,2,
      """)
    #expect(batch.detections.map(\.diaSourceId) == [1, 6])
    #expect(batch.quarantined.map(\.location) == (3...7).map { .line($0) })
    #expect(batch.quarantined[0].field == "diaSourceId")
    #expect(batch.quarantined[4].field == "obscode")
  }

  @Test func wholeFileErrorsNameTheirCause() throws {
    #expect(throws: ExchangeError.self) {
      try DetectionFile.readAll("/nonexistent/file.csv", options: .init(leapSeconds: .erfa))
    }
    let text = try #require(throws: ExchangeError.self) { try readDetections("") }.description
    #expect(text.contains("empty"))
    let header = try #require(throws: ExchangeError.self) {
      try readDetections("id,time,ra,dec\n1,2,3,4\n")
    }
    guard case .missingColumns(_, let line, let missing, let seen) = header else {
      Issue.record("\(header)")
      return
    }
    #expect(line == 1 && missing.count == 2 && seen == ["id", "time", "ra", "dec"])
    #expect(throws: ExchangeError.self) { try readDetections(bytes: [0x4F, 0x62, 0x6A, 1, 0, 0]) }
    #expect(throws: ExchangeError.self) { try readDetections(bytes: [0x1F, 0x8B, 8, 0, 0, 0]) }
    #expect(throws: ExchangeError.self) { try readDetections("once upon a time") }
    let separators = try #require(throws: ExchangeError.self) {
      try readDetections("diaSourceId;midpointMjdTai;ra;dec\n1;60000;1;2\n")
    }
    #expect(separators.description.contains("semicolons"))
    #expect(throws: ExchangeError.self) { try readDetections("\n\n\n") }
  }

  @Test func batchesGiveTheSameAsAll() throws {
    var text = "diaSourceId,midpointMjdTai,ra,dec\n"
    for i in 0..<1000 { text += "\(i),\(60000 + i),\(i % 360),\(i % 7 == 0 ? "x" : "1")\n" }
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "input.csv")
    try Data(text.utf8).write(to: url)
    let all = try DetectionFile.readAll(url.path, options: .init(leapSeconds: .erfa))
    let file = try DetectionFile(path: url.path, options: .init(leapSeconds: .erfa))
    var detections: [Detection] = []
    var quarantined: [QuarantinedRecord] = []
    var other = 0
    while let batch = try file.next(upTo: 64) {
      #expect(batch.detections.count <= 64)
      detections += batch.detections
      quarantined += batch.quarantined
      other += batch.otherLines
    }
    #expect(detections == all.detections)
    #expect(quarantined == all.quarantined)
    #expect(detections.count + quarantined.count + other == 1001)
  }

  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func realObservations() throws {
    let path = try #require(TestPaths.sharedData).appending(
      path: "linking/unnobs/detections.csv"
    ).path
    let batch = try DetectionFile.readAll(path, options: .init(leapSeconds: .erfa))
    // wc -l: 5,813 lines; cut -d, -f7 | sort -u: 77 observatories.
    #expect(batch.detections.count == 5812 && batch.quarantined.isEmpty)
    #expect(Set(batch.detections.map(\.observatory)).count == 77)
    #expect(Set(batch.detections.map(\.diaSourceId)).count == 5812)
    let first = batch.detections[0]
    #expect(first.sourceId == "u10066" && first.raDeg == 30.630874 && first.decDeg == -32.466935)
    #expect(first.mag == 19.5 && first.band == "i" && first.observatory.description == "F51")
  }
}
