import Dynamics
import Foundation
import TestSupport
import Testing

/// Pairs from the Minor Planet Center's own pages (info/PackedDes.html, info/DesDoc.html).
@Suite struct DesignationTests {
  static let pairs: [(readable: String, packed: String)] = [
    ("1", "00001"), ("3202", "03202"), ("50000", "50000"), ("100345", "A0345"),
    ("360017", "a0017"), ("203289", "K3289"), ("620000", "~0000"), ("620061", "~000z"),
    ("3140113", "~AZaz"), ("15396335", "~zzzz"), ("619999", "z9999"),
    ("1995 XA", "J95X00A"), ("1995 XL1", "J95X01L"), ("1995 FB13", "J95F13B"),
    ("1998 SQ108", "J98SA8Q"), ("1998 SV127", "J98SC7V"), ("1998 SS162", "J98SG2S"),
    ("2099 AZ193", "K99AJ3Z"), ("2008 AA360", "K08Aa0A"), ("2007 TA418", "K07Tf8A"),
    ("2004 JQ12", "K04J12Q"), ("A801 AA", "I01A00A"), ("A904 OA", "J04O00A"),
    ("2015 BP519", "K15Bp9P"),
    ("2026 CA620", "_QC0000"), ("2026 CZ6190", "_QC0aEM"), ("2026 CL591673", "_QCzzzz"),
    ("2028 EA339749", "_SEZZZZ"), ("2029 FL591673", "_TFzzzz"),
    ("2040 P-L", "PLS2040"), ("3138 T-1", "T1S3138"), ("1010 T-2", "T2S1010"),
    ("4101 T-3", "T3S4101"),
    ("1P", "0001P"), ("2I", "0002I"), ("73P-B", "0073P      b"), ("73P-AA", "0073P     aa"),
    ("3I", "0003I"), ("5D", "0005D"), ("P/2005 U1", "PK05U010"), ("C/2023 A3", "CK23A030"),
    ("C/1995 O1", "CJ95O010"), ("P/1995 A1", "PJ95A010"), ("D/1993 F2-B", "DJ93F02b"),
    ("P/1998 QP54", "PJ98Q54P"), ("A/2017 U1", "AK17U010"),
    ("Jupiter XIII", "J013S"), ("Neptune II", "N002S"), ("S/2001 U 1", "SK01U010"),
  ]

  @Test(arguments: pairs)
  func bothWays(readable: String, packed: String) throws {
    // 2099 lies beyond the years that exist; the MPC's example shows the form only.
    if readable.hasPrefix("2099") {
      #expect(Designation(readable) == nil)
      return
    }
    let fromReadable = try #require(Designation(readable))
    #expect(fromReadable.packed == packed)
    let fromPacked = try #require(Designation(packed: packed))
    #expect(fromPacked == fromReadable)
    #expect(fromPacked.description == readable)
  }

  @Test func rubinIdentifiers() throws {
    // From the Rubin project's description of ssObjectId.
    let known = try #require(Designation("2004 JQ12"))
    #expect(known.ssObjectId == 21_163_624_394_469_969)
    #expect(Designation(ssObjectId: 21_163_624_394_469_969) == known)
    for (readable, packed) in Self.pairs where packed.utf8.count <= 8 {
      guard let designation = Designation(readable) else { continue }
      let id = try #require(designation.ssObjectId)
      #expect(Designation(ssObjectId: id) == designation)
    }
    #expect(Designation("73P-B")?.ssObjectId == nil)
    for id in [0, -1, 5, Int64.max, Int64.min, 0x4B_3034] {
      #expect(Designation(ssObjectId: id) == nil)
    }
  }

  @Test func formsThatAreAccepted() {
    #expect(Designation("(433)") == .number(433))
    #expect(Designation(" 00433 ") == .number(433))
    #expect(Designation("1801 AA") == Designation("A801 AA"))
  }

  @Test(arguments: [
    "", " ", "Ceres", "0", "00000", "2004 IQ12", "2004 JI12", "2004 JQ012", "2004 JQ-1",
    "1799 AA", "A925 AA", "2004 ZA", "K04J1", "K04J12QQ", "_QC00", "~000", "Jupiter IIII",
    "C/1995", "C/1995 O0", "9999999999999999", "20\u{e9}4 JQ12", "T4S1234", "0 P-L", "1999 AA620",
    "(433", "-5", "K04I12Q", "((", "()", "73P-", "73P-AAA", "73P-b", "C/1995 O1-AA", "0073P    aaa",
    "73-B", "0I",
  ])
  func formsThatAreRefused(text: String) {
    #expect(Designation(text) == nil)
  }

  /// Every packed provisional and number comes back: a sweep over the whole range.
  @Test func sweep() throws {
    var n = 1
    while n < 15_396_335 {
      let packed = Designation.number(n).packed
      #expect(Designation(packed: packed) == .number(n))
      n += 977
    }
    for order in stride(from: 0, to: 15_500, by: 37) {
      let p = try #require(
        Designation.Provisional(year: 1999, halfMonth: UInt8(ascii: "Y"), order: order))
      #expect(Designation(packed: Designation.provisional(p).packed) == .provisional(p))
      #expect(Designation(p.description) == .provisional(p))
    }
  }

  /// The MPC's own list of 20,060 near-Earth asteroids: packed in columns 1-7, readable at the end.
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func realList() throws {
    let file = try #require(TestPaths.sharedData).appending(path: "orbits/nea_mpcorb_2019.txt.gz")
    var numbers = 0
    var provisional = 0
    for line in try GzipText.read(file).split(separator: "\n") where line.utf8.count > 180 {
      let b = Array(line.utf8)
      let packed = String(decoding: b[0..<7], as: UTF8.self)
      let readable = String(decoding: b[166..<194], as: UTF8.self)
      let designation = try #require(Designation(packed: packed), "\(packed)")
      #expect(designation.packed == packed.trimmingCharacters(in: .whitespaces))
      if case .number(let n) = designation {
        #expect(readable.contains("(\(n))"), "\(line)")
        numbers += 1
      } else {
        let name = readable.trimmingCharacters(in: .whitespaces)
        #expect(designation.description == name, "\(line)")
        #expect(Designation(name) == designation)
        provisional += 1
      }
    }
    #expect(numbers > 2000 && provisional > 15_000)
  }
}
