import Alerts
import Astro
import Astrometry
import Dynamics
import Filters
import Foundation
import TestSupport
import Testing

/// Visits of past nights, on which filters are tried.
struct PastTests {
  private static let night = Night(mjd: 61_366)

  private func visit(_ mjd: Double, _ table: VisitTable) throws -> FilterVisit {
    FilterVisit(
      name: "X05 \(mjd)",
      exposure: Exposure(midpoint: Epoch<TAI>(mjd: mjd), observatory: .rubin), alerts: table,
      missing: MissingTable.make([]), places: [])
  }

  private func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder.appending(path: "c.db.visits").path)
  }

  private func files(_ folder: String) -> [String] {
    ((try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? [])
      .filter { $0.hasSuffix(".visit") }.sorted()
  }

  @Test("A visit comes back as it was, value by value, and filters choose the same of it")
  func roundTrip() async throws {
    try await withFolder { folder in
      let table = MadeVisit.simple(333)
      let archive = VisitArchive(folder: folder)
      try await archive.keep(visit(61_366.25, table), night: Self.night, jobs: 3)
      let stored = try #require(archive.visits(of: Self.night).first)
      #expect(archive.nights() == [Self.night] && stored.name == "X05 61366.25")
      let read = try archive.tables(of: stored)[0]
      #expect(read.rowCount == 333)
      for row in 0..<333 {
        for column in AlertColumns.all.indices {
          #expect(read.value(row: row, column: column) == table.value(row: row, column: column))
        }
      }
      let filter = UserFilter(owner: "a", name: "b", text: "snr > 50 ORDER BY snr DESC, ra")
      let runner = FilterRunner([filter])
      let was = try await runner.run(on: [table], jobs: 1)[0]
      let result = try await FilterTrial(archive).run(filter)
      #expect(result.visits.count == 1 && result.matched == was.matched && result.kept == 20)
      #expect(result.visits[0].outcome.lines.map(\.row) == was.lines.map(\.row))
      #expect(result.cut == was.matched - 20 && result.visits[0].alerts == 333)
    }
  }

  @Test("Parts that several processes kept are one visit again; a rerun adds nothing")
  func parts() async throws {
    try await withFolder { folder in
      func part(_ rows: [Int]) -> VisitTable {
        MadeVisit.table(rows.count) { row, set in
          set("diaSourceId", .integer(Int64(rows[row])))
          set("band", .text("text of \(rows[row])"))
        }
      }
      for rows in [[1, 3, 5], [2, 4, 6], [2, 4, 6], [5, 6, 7]] {
        try await VisitArchive(folder: folder).keep(
          visit(61_366.5, part(rows)), night: Self.night, jobs: 1)
      }
      #expect(files(folder).count == 3)
      let archive = VisitArchive(folder: folder)
      let table = try archive.tables(of: try #require(archive.visits(of: Self.night).first))[0]
      let (id, band) = (
        try #require(table.column("diaSourceId")), try #require(table.column("band"))
      )
      #expect(table.rowCount == 7)
      for row in 0..<7 {
        #expect(table.value(row: row, column: id) == .integer(Int64(row + 1)))
        #expect(table.value(row: row, column: band) == .text("text of \(row + 1)"))
      }
    }
  }

  @Test("Nights and bytes are bounded; which visits stay doesn't depend on their order")
  func bounds() async throws {
    var samples: [[String]] = []
    for order in [Array(0..<40), Array((0..<40).reversed())] {
      try await withFolder { folder in
        var limits = VisitArchive.Limits()
        limits.nights = 2
        limits.bytesPerNight = 150_000
        let archive = VisitArchive(folder: folder, limits: limits)
        for number in order {
          let table = MadeVisit.simple(300)
          try await archive.keep(
            visit(61_366 + Double(number) / 64, table), night: Self.night, jobs: 1)
        }
        let names = archive.visits(of: Self.night).map(\.name).sorted()
        #expect(names.count > 2 && names.count < 40)
        let size = try files(folder).reduce(0) { total, name in
          total + (try Data(contentsOf: URL(filePath: folder).appending(path: name)).count)
        }
        #expect(size <= 150_000)
        samples.append(names)
        for night in [61_367, 61_368, 61_365] {
          try await archive.keep(
            visit(Double(night) + 0.25, MadeVisit.simple(3)), night: Night(mjd: night), jobs: 1)
        }
        #expect(archive.nights().map(\.mjd) == [61_368, 61_367])
      }
    }
    #expect(samples[0] == samples[1])
  }

  @Test("A file that is cut, altered or no visit is told, and the others are tried")
  func damage() async throws {
    try await withFolder { folder in
      let archive = VisitArchive(folder: folder)
      try await archive.keep(visit(61_366.25, MadeVisit.simple(50)), night: Self.night, jobs: 1)
      try await archive.keep(visit(61_366.75, MadeVisit.simple(60)), night: Self.night, jobs: 1)
      let path = URL(filePath: folder).appending(path: files(folder)[0])
      let whole = try Data(contentsOf: path)
      var altered: [Data] = [Data(), Data("nothing".utf8), whole.prefix(whole.count / 2)]
      var random = TestRandom(seed: 5)
      for _ in 0..<200 {
        var data = whole
        data[Int.random(in: 0..<data.count, using: &random)] ^= UInt8.random(
          in: 1...255, using: &random)
        altered.append(data)
      }
      var unreadable = 0
      for data in altered {
        try data.write(to: path)
        let result = try await FilterTrial(archive).run(
          UserFilter(owner: "a", name: "b", text: "diaSourceId > 0"))
        #expect(result.visits.contains { $0.alerts == 60 && $0.outcome.matched == 60 })
        unreadable += result.unreadable.count
      }
      #expect(unreadable > 50)
    }
  }

  @Test("A trial says when a filter would be suspended, and keeps to its visits")
  func trial() async throws {
    try await withFolder { folder in
      let archive = VisitArchive(folder: folder)
      for number in 0..<4 {
        try await archive.keep(
          visit(61_366 + Double(number) / 8, MadeVisit.simple(3_000)), night: Self.night, jobs: 2)
      }
      var trial = FilterTrial(archive)
      trial.limits.milliseconds = 5
      let slow = try await trial.run(
        UserFilter(
          owner: "a", name: "b",
          text:
            "SELECT a.diaSourceId FROM alerts a, alerts b, alerts c WHERE a.ra = b.ra + c.ra + 1e9"
        ))
      #expect(slow.wouldBeSuspended && slow.failure?.isOverrun == true && slow.visits.count == 4)
      trial.mostVisits = 1
      let good = try await trial.run(UserFilter(owner: "a", name: "b", text: "snr > 99"))
      #expect(!good.wouldBeSuspended && good.leftOut == 3)
      // The newest first.
      #expect(good.visits.map(\.visit) == ["X05 61366.375"])
    }
  }
}
