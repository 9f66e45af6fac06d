import Foundation
import TestSupport
import Testing

/// The committed survey is what it is meant to be.
struct FixtureTests {
  private func rows(_ name: String) throws -> [[Substring]] {
    let file = TestPaths.fixtures.appending(path: "survey/\(name)")
    return try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline)
      .dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
  }

  /// Rubin's rule: an object can be linked that has, within 15 days, three nights with a pair of
  /// detections 1 to 90 minutes apart. A night in Chile ends at MJD + 0.5.
  @Test func manyObjectsCanBeLinked() throws {
    let detections = try rows("detections.csv")
    let truth = try rows("truth.csv")
    #expect(detections.count >= 20_000)
    #expect(truth.count == detections.count)
    var objects: [Substring: [Double]] = [:]
    var falseOnes = 0
    for (detection, row) in zip(detections, truth) {
      try #require(detection[0] == row[0])
      if row[1].isEmpty {
        falseOnes += 1
      } else {
        objects[row[1], default: []].append(try #require(Double(detection[3])))
      }
    }
    let linkable = objects.values.count { isLinkable($0) }
    #expect(linkable >= 300)
    #expect(falseOnes > detections.count / 5)
  }

  private func isLinkable(_ times: [Double]) -> Bool {
    let nights = Dictionary(grouping: times) { ($0 - 0.5).rounded(.down) }
    let good = nights.values.filter { night in
      night.contains { a in night.contains { b in (1...90).contains((b - a) * 1440) } }
    }.compactMap { $0.min() }.sorted()
    return good.indices.dropLast(2).contains { good[$0 + 2] - good[$0] <= 15 }
  }

  @Test func itIsSmall() throws {
    let size = try ["detections.csv", "truth.csv", "visits.csv"].reduce(0) { sum, name in
      let file = TestPaths.fixtures.appending(path: "survey/\(name)")
      return sum + (try Data(contentsOf: file).count)
    }
    #expect(size <= 4_000_000)
  }
}
