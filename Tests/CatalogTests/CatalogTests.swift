import Astro
import Astrometry
import Catalog
import Dynamics
import Foundation
import GRDB
import TestSupport
import Testing

/// Runs `body` with the path of a catalog that does not exist yet.
func withTemporaryCatalog(_ body: (String) throws -> Void) throws {
  let folder = try TestPaths.temporaryFolder()
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder.appending(path: "c.db").path)
}

func withTemporaryCatalog(_ body: (String) async throws -> Void) async throws {
  let folder = try TestPaths.temporaryFolder()
  defer { try? FileManager.default.removeItem(at: folder) }
  try await body(folder.appending(path: "c.db").path)
}

func detection(_ id: Int64, mjd: Double = 57323.5, ra: Double = 10) -> Detection {
  Detection(
    diaSourceId: id, sourceId: "u\(id)", midpoint: Epoch<TAI>(mjd: mjd), raDeg: ra, decDeg: -5,
    mag: 20, band: "r", observatory: .rubin, visit: 7)
}

func rows(_ detections: [Detection]) -> [IngestRow] {
  detections.enumerated().map {
    IngestRow(detection: $1, night: 57323, location: .line($0 + 2))
  }
}

let file = "/a.csv"

extension Catalog {
  /// A file of one batch.
  func ingest(
    _ rows: [IngestRow], bad: [QuarantinedRecord], from file: String
  ) throws -> IngestResult {
    var batches = [IngestBatch(rows: rows, bad: bad)]
    return try ingest(file: file) { batches.popLast() }
  }
}

@Suite struct CatalogTests {
  @Test func ingestIsIdempotent() throws {
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      let input = rows([detection(1), detection(2)])
      let first = try catalog.ingest(input, bad: [], from: file)
      #expect(first.counts.added == 2)
      let before = try catalog.contentDigests()
      let second = try catalog.ingest(input, bad: [], from: file)
      #expect(second.counts.added == 0)
      #expect(second.counts.alreadyThere == 2)
      #expect(try catalog.contentDigests() == before)
    }
  }

  /// Killed between the two transactions in which a new catalog gets its tables.
  @Test func whatADeadRunBeganIsFinished() throws {
    try withTemporaryCatalog { path in
      let queue = try DatabaseQueue(path: path)
      try queue.write {
        try $0.execute(sql: "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
      }
      try queue.close()
      #expect(throws: CatalogError.self) { try Catalog(path: path, access: .readOnly) }
      let catalog = try Catalog(path: path, access: .readWrite)
      #expect(try catalog.ingest(rows([detection(1)]), bad: [], from: file).counts.added == 1)
      #expect(try catalog.problems().isEmpty)
    }
  }

  /// Killed in the first transaction, part of which is in the file: its journal takes it back.
  @Test func aJournalOfADeadRunIsPlayedBack() throws {
    try withTemporaryCatalog { path in
      let dying = try DatabaseQueue(path: path + ".dying")
      try dying.writeWithoutTransaction { database in
        try database.execute(sql: "PRAGMA cache_size = 5")
        try database.execute(sql: "BEGIN; CREATE TABLE grdb_migrations (identifier TEXT)")
        for _ in 0..<200 {
          try database.execute(sql: "INSERT INTO grdb_migrations VALUES (hex(randomblob(2000)))")
        }
        for end in ["", "-journal"] {
          try FileManager.default.copyItem(atPath: path + ".dying" + end, toPath: path + end)
        }
        try database.execute(sql: "ROLLBACK")
      }
      #expect(throws: CatalogError.self) { try Catalog(path: path, access: .readOnly) }
      let catalog = try Catalog(path: path, access: .readWrite)
      #expect(try catalog.ingest(rows([detection(1)]), bad: [], from: file).counts.added == 1)
      #expect(try catalog.problems().isEmpty)
    }
  }

  @Test func everyFieldComesBack() throws {
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      var one = detection(1)
      one.raErrDeg = 1e-5
      one.decErrDeg = 2e-5
      one.raDecCovDeg2 = 1e-12
      one.magErr = 0.1
      one.designation = "2015 AB"
      one.trailLengthArcsec = 3
      one.trailAngleDeg = 45
      one.observerGeocentricKm = Vector3(1, 2, 3)
      _ = try catalog.ingest(rows([one]), bad: [], from: file)
      let stored = try catalog.detections(nights: 57323...57323)
      #expect(stored.map(\.detection) == [one])
      #expect(stored.first?.night == 57323)
      #expect(try catalog.detections(nights: 57324...57330).isEmpty)
    }
  }

  /// The AB zero point: 31.4 mag is 1 nJy, 20 mag is 36.31 µJy.
  @Test func fluxOfAMagnitude() throws {
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      _ = try catalog.ingest(rows([detection(1)]), bad: [], from: file)
      var flux: Double?
      var column: Int?
      try catalog.rows(of: "DiaSource") {
        column = $0.firstIndex(of: "psfFlux")
      } row: { values in
        if let column, case .real(let value) = values[column] { flux = value }
      }
      #expect(abs(try #require(flux) - 36307.8) < 0.1)
    }
  }

  @Test func sameIdentifierOtherContentIsQuarantinedUntilCorrected() throws {
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      _ = try catalog.ingest(rows([detection(1)]), bad: [], from: file)
      let other = "/b.csv"
      let result = try catalog.ingest(rows([detection(1, ra: 11)]), bad: [], from: other)
      #expect(result.counts.added == 0)
      #expect(result.quarantined.first?.location == .line(2))
      #expect(try catalog.quarantinedRecords() == result.quarantined)
      #expect(try catalog.detections(nights: 57323...57323).first?.detection.raDeg == 10)

      let corrected = try catalog.ingest(rows([detection(9, ra: 11)]), bad: [], from: other)
      #expect(corrected.counts.added == 1)
      #expect(try catalog.quarantinedRecords().isEmpty)
    }
  }

  /// A file that turns out to be damaged half-way leaves nothing of itself.
  @Test func errorOfTheReaderUndoesTheFile() throws {
    struct Damaged: Error {}
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      let before = try catalog.contentDigests()
      var batches = [IngestBatch(rows: rows([detection(1), detection(2)]), bad: [])]
      #expect(throws: Damaged.self) {
        _ = try catalog.ingest(file: "/a.csv") {
          guard let batch = batches.popLast() else { throw Damaged() }
          return batch
        }
      }
      #expect(try catalog.contentDigests() == before)
    }
  }

  @Test func onlyOneWriter() throws {
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      #expect {
        _ = try Catalog(path: path, access: .readWrite)
      } throws: {
        if case CatalogError.locked = $0 { true } else { false }
      }
      // Readers may come.
      #expect(try Catalog(path: path, access: .readOnly).problems().isEmpty)
      try catalog.close()
      // A lock file that a dead process left behind locks nobody out.
      #expect(FileManager.default.fileExists(atPath: path + ".lock"))
      _ = try Catalog(path: path, access: .readWrite)
    }
  }

  @Test func refusesWhatIsNoCatalogOfThisVersion() throws {
    try withTemporaryCatalog { path in
      #expect {
        _ = try Catalog(path: path, access: .readOnly)
      } throws: {
        if case CatalogError.missing = $0 { true } else { false }
      }
      try Data("no database at all, long enough to be read as one".utf8)
        .write(to: URL(filePath: path))
      #expect {
        _ = try Catalog(path: path, access: .readWrite)
      } throws: {
        if case CatalogError.notACatalog = $0 { true } else { false }
      }
      try FileManager.default.removeItem(atPath: path)

      let foreign = try DatabaseQueue(path: path)
      try foreign.write { try $0.execute(sql: "CREATE TABLE t (x)") }
      try foreign.close()
      #expect {
        _ = try Catalog(path: path, access: .readWrite)
      } throws: {
        if case CatalogError.notACatalog = $0 { true } else { false }
      }
      try FileManager.default.removeItem(atPath: path)

      try Catalog(path: path, access: .readWrite).close()
      let newer = try DatabaseQueue(path: path)
      try newer.write {
        try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('v9999')")
      }
      try newer.close()
      for access in [Catalog.Access.readOnly, .readWrite] {
        #expect {
          _ = try Catalog(path: path, access: access)
        } throws: {
          if case CatalogError.newerVersion = $0 { true } else { false }
        }
      }
    }
  }

  /// A disk that is full in the middle of a file's rows leaves the catalog as it was.
  @Test func fullDiskLeavesNothingHalfWritten() throws {
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      _ = try catalog.ingest(rows([detection(1)]), bad: [], from: file)
      let before = try catalog.contentDigests()
      try catalog.close()
      let pages = try DatabaseQueue(path: path).read {
        try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0
      }
      let small = try Catalog(path: path, access: .readWrite)
      try small.limitPages(pages + 20)
      let many = rows((10..<20_000).map { detection($0) })
      #expect {
        _ = try small.ingest(many, bad: [], from: file)
      } throws: {
        if case CatalogError.diskFull = $0 { true } else { false }
      }
      #expect(try small.contentDigests() == before)
      #expect(try small.problems().isEmpty)
    }
  }

  @Test func columnsAreLSSTs() throws {
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      var columns: [String: [String]] = [:]
      for table in ["SSObject", "SSSource", "mpc_orbits"] {
        try catalog.rows(of: table) {
          columns[table] = $0
        } row: { _ in
        }
      }
      #expect(columns["SSObject"]?.count == 80)
      // 39 of LSST's and obs_id; 53 and three of ours: two keys and the revision.
      #expect(columns["SSSource"]?.count == 40)
      #expect(columns["mpc_orbits"]?.count == 56)
    }
  }

  @Test func backupOfADamagedCatalogNamesIt() throws {
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      _ = try catalog.ingest(rows((1...2_000).map { detection($0) }), bad: [], from: file)
      try catalog.close()
      var bytes = try Data(contentsOf: URL(filePath: path))
      let page = bytes.count / 4096 / 2 * 4096
      bytes.replaceSubrange(page..<page + 4096, with: Data(repeating: 0xA5, count: 4096))
      try bytes.write(to: URL(filePath: path))
      let damaged = try Catalog(path: path, access: .readOnly)
      let error = #expect(throws: CatalogError.self) { try damaged.backup(to: path + ".copy") }
      #expect(error?.description.hasPrefix("\(path): the file is damaged") == true)
      let left = try FileManager.default.contentsOfDirectory(
        atPath: URL(filePath: path).deletingLastPathComponent().path)
      #expect(!left.contains { $0.hasPrefix("c.db.copy") })
    }
  }

  @Test func backupIsTheSameCatalog() throws {
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      _ = try catalog.ingest(rows([detection(1), detection(2)]), bad: [], from: file)
      try catalog.backup(to: path + ".copy")
      let copy = try Catalog(path: path + ".copy", access: .readOnly)
      #expect(try copy.contentDigests() == catalog.contentDigests())
      #expect(throws: CatalogError.self) { try catalog.backup(to: path + ".copy") }
    }
  }
}
