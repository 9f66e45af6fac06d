import Exchange
import Foundation
import Simulation
import TestSupport
import Testing

/// Small cases whose answers are counted by hand.
struct LinkingScorerTests {
  /// Two objects on three nights with pairs 30 min apart, `b` only on two; `x` are false.
  static let detections = """
    obs_id,mjd_utc,obscode
    a1,60000.60,X05
    a2,60000.62,X05
    a3,60002.60,X05
    a4,60002.62,X05
    a5,60005.60,X05
    a6,60005.62,X05
    b1,60000.60,X05
    b2,60000.62,X05
    b3,60002.60,X05
    b4,60002.62,X05
    b5,60005.60,X05
    b6,60005.67,X05
    x1,60005.61,X05
    """
  static let truth = """
    obs_id,designation,class
    a1,A,MBA
    a2,A,MBA
    a3,A,MBA
    a4,A,MBA
    a5,A,MBA
    a6,A,MBA
    b1,B,NEO
    b2,B,NEO
    b3,B,NEO
    b4,B,NEO
    b5,B,NEO
    b6,B,NEO
    x1,,
    """

  private func score(
    _ members: [(Int, String)], detections: String = Self.detections, truth: String = Self.truth,
    windowDays: Double = 15, nights: NightRule = .chile
  ) throws -> LinkingScore {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let links = "linkId,obs_id\n" + members.map { "\($0.0),\($0.1)\n" }.joined()
    var paths: [String] = []
    for (name, text) in [("d", detections), ("t", truth), ("l", links)] {
      let url = folder.appending(path: name)
      try Data(text.utf8).write(to: url)
      paths.append(url.path)
    }
    return try LinkingScorer(
      detections: paths[0], truth: paths[1], windowDays: windowDays, nights: nights
    ).score(links: paths[2])
  }

  private let wholeA = (1...6).map { (1, "a\($0)") }

  @Test func pureLinkageOfAFindableObject() throws {
    let score = try score(wholeA)
    #expect(score.detections == 13 && score.objects == 2)
    // B's last night has a pair 100 minutes apart: two good nights only.
    #expect(score.findable == 1 && score.found == 1)
    #expect(score.completeness == 1 && score.purity == 1)
    #expect(score.byClass.keys.sorted() == ["MBA"])
    #expect(score.byClass["MBA"]?.found == 1 && score.byClass["MBA"]?.findable == 1)
    #expect(score.sharedDetections == 0 && score.unknownIds == 0)
  }

  @Test func mixedOrFalseMembersMakeALinkageImpure() throws {
    #expect(try score(wholeA + [(1, "b1")]).pure == 0)
    #expect(try score(wholeA + [(1, "x1")]).pure == 0)
    let both = try score(wholeA + (1...6).map { (2, "b\($0)") } + [(3, "x1"), (3, "a1")])
    #expect(both.linkages == 3 && both.pure == 2 && both.found == 1)
    #expect(both.sharedDetections == 1)
    #expect(abs(both.purity - 2.0 / 3) < 1e-12)
  }

  @Test func fiveMembersOrTwoNightsAreNotFound() throws {
    let five = try score(Array(wholeA.prefix(5)))
    #expect(five.pure == 1 && five.found == 0)
    let twice = try score(wholeA + wholeA)
    #expect(twice.linkages == 1 && twice.found == 1 && twice.sharedDetections == 0)
  }

  @Test func unknownMembersAreCountedAndDoNotSpoil() throws {
    let score = try score(wholeA + [(1, "zz"), (2, "yy")])
    #expect(score.unknownIds == 2 && score.linkages == 2)
    #expect(score.pure == 1 && score.found == 1)
  }

  @Test func windowIsInclusive() throws {
    #expect(try score(wholeA, windowDays: 5).findable == 1)
    #expect(try score(wholeA, windowDays: 4.99).findable == 0)
  }

  @Test func nightsByGapsNeedPairsOfOneSite() throws {
    let score = try score(wholeA, nights: .gaps)
    #expect(score.findable == 1 && score.found == 1)
    let sites = Self.detections.replacing("a6,60005.62,X05", with: "a6,60005.62,F51")
    #expect(try self.score(wholeA, detections: sites, nights: .gaps).findable == 0)
    #expect(try self.score(wholeA, detections: sites, nights: .chile).findable == 1)
  }

  /// The first stage that had nothing of A is the reason for its loss.
  @Test(arguments: [
    ("tracklet,1,a1\ntracklet,1,a2\ntracklet,2,a3\ntracklet,2,x1\n", LossReason.noTracklet),
    ("", LossReason.noPair),
    ("pair,4,a1\npair,4,a2\npair,4,a3\npair,4,a4\n", LossReason.noCandidate),
    ("pair,4,a1\npair,4,a3\ncandidate,5,ALL\ncandidate,5,x1\n", LossReason.fitRejected),
    ("pair,4,a1\npair,4,a3\ncandidate,5,ALL\nfit,6,ALL\n", LossReason.assignmentLost),
  ])
  func everyLossHasItsReason(stages: String, reason: LossReason) throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let tracklets = (1...6).map { "tracklet,\(($0 + 1) / 2),a\($0)\n" }.joined()
    var text = reason == .noTracklet ? stages : tracklets
    if reason != .noTracklet {
      for line in stages.split(separator: "\n") {
        if line.hasSuffix("ALL") {
          for k in 1...6 { text += line.dropLast(3) + "a\(k)\n" }
        } else {
          text += line + "\n"
        }
      }
    }
    let files = [
      "d": Self.detections, "t": Self.truth, "l": "linkId,obs_id\n",
      "s": "stage,linkId,obs_id\n" + text,
    ]
    for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
    func path(_ name: String) -> String { folder.appending(path: name).path }
    let score = try LinkingScorer(detections: path("d"), truth: path("t"))
      .score(links: path("l"), stages: path("s"))
    #expect(score.losses == [reason.rawValue: ["MBA": 1]])
    #expect(score.missed == ["A": reason.rawValue])
  }

  @Test func nightsAndPatternsAreCounted() throws {
    let score = try score(wholeA)
    // Three nights from 60000.60 to 60005.62.
    #expect(score.byPattern.map { "\($0.key)" } == ["3 nights in 7 d"])
    #expect(score.nights == 3 && score.attributedNights == 3)
  }

  @Test func noLinksAtAll() throws {
    let score = try score([])
    #expect(score.linkages == 0 && score.purity == 0 && score.completeness == 0)
    #expect(score.findable == 1)
  }

  @Test func damagedFilesAreErrorsWithTheLine() throws {
    let bad = Self.detections.replacing("a3,60002.60", with: "a3,sometime")
    let error = try #require(throws: ExchangeError.self) { try score(wholeA, detections: bad) }
    #expect(error.description.contains(":4") && error.description.contains("sometime"))
    let header = try #require(throws: ExchangeError.self) {
      try score(wholeA, truth: "a,b\n1,2\n")
    }
    #expect(header.description.contains("obs_id"))
  }

  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func realObservationsOfManySites() throws {
    let folder = try #require(TestPaths.sharedData).appending(path: "linking/unnobs")
    let truth = folder.appending(path: "truth.csv").path
    let scorer = try LinkingScorer(
      detections: folder.appending(path: "detections.csv").path, truth: truth, nights: .gaps)
    // The truth as linkages: the file's designations, one linkage each. 124 objects of this set are
    // findable, as its description says, and the perfect linker finds them all.
    let output = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: output) }
    let rows = try String(contentsOfFile: truth, encoding: .utf8)
      .split(whereSeparator: \.isNewline).dropFirst()
    let links =
      "linkId,obs_id\n"
      + rows.compactMap { row in
        let parts = row.split(separator: ",")
        return parts.count == 2 ? "\(parts[1]),\(parts[0])\n" : nil
      }.joined()
    let path = output.appending(path: "links.csv").path
    try Data(links.utf8).write(to: URL(filePath: path))
    let score = try scorer.score(links: path)
    #expect(score.detections == 5812 && score.findable == 124 && score.found == 124)
    #expect(score.purity == 1 && score.unknownIds == 0)
  }
}
