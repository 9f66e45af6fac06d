import Filters
import Foundation
import TestSupport
import Testing

/// Caps and suspensions, over processes and crashes.
struct LedgerTests {
  private func outcome(
    _ name: String, owner: String = "ana", rows: [Int], failure: FilterError? = nil
  ) -> FilterOutcome {
    var outcome = FilterOutcome(filter: UserFilter(owner: owner, name: name, text: "1"))
    outcome.lines = rows.map { ($0, [.integer(Int64($0))]) }
    outcome.columns = ["diaSourceId"]
    outcome.matched = rows.count
    outcome.failure = failure
    return outcome
  }

  private func withLedgers(_ body: (FilterLedger, FilterLedger) throws -> Void) throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "c.db.filters").path
    try body(try FilterLedger(path: path), try FilterLedger(path: path))
  }

  @Test("A user's filters share the cap and take turns; users don't share; what is cut is counted")
  func turns() throws {
    try withLedgers { ledger, _ in
      var outcomes = [
        outcome("a", rows: Array(0..<10)), outcome("b", rows: [0, 50, 51, 52]),
        outcome("c", owner: "bob", rows: Array(0..<5)),
      ]
      _ = try ledger.settle(&outcomes, visit: "v", part: "p", cap: 4)
      // a's 0; b's 0 is the same alert; a's 1, b's 50; a's 2; then the cap.
      #expect(outcomes[0].lines.map(\.row) == [0, 1, 2])
      #expect(outcomes[1].lines.map(\.row) == [0, 50])
      #expect(outcomes[0].cut == 7 && outcomes[1].cut == 2)
      #expect(outcomes[2].lines.map(\.row) == [0, 1, 2, 3] && outcomes[2].cut == 1)
    }
  }

  @Test("The cap holds over two processes that have parts of a visit, and a rerun gives the same")
  func twoProcesses() throws {
    try withLedgers { first, second in
      var one = [outcome("a", rows: [1, 3, 5])]
      var two = [outcome("a", rows: [2, 4, 6])]
      _ = try first.settle(&one, visit: "v", part: "p", cap: 4)
      _ = try second.settle(&two, visit: "v", part: "p", cap: 4)
      #expect(one[0].lines.map(\.row) == [1, 3, 5])
      #expect(two[0].lines.map(\.row) == [2])
      // After a crash all of it again, in another order.
      var again = [outcome("a", rows: [6, 5, 4, 3, 2, 1])]
      _ = try second.settle(&again, visit: "v", part: "p", cap: 4)
      #expect(again[0].lines.map(\.row) == [5, 3, 2, 1])
      var other = [outcome("a", rows: [7, 8])]
      _ = try first.settle(&other, visit: "another", part: "p", cap: 4)
      #expect(other[0].lines.count == 2)
    }
  }

  @Test("Many writers at once never give out more than the cap")
  func many() async throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "c.db.filters").path
    _ = try FilterLedger(path: path)
    let given = try await withThrowingTaskGroup(of: [Int].self) { group in
      for part in 0..<8 {
        group.addTask {
          let ledger = try FilterLedger(path: path)
          var outcomes = [self.outcome("a", rows: (0..<10).map { part * 10 + $0 })]
          _ = try ledger.settle(&outcomes, visit: "v", part: "p", cap: 20)
          return outcomes[0].lines.map(\.row)
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(given.count == 20 && Set(given).count == 20)
  }

  @Test(
    "Three overruns in a row suspend a filter, until it is resumed or changed; a good run in between does not"
  )
  func suspension() throws {
    try withLedgers { ledger, _ in
      func visit(_ name: String, _ failure: FilterError?) throws -> Int {
        var outcomes = [outcome("slow", rows: [], failure: failure), outcome("good", rows: [1])]
        return try ledger.settle(&outcomes, visit: name, part: "p", cap: 20).count
      }
      let slow = FilterError.tooSlow(limitMs: 100)
      #expect(try visit("1", slow) == 0)
      #expect(try visit("2", slow) == 0)
      #expect(try visit("3", nil) == 0)
      #expect(try visit("4", slow) == 0)
      #expect(try visit("5", .invalid(reason: "no such column")) == 0)
      #expect(try visit("6", slow) == 0)
      #expect(try visit("7", slow) == 0)
      #expect(try visit("8", slow) == 1)
      let key = FilterLedger.Key(owner: "ana", name: "slow", version: 1)
      #expect(try ledger.suspended().keys.sorted { $0.name < $1.name } == [key])
      try ledger.resume(UserFilter(owner: "ana", name: "slow", text: "1"))
      #expect(try ledger.suspended().isEmpty)
    }
  }
}
