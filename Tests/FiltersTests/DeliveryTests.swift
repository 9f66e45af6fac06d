import Alerts
import Astro
import Astrometry
import Dynamics
import Filters
import Foundation
import GRDB
import TestSupport
import Testing

/// What reaches a user when a visit comes in parts, or again.
struct DeliveryTests {
  private func withFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
  }

  private func visit(_ ids: [Int]) -> FilterVisit {
    let table = MadeVisit.table(ids.count) { row, set in
      set("diaSourceId", .integer(Int64(ids[row])))
      set("snr", .real(Double(ids[row])))
    }
    return FilterVisit(
      name: "X05 61366.25",
      exposure: Exposure(midpoint: Epoch<TAI>(mjd: 61_366.25), observatory: .rubin),
      alerts: table, missing: MissingTable.make([]), places: [])
  }

  private func ids(_ folder: URL) throws -> [String: [Int]] {
    let place = folder.appending(path: "chosen/ana/best")
    var ids: [String: [Int]] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: place.path) {
      let text = try String(contentsOf: place.appending(path: name), encoding: .utf8)
      ids[name] = try text.split(separator: "\n").map { line in
        let record = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return try #require(record?["diaSourceId"] as? Int)
      }
    }
    return ids
  }

  @Test("The second part of a visit is written over nothing; a rerun writes the same files")
  func parts() async throws {
    try await withFolder { folder in
      let chosen = FilterFolder(path: folder.appending(path: "chosen").path)
      let filter = UserFilter(owner: "ana", name: "best", text: "snr > 0 ORDER BY snr DESC")
      func deliver(_ members: [Int]) async throws {
        let visit = visit(members)
        let outcome = try await FilterRunner([filter]).run(on: visit.tables, jobs: 1)[0]
        try chosen.write(outcome, of: visit) { _ in nil }
      }
      try await deliver([1, 2, 3])
      try await deliver([4, 5])
      let files = try ids(folder)
      #expect(files.values.sorted { $0.count < $1.count } == [[5, 4], [3, 2, 1]])
      #expect(files.keys.allSatisfy { $0.hasPrefix("X05_61366.25_") && $0.hasSuffix(".jsonl") })
      try await deliver([1, 2, 3])
      #expect(try ids(folder) == files)
    }
  }

  @Test("What was promised is given out again, though better alerts have come since")
  func promised() async throws {
    try await withFolder { folder in
      let ledger = try FilterLedger(path: folder.appending(path: "c.db.filters").path)
      let filters = [
        UserFilter(owner: "ana", name: "best", text: "snr > 0 ORDER BY snr DESC"),
        UserFilter(owner: "bob", name: "best", text: "snr > 0 ORDER BY snr DESC"),
      ]
      func run(_ members: [Int]) async throws -> [[Int]] {
        let visit = visit(members)
        var outcomes = try await FilterRunner(filters).run(
          on: visit.tables, promised: try ledger.promised(visit: visit.name), jobs: 2)
        _ = try ledger.settle(&outcomes, visit: visit.name, part: visit.part, cap: 20)
        return outcomes.map { $0.lines.map { members[$0.row] } }
      }
      // Fifteen promised, and lost in a crash; with all of the visit there are forty better ones.
      #expect(try await run(Array(1...15)) == Array(repeating: (1...15).reversed(), count: 2))
      let expected = Array((96...100).reversed()) + Array((1...15).reversed())
      #expect(try await run(Array(1...100)) == [expected, expected])
      #expect(try await run(Array(1...100)) == [expected, expected])
    }
  }

  @Test("A rerun gives the same lines, where filters of one owner match the same alerts far down")
  func sameLines() async throws {
    try await withFolder { folder in
      let ledger = try FilterLedger(path: folder.appending(path: "c.db.filters").path)
      let filters = ["snr", "-snr", "abs(snr - 50)", "snr % 7"].enumerated().map {
        UserFilter(owner: "ana", name: "f\($0)", text: "snr > 0 ORDER BY \($1), diaSourceId")
      }
      func run() async throws -> [[Int]] {
        let visit = visit(Array(1...100))
        var outcomes = try await FilterRunner(filters).run(
          on: visit.tables, promised: try ledger.promised(visit: visit.name), jobs: 2)
        _ = try ledger.settle(&outcomes, visit: visit.name, part: visit.part, cap: 20)
        return outcomes.map { $0.lines.map(\.row) }
      }
      let first = try await run()
      #expect(Set(first.joined()).count == 20)
      for _ in 0..<2 { #expect(try await run() == first) }
    }
  }

  @Test("Promises of files that were written before stay")
  func oldPromises() async throws {
    try await withFolder { folder in
      let path = folder.appending(path: "c.db.filters").path
      let day = Int(Date().timeIntervalSince1970 / 86_400)
      try await DatabaseQueue(path: path).write { database in
        try database.execute(
          sql: """
            CREATE TABLE deliveries (
              visit TEXT NOT NULL, owner TEXT NOT NULL, diaSourceId INTEGER NOT NULL,
              filter TEXT NOT NULL, day INTEGER NOT NULL,
              PRIMARY KEY (visit, owner, diaSourceId)) WITHOUT ROWID;
            INSERT INTO deliveries VALUES ('v', 'ana', 7, 'best', \(day)),
              ('v', 'ana', 9, 'best', \(day)), ('v', 'bob', 9, 'good', \(day)),
              ('w', 'bob', 8, 'good', \(day)), ('v', 'eve', 1, 'old', \(day - 8));
            """)
      }
      for _ in 0..<2 {
        let ledger = try FilterLedger(path: path)
        #expect(try ledger.promised(visit: "v") == ["ana/best": [7, 9], "bob/good": [9]])
        #expect(try ledger.promised(visit: "w") == ["bob/good": [8]])
      }
    }
  }

  @Test("A run again is not counted again, in the statistics or as an overrun; another part is")
  func counting() async throws {
    try await withFolder { folder in
      let ledger = try FilterLedger(path: folder.appending(path: "c.db.filters").path)
      func settle(_ part: String, _ failure: FilterError?, version: Int = 1) throws -> Int {
        var outcome = FilterOutcome(
          filter: UserFilter(owner: "ana", name: "f", version: version, text: "1"))
        outcome.columns = ["diaSourceId"]
        if failure == nil {
          outcome.lines = (1...3).map { (row: $0, values: [.integer(Int64($0))]) }
          outcome.matched = 30
        }
        outcome.failure = failure
        var outcomes = [outcome]
        let suspended = try ledger.settle(&outcomes, visit: "v", part: part, cap: 20)
        #expect(outcomes[0].lines.count == (failure == nil ? 3 : 0))
        return suspended.count
      }
      for _ in 0..<3 { #expect(try settle("a", nil) == 0) }
      var totals = try #require(try ledger.totals().first)
      #expect(totals.visits == 1 && totals.matched == 30 && totals.delivered == 3)
      _ = try settle("b", nil)
      totals = try #require(try ledger.totals().first)
      #expect(totals.visits == 2 && totals.cut == 54)
      for _ in 0..<5 { #expect(try settle("c", .tooSlow(limitMs: 100)) == 0) }
      #expect(try settle("d", .noTimeLeft(limitMs: 10)) == 0)
      #expect(try settle("e", .tooSlow(limitMs: 100)) == 0)
      #expect(try settle("f", .tooSlow(limitMs: 100)) == 1)
      _ = try settle("a", nil, version: 2)
      #expect(try ledger.totals().map(\.version) == [1, 2])
    }
  }

  private func missing(_ rows: [(id: Int64, designation: String?)]) -> FilterOutcome {
    var outcome = FilterOutcome(filter: UserFilter(owner: "ana", name: "gone", text: "1"))
    outcome.isOfMissing = true
    outcome.columns = ["missingId"]
    outcome.lines = rows.enumerated().map { ($0.offset, [.integer($0.element.id)]) }
    outcome.matched = rows.count
    return outcome
  }

  @Test("Lines about missing objects are within the owner's cap, and have ids of their own")
  func missingObjects() async throws {
    try await withFolder { folder in
      let ledger = try FilterLedger(path: folder.appending(path: "c.db.filters").path)
      var alerts = FilterOutcome(filter: UserFilter(owner: "ana", name: "f", text: "1"))
      alerts.columns = ["diaSourceId"]
      alerts.lines = (0..<15).map { (row: $0, values: [.integer(Int64($0))]) }
      alerts.matched = 15
      // Numbers that alerts have, too.
      var outcomes = [missing((0..<15).map { (Int64($0), nil) }), alerts]
      _ = try ledger.settle(&outcomes, visit: "v", part: "p", cap: 20)
      #expect(outcomes.map(\.lines.count) == [10, 10] && outcomes.map(\.cut) == [5, 5])
      let ids = try outcomes[0].lines.map { line in
        let text = LightRecord.line(outcomes[0], line.values, visit: "v")
        let record = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return try #require(record?["id"] as? String)
      }
      #expect(Set(ids).count == 10 && ids[3] == "v/ana/gone/3")
    }
  }

  @Test("A damaged file beside the catalog is told with what to do")
  func damagedLedger() async throws {
    try await withFolder { folder in
      let path = folder.appending(path: "c.db.filters").path
      try Data(repeating: 7, count: 9_000).write(to: URL(filePath: path))
      let error = #expect(throws: FilterError.self) { try FilterLedger(path: path) }
      let text = error?.description ?? ""
      #expect(text.contains(path) && text.contains("is damaged") && text.contains("move it away"))
    }
  }
}
