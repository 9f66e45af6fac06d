import Astro
import Astrometry
import Catalog
import Dynamics
import Foundation
import GRDB
import Testing

/// Detections of three nights on both sides of a year's end: 57386 is 2015-12-30.
private func night(_ mjd: Int, ids: ClosedRange<Int64>) -> [IngestRow] {
  ids.map { id in
    IngestRow(
      detection: detection(id, mjd: Double(mjd) + 1 + Double(id) * 1e-4), night: mjd,
      location: .line(Int(id) + 1))
  }
}

private func stage() -> StageRecord {
  StageRecord(
    stage: Catalog.lastStage, night: 57388, inputDigest: "",
    startedAt: Date(timeIntervalSince1970: 0), seconds: 0, figures: "{}")
}

/// The content of all tables but those that say what is archived.
private func content(_ path: String) throws -> [String: String] {
  let catalog = try Catalog(path: path, access: .readOnly)
  defer { try? catalog.close() }
  #expect(try catalog.problems().isEmpty)
  return try catalog.contentDigests().filter { !$0.key.hasPrefix("archive") }
}

private func filled(_ path: String) throws {
  let catalog = try Catalog(path: path, access: .readWrite)
  let all = night(57386, ids: 1...9) + night(57387, ids: 11...19) + night(57388, ids: 21...29)
  _ = try catalog.ingest(all, bad: [], from: file)
  let times = 57387.0001...57389.0021
  try catalog.apply(
    [update(100, [1, 11, 21], times: times)], stage: stage(), runId: try catalog.beginRun().runId)
  try catalog.close()
}

private func archive(_ path: String, before night: Int) throws -> ArchiveResult {
  let catalog = try Catalog(path: path, access: .readWriteExisting)
  defer { try? catalog.close() }
  return try catalog.archive(before: night)
}

@Suite struct ArchiveTests {
  @Test func everyQueryReachesWhatIsArchived() throws {
    try withTemporaryCatalog { path in
      try filled(path)
      let before = try content(path)
      let result = try archive(path, before: 57388)
      // One file a year: 57387 is the last day of 2015.
      #expect(result.files.map(\.detections) == [18])
      #expect(result.files.map(\.path) == [path + ".archive-2015"])
      #expect(try archive(path, before: 57389).files.map(\.path) == [path + ".archive-2016"])
      #expect(try content(path) == before)

      let catalog = try Catalog(path: path, access: .readOnly)
      #expect(try catalog.nightList() == [57386, 57387, 57388])
      #expect(try catalog.rowCounts()["DiaSource"] == 27)
      #expect(try catalog.detections(nights: 57386...57387).count == 18)
      #expect(try catalog.detections(nights: 57386...57386, free: true).count == 8)
      let members = try catalog.detections(ofObjects: [100])
      #expect(members.map(\.detection.diaSourceId) == [1, 11, 21])
      #expect(members.map(\.ssObjectId) == [100, 100, 100])
      #expect(try catalog.detections(nights: 57386...57386).first?.detection == detectionOne)
      // Nothing is left to do.
      #expect(try archive(path, before: 57389).files.isEmpty)
    }
  }

  private var detectionOne: Detection { detection(1, mjd: 57387.0001) }

  @Test func whatIsArchivedCanComeAgainAndBeTakenAndReleased() throws {
    try withTemporaryCatalog { path in
      try filled(path)
      _ = try archive(path, before: 57388)
      let before = try content(path)
      let catalog = try Catalog(path: path, access: .readWriteExisting)
      let again = try catalog.ingest(night(57386, ids: 1...9), bad: [], from: file)
      #expect(again.counts.alreadyThere == 9)
      #expect(again.counts.added == 0)
      let now = try catalog.contentDigests()
      #expect(now["DiaSource"] == before["DiaSource"])
      #expect(now["visits"] == before["visits"])
      let other = try catalog.ingest(night(57387, ids: 1...1), bad: [], from: "/other.csv")
      #expect(other.counts.quarantined == 1)

      // An archived detection is given to an object, and taken from it.
      let runId = try catalog.beginRun().runId
      let found = SourceAddition(update(100, [2], times: 57387.0002...57387.0002))
      try catalog.apply([], additions: [found], stage: stage(), runId: runId)
      #expect(try catalog.detections(ofObjects: [100]).count == 4)
      #expect(throws: CatalogError.self) {
        try catalog.apply([], additions: [found], stage: stage(), runId: runId + 1)
      }
      #expect(try catalog.release([1], reason: "a star").map(\.ssObjectId) == [100])
      #expect(
        try catalog.detections(ofObjects: [100]).map(\.detection.diaSourceId) == [2, 11, 21])
      #expect(try catalog.problems().isEmpty)
      try catalog.close()
    }
  }

  @Test func lateDetectionsOfAnArchivedNight() throws {
    try withTemporaryCatalog { path in
      try filled(path)
      _ = try archive(path, before: 57388)
      let catalog = try Catalog(path: path, access: .readWriteExisting)
      _ = try catalog.ingest(night(57386, ids: 31...33), bad: [], from: "/late.csv")
      try catalog.close()
      let before = try content(path)
      #expect(try archive(path, before: 57388).files.map(\.detections) == [3])
      #expect(try content(path) == before)
    }
  }

  /// The file is written, the catalog has not let go: as if the run had been killed there.
  @Test func aRunThatWasKilledIsDoneAgain() throws {
    try withTemporaryCatalog { path in
      try filled(path)
      let before = try content(path)
      let saved = try Data(contentsOf: URL(filePath: path))
      _ = try archive(path, before: 57388)
      try saved.write(to: URL(filePath: path))
      #expect(try content(path) == before)
      #expect(try archive(path, before: 57387).files.map(\.detections) == [9])
      #expect(try content(path) == before)
    }
  }

  @Test func missingAndForeignFiles() throws {
    try withTemporaryCatalog { path in
      try filled(path)
      _ = try archive(path, before: 57388)
      let name = path + ".archive-2015"
      try FileManager.default.moveItem(atPath: name, toPath: name + ".away")
      let error = #expect(throws: CatalogError.self) {
        try Catalog(path: path, access: .readOnly).rowCounts()
      }
      #expect("\(try #require(error))".contains(name))
      try Data("no database, but long enough to be looked at".utf8).write(
        to: URL(filePath: name))
      #expect(throws: CatalogError.self) { try Catalog(path: path, access: .readWriteExisting) }
    }
  }

  @Test func anArchiveThatFailsLeavesNoFile() throws {
    try withTemporaryCatalog { path in
      try filled(path)
      let before = try content(path)
      let catalog = try Catalog(path: path, access: .readWriteExisting)
      // Against the key of what the run will note.
      try catalog.database.write {
        try $0.execute(sql: "INSERT INTO archivedNights (night, batch, nRows) VALUES (57386, 1, 0)")
      }
      #expect(throws: CatalogError.self) { try catalog.archive(before: 57388) }
      #expect(!FileManager.default.fileExists(atPath: path + ".archive-2015"))
      try catalog.database.write { try $0.execute(sql: "DELETE FROM archivedNights") }
      #expect(try catalog.archive(before: 57388).files.map(\.detections) == [18])
      try catalog.close()
      #expect(try content(path) == before)
    }
  }

  /// A copy to try things out on reaches the archives by links, and leaves them as they are.
  @Test func aScratchCopyLinksToTheArchives() throws {
    try withTemporaryCatalog { path in
      try filled(path)
      _ = try archive(path, before: 57388)
      let before = try content(path)
      let archived = try Data(contentsOf: URL(filePath: path + ".archive-2015"))
      let catalog = try Catalog(path: path, access: .readOnly)
      let made = try catalog.scratchCopy(at: path + ".try")
      #expect(made == [path + ".try", path + ".try.archive-2015"])
      let kind = try FileManager.default.attributesOfItem(atPath: made[1])[.type]
      #expect(kind as? FileAttributeType == .typeSymbolicLink)
      let copy = try Catalog(path: path + ".try", access: .readWriteExisting)
      #expect(try copy.rowCounts()["DiaSource"] == 27)
      #expect(try copy.release([1], reason: "a star").map(\.ssObjectId) == [100])
      try copy.close()
      for name in made { try FileManager.default.removeItem(atPath: name) }
      try catalog.close()
      #expect(try content(path) == before)
      #expect(try Data(contentsOf: URL(filePath: path + ".archive-2015")) == archived)
    }
  }

  @Test func backupTakesTheArchivesAlong() throws {
    try withTemporaryCatalog { path in
      try filled(path)
      _ = try archive(path, before: 57388)
      let catalog = try Catalog(path: path, access: .readWriteExisting)
      try catalog.backup(to: path + ".copy")
      #expect(throws: CatalogError.self) { try catalog.backup(to: path + ".copy") }
      try catalog.close()
      #expect(try content(path + ".copy") == content(path))
      #expect(FileManager.default.fileExists(atPath: path + ".copy.archive-2015"))
    }
  }

  /// Damage that a check has to find, and the words of what it finds.
  @Test(arguments: [
    ("DELETE FROM archive2015.DiaSource WHERE diaSourceId = 2", "batches of the archive of 2015"),
    (
      "INSERT INTO main.DiaSource (diaSourceId, midpointMjdTai, ra, dec, observatory, night)"
        + " VALUES (3, 57387, 1, 1, 'X05', 57386)", "in the catalog and in the archive of 2015"
    ),
    ("DELETE FROM archive2015.DiaSource WHERE diaSourceId = 1", "whose detection is missing"),
    ("UPDATE main.DiaSource SET ssObjectId = NULL WHERE diaSourceId = 21", "another object"),
    ("UPDATE main.DiaSource SET ssObjectId = 100 WHERE diaSourceId = 22", "without their row"),
    ("UPDATE SSObject SET nObs = 4", "nObs is not"),
    ("UPDATE SSObject SET arc = arc + 1", "arc is not"),
    ("DELETE FROM mpc_orbits", "without an orbit"),
    ("DELETE FROM orbitSolutions", "solution is missing"),
    ("UPDATE orbitSolutions SET squareRootInformation = x'00'", "not 36 numbers"),
    ("UPDATE main.DiaSource SET dec = 91 WHERE diaSourceId = 22", "not on the sky"),
    ("UPDATE visits SET nDiaSources = 1", "nDiaSources is not"),
    ("INSERT INTO releasedSources VALUES (21, 100, 57388, 'a star')", "were released"),
  ])
  func checkFinds(_ damage: String, _ words: String) throws {
    try withTemporaryCatalog { path in
      try filled(path)
      _ = try archive(path, before: 57388)
      let catalog = try Catalog(path: path, access: .readWriteExisting)
      try catalog.database.writeWithoutTransaction { database in
        try database.execute(sql: "PRAGMA foreign_keys = OFF")
        try database.execute(sql: damage)
      }
      let problems = try catalog.problems()
      #expect(problems.contains { $0.contains(words) }, "\(problems)")
      try catalog.close()
    }
  }
}
