import Astrometry
import Catalog
import Dynamics
import Exchange
import Foundation
import Testing

/// The catalog of a past revision, read again after later changes.
@Suite struct HistoryTests {
  private func apply(
    _ catalog: Catalog, _ updates: [ObjectUpdate], additions: [SourceAddition] = []
  ) throws {
    let stage = StageRecord(
      stage: Catalog.lastStage, night: 57346, inputDigest: "",
      startedAt: Date(timeIntervalSince1970: 0), seconds: 0, figures: "{}")
    try catalog.apply(
      updates, additions: additions, stage: stage, runId: try catalog.beginRun().runId)
  }

  /// All rows of the versioned tables in the order that exports have, as text.
  private func content(_ catalog: Catalog) async throws -> [String: [String]] {
    var content: [String: [String]] = [:]
    for table in [
      "DiaSource", "SSObject", "SSSource", "links", "mpc_orbits", "orbitSolutions",
      "retiredObjects",
    ] {
      let cursor = try catalog.tableCursor(TableSelection(table: table), isMeasured: true)
      var bytes: [UInt8] = []
      var writer = TableFormat.csv.writer(compressed: false, jobs: 1)
      try writer.begin(cursor.description, into: &bytes)
      while let batch = try await cursor.next() { try await writer.write(batch, into: &bytes) }
      content[table] = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(
        String.init)
    }
    return content
  }

  /// Every state that the catalog went through: detections added, objects made, extended, merged,
  /// given new orbits, detections released.
  @Test func everyRevisionCanBeReadAgain() async throws {
    try await withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      var past: [(revision: CatalogRevision, content: [String: [String]])] = []
      func remember() async throws {
        let last = try #require(try catalog.revisions().last)
        past.append((last, try await content(catalog)))
        // `at` counts milliseconds.
        try await Task.sleep(for: .milliseconds(3))
      }
      _ = try catalog.ingest(rows((1...6).map { detection($0) }), bad: [], from: file)
      try await remember()
      try apply(catalog, [update(100, [1, 2, 3]), update(200, [4, 5])])
      try await remember()
      _ = try catalog.ingest(rows((7...9).map { detection($0) }), bad: [], from: "second.csv")
      try await remember()
      try apply(catalog, [update(100, [1, 2]), update(200, [3, 4, 5, 7])])
      try await remember()
      try apply(catalog, [], additions: [SourceAddition(update(100, [8]))])
      try await remember()
      try apply(catalog, [update(100, [1, 2, 3, 4, 5, 7, 8], absorbed: [200])])
      try await remember()
      _ = try catalog.release([2, 8], reason: "stars")
      try await remember()

      #expect(Set(past.map { $0.content["DiaSource"] }).count == past.count)
      for (revision, expected) in past {
        let date = try Date(
          revision.at, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        let then = try Catalog(path: path, asOf: date)
        for (table, rows) in try await content(then) {
          #expect(rows == expected[table], "\(table) as of \(revision)")
        }
      }
      #expect(try catalog.problems().isEmpty)
    }
  }

  @Test func timesBeforeTheHistoryAreRefused() throws {
    try withTemporaryCatalog { path in
      try Catalog(path: path, access: .readWrite).close()
      #expect(throws: CatalogError.self) {
        try Catalog(path: path, asOf: Date(timeIntervalSince1970: 0))
      }
    }
  }

  /// What was there and is written again as it is leaves no trace.
  @Test func onlyChangesHaveAPast() throws {
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      _ = try catalog.ingest(rows((1...3).map { detection($0) }), bad: [], from: file)
      try apply(catalog, [update(100, [1, 2])])
      let revisions = try catalog.revisions()
      try apply(catalog, [update(100, [1, 2])])
      _ = try catalog.ingest(rows((1...3).map { detection($0) }), bad: [], from: file)
      #expect(try catalog.revisions() == revisions)
      #expect(try catalog.rowCounts()["SSSourceHistory"] == 0)
      // One detection more: the others' rows stay.
      try apply(catalog, [update(100, [1, 2, 3])])
      #expect(try catalog.rowCounts()["SSSourceHistory"] == 0)
      #expect(try catalog.rowCounts()["SSObjectHistory"] == 1)
    }
  }

  /// A solution's detections stay known when the object gets others.
  @Test func solutionsKeepTheirDetections() throws {
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      _ = try catalog.ingest(rows((1...5).map { detection($0) }), bad: [], from: file)
      try apply(catalog, [update(100, [1, 2, 3])])
      var second = update(100, [1, 3, 4, 5])
      second.solution?.orbit.absoluteMagnitude = 17
      try apply(catalog, [second])
      let solutions = try catalog.numbers("solutionId", of: "orbitSolutions")
        .compactMap { $0.map { Int64($0) } }
      #expect(solutions.count == 2)
      var sources: [Int64: [Int64]] = [:]
      try catalog.rows(of: "solutionSources") { _ in
      } row: { values in
        guard case .integer(let solution) = values[0], case .integer(let source) = values[2] else {
          return
        }
        sources[solution, default: []].append(source)
      }
      #expect(
        sources.mapValues { $0.sorted() } == [
          solutions[0]: [1, 2, 3], solutions[1]: [1, 3, 4, 5],
        ])
    }
  }
}
