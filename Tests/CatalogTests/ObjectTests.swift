import Astrometry
import Catalog
import Foundation
import Testing

func update(_ id: Int64, _ members: [Int64], absorbed: [Int64] = []) -> ObjectUpdate {
  ObjectUpdate(
    ssObjectId: id, designation: "D\(id)",
    sources: members.map {
      SSSourceRecord(diaSourceId: $0, eclLambda: 1, eclBeta: 2, galLon: 3, galLat: 4)
    }, firstMjdTai: 57323, lastMjdTai: 57333, bandCounts: ["r": members.count],
    solution: OrbitSolution(orbit: catalogOrbit("D\(id)"), source: "ecliptic"),
    tisserandJupiter: 3.4, absorbed: absorbed)
}

@Suite struct ObjectTests {
  @Test func objectsGrowMergeAndKeepTheirPast() throws {
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      _ = try catalog.ingest(rows((1...9).map { detection($0) }), bad: [], from: file)
      try catalog.apply([update(100, [1, 2, 3]), update(200, [4, 5])], stages: [])
      #expect(try catalog.problems().isEmpty)
      #expect(try catalog.detections(ofObjects: [100]).map(\.detection.diaSourceId) == [1, 2, 3])

      // The same again changes nothing.
      let before = try catalog.contentDigests()
      try catalog.apply([update(100, [1, 2, 3]), update(200, [4, 5])], stages: [])
      #expect(try catalog.contentDigests() == before)

      // A detection goes from one to the other, and a third object swallows both.
      try catalog.apply([update(100, [1, 2]), update(200, [3, 4, 5])], stages: [])
      #expect(try catalog.problems().isEmpty)
      #expect(try catalog.numbers("nObs", of: "SSObject") == [2, 3])
      try catalog.apply([update(100, [1, 2, 3, 4, 5, 6], absorbed: [200])], stages: [])
      #expect(try catalog.problems().isEmpty)
      #expect(try catalog.numbers("ssObjectId", of: "SSObject") == [100])
      #expect(try catalog.numbers("r_nObs", of: "SSObject") == [6])
      #expect(try catalog.numbers("ssObjectId", of: "retiredObjects") == [200])
      #expect(try catalog.takenDesignations() == [100: "D100", 200: "D200"])
      #expect(try catalog.numbers("ssObjectId", of: "orbitSolutions").contains(200))
    }
  }

  @Test func journalFindsTheSameInput() throws {
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      let stage = StageRecord(
        stage: "link", night: 57346, inputDigest: "abc",
        startedAt: Date(timeIntervalSince1970: 1_700_000_000), seconds: 1.5, figures: "{}")
      try catalog.apply([], stages: [stage])
      #expect(try catalog.stage("link", night: 57346, inputDigest: "abc") == stage)
      #expect(try catalog.stage("link", night: 57346, inputDigest: "other") == nil)
    }
  }
}
