import Astrometry
import Catalog
import Dynamics
import Foundation
import Testing

/// - Parameter times: first and last [MJD TAI].
func update(
  _ id: Int64, _ members: [Int64], absorbed: [Int64] = [],
  times: ClosedRange<Double> = 57323.5...57323.5
) -> ObjectUpdate {
  ObjectUpdate(
    arc: ObservedArc(
      ssObjectId: id, designation: "D\(id)", count: members.count,
      firstMjdTai: times.lowerBound, lastMjdTai: times.upperBound, bandCounts: ["r": members.count]),
    sources: members.map {
      SSSourceRecord(diaSourceId: $0, eclLambda: 1, eclBeta: 2, galLon: 3, galLat: 4)
    }, solution: OrbitSolution(orbit: catalogOrbit("D\(id)"), source: "ecliptic"),
    absorbed: absorbed)
}

extension Catalog {
  /// Updates of a run of their own.
  fileprivate func apply(_ updates: [ObjectUpdate]) throws {
    let stage = StageRecord(
      stage: Catalog.lastStage, night: 57346, inputDigest: "",
      startedAt: Date(timeIntervalSince1970: 0), seconds: 0, figures: "{}")
    try apply(updates, stage: stage, runId: try beginRun().runId)
  }
}

@Suite struct ObjectTests {
  @Test func objectsGrowMergeAndKeepTheirPast() throws {
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      _ = try catalog.ingest(rows((1...9).map { detection($0) }), bad: [], from: file)
      try catalog.apply([update(100, [1, 2, 3]), update(200, [4, 5])])
      #expect(try catalog.problems().isEmpty)
      #expect(try catalog.detections(ofObjects: [100]).map(\.detection.diaSourceId) == [1, 2, 3])

      // The same again changes nothing.
      let before = try catalog.contentDigests().filter { $0.key != "runs" }
      try catalog.apply([update(100, [1, 2, 3]), update(200, [4, 5])])
      #expect(try catalog.contentDigests().filter { $0.key != "runs" } == before)

      // A detection goes from one to the other, and a third object swallows both.
      try catalog.apply([update(100, [1, 2]), update(200, [3, 4, 5])])
      #expect(try catalog.problems().isEmpty)
      #expect(try catalog.numbers("nObs", of: "SSObject") == [2, 3])
      try catalog.apply([update(100, [1, 2, 3, 4, 5, 6], absorbed: [200])])
      #expect(try catalog.problems().isEmpty)
      #expect(try catalog.numbers("ssObjectId", of: "SSObject") == [100])
      #expect(try catalog.numbers("r_nObs", of: "SSObject") == [6])
      #expect(try catalog.numbers("ssObjectId", of: "retiredObjects") == [200])
      #expect(try catalog.takenDesignations() == [100: "D100", 200: "D200"])
      #expect(try catalog.numbers("ssObjectId", of: "orbitSolutions").contains(200))
    }
  }

  @Test func detectionsCanBeReleased() throws {
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      _ = try catalog.ingest(
        rows((1...5).map { detection($0, mjd: 57323 + Double($0)) }), bad: [], from: file)
      try catalog.apply([update(100, [1, 2, 3]), update(200, [4])])
      #expect(throws: CatalogError.self) { try catalog.release([1, 5], reason: "no") }
      #expect(try catalog.numbers("nObs", of: "SSObject") == [3, 1])
      let released = try catalog.release([3, 4], reason: "stars")
      #expect(released.map(\.ssObjectId) == [100, 200])
      #expect(try catalog.problems().isEmpty)
      // The second object has nothing left; its name stays taken only if it is one of ours.
      #expect(try catalog.numbers("nObs", of: "SSObject") == [2])
      #expect(try catalog.numbers("r_nObs", of: "SSObject") == [2])
      #expect(try catalog.releasedObjects(nights: 57323...57323) == [3: [100], 4: [200]])
      #expect(
        try catalog.detections(nights: 57323...57323, free: true).map(\.detection.diaSourceId)
          == [3, 4, 5])
    }
  }

  @Test func journalFindsTheSameInputAndForgetsWhatWasLeftUnfinished() throws {
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      func stage(_ name: String, _ digest: String) -> StageRecord {
        StageRecord(
          stage: name, night: 57346, inputDigest: digest,
          startedAt: Date(timeIntervalSince1970: 1_700_000_000), seconds: 1.5, figures: "{}")
      }
      let first = try catalog.beginRun()
      try catalog.keep(
        [PendingLinkage(diaSourceIds: [1, -2, .max], start: catalogOrbit("K").orbit)],
        stage: stage("linking", "abc"), runId: first.runId)
      #expect(try catalog.pendingLinkages(ofRun: first.runId).first?.diaSourceIds == [1, -2, .max])
      let found = try #require(try catalog.run(night: 57346, inputDigest: "abc"))
      #expect(found.runId == first.runId)
      #expect(found.stages == [stage("linking", "abc")])
      #expect(try catalog.run(night: 57346, inputDigest: "other") == nil)

      // Another run: the unfinished one is gone; a finished one stays.
      let second = try catalog.beginRun()
      #expect(second.runId == first.runId)
      #expect(try catalog.run(night: 57346, inputDigest: "abc") == nil)
      #expect(try catalog.pendingLinkages(ofRun: first.runId).isEmpty)
      try catalog.record(stage(Catalog.lastStage, "abc"), runId: second.runId)
      #expect(try catalog.beginRun().runId == second.runId + 1)
      #expect(try catalog.run(night: 57346, inputDigest: "abc")?.stages.count == 1)
    }
  }
}
