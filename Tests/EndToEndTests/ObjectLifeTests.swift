import Foundation
import GRDB
import TestSupport
import Testing

@Suite struct ObjectLifeTests {
  /// Objects that were found here turn out to be known when their orbits come: nightly joins them,
  /// the operator parts one and joins it again.
  @Test func foundObjectsBecomeKnownOnes() throws {
    let survey = try SmallSurvey()
    try withScratch { scratch in
      let first = try scratch.file("first.csv", survey.first)
      #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, first]).status == 0)
      #expect(try nightly(scratch, "2024-05-06").status == 0)
      let found = try table(scratch, "SSObject")
      #expect(found.count > 10)
      #expect(found.allSatisfy { $0["designation"]?.hasPrefix("E24") ?? false })
      let links = try owners(scratch)

      let orbits = TestPaths.fixtures.appending(path: "orbits/sbdb.csv").path
      #expect(try ProgramRun(["import", "--catalog", scratch.catalog, orbits]).status == 0)
      #expect(try nightly(scratch, "2024-05-06").status == 0)
      // Every one whose orbit came is joined with it, and none with another; the others stay.
      let sbdb = try lines(TestPaths.fixtures.appending(path: "orbits/sbdb.csv"))
      let known = Set(sbdb.dropFirst().map { String($0.prefix { $0 != "," }) })
      let joined = try table(scratch, "SSObject")
      let names = Dictionary(
        uniqueKeysWithValues: joined.map { ($0["ssObjectId"] ?? "", $0["designation"] ?? "") })
      var moved = Set<String>()
      for (source, owner) in try owners(scratch) {
        let truth = survey.truth[source] ?? ""
        #expect(known.contains(truth) ? names[owner] == truth : links[source] == owner, "\(truth)")
        if let before = links[source], before != owner { moved.insert(before) }
      }
      #expect(moved.count >= 8)
      let retired = try table(scratch, "retiredObjects")
      #expect(Set(retired.compactMap { $0["ssObjectId"] }) == moved)
      #expect(try ProgramRun(["catalog", "check", "--catalog", scratch.catalog]).status == 0)
      for state in try table(scratch, "objectStates") {
        #expect(!moved.contains(state["ssObjectId"] ?? ""))
        let isKnown = known.contains(names[state["ssObjectId"] ?? ""] ?? "")
        if isKnown { #expect(state["state"] == "confirmed") }
      }

      try partAndJoin(scratch, retired[0]["designation"] ?? "", retired[0]["mergedInto"] ?? "")
    }
  }

  /// By diaSourceId: the object's number.
  fileprivate func owners(_ scratch: Scratch) throws -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: try table(scratch, "links").map {
        ($0["diaSourceId"] ?? "", $0["ssObjectId"] ?? "")
      })
  }

  private func partAndJoin(_ scratch: Scratch, _ part: String, _ whole: String) throws {
    let before = try owners(scratch)
    let name = try #require(
      try table(scratch, "SSObject").first { $0["ssObjectId"] == whole }?["designation"])
    let split = try ProgramRun(
      ["catalog", "split", "--catalog", scratch.catalog, name, "--former", part])
    #expect(split.status == 0, "\(split.errors)")
    #expect(split.output.contains(part))
    #expect(try owners(scratch) != before)
    #expect(try table(scratch, "SSObject").contains { $0["designation"] == part })
    // The run does not join them again.
    #expect(try nightly(scratch, "2024-05-06", ["--force"]).status == 0)
    #expect(try table(scratch, "SSObject").contains { $0["designation"] == part })
    #expect(try ProgramRun(["catalog", "check", "--catalog", scratch.catalog]).status == 0)

    let merge = try ProgramRun(["catalog", "merge", "--catalog", scratch.catalog, part, name])
    #expect(merge.status == 0, "\(merge.errors)")
    #expect(try owners(scratch) == before)
    #expect(try ProgramRun(["catalog", "check", "--catalog", scratch.catalog]).status == 0)
    // Both names lead to it, and what is one already can't be joined.
    let info = try ProgramRun(["orbit", "info", "--catalog", scratch.catalog, part])
    #expect(info.status == 0)
    #expect(info.output.contains(name))
    let again = try ProgramRun(["catalog", "merge", "--catalog", scratch.catalog, part, name])
    #expect(again.status == 1)
    #expect(again.errors.contains("names of one object already"))
    let unknown = try ProgramRun(["catalog", "merge", "--catalog", scratch.catalog, "X1", name])
    #expect(unknown.status == 1)
  }

  /// Two objects that no orbit holds together are not joined, and detections that are no object are
  /// not parted.
  @Test func whatDoesNotHoldIsRefused() throws {
    let survey = try SmallSurvey()
    try withScratch { scratch in
      let first = try scratch.file("first.csv", survey.first)
      #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, first]).status == 0)
      #expect(try nightly(scratch, "2024-05-06").status == 0)
      let before = try owners(scratch)
      let names = try table(scratch, "SSObject").compactMap { $0["designation"] }
      let merge = try ProgramRun(
        ["catalog", "merge", "--catalog", scratch.catalog, names[0], names[1]])
      #expect(merge.status == 1)
      #expect(merge.errors.contains("no orbit holds"))
      let one = try #require(before.first { _, owner in owner != "" })
      let split = try ProgramRun(
        ["catalog", "split", "--catalog", scratch.catalog, one.value, one.key])
      #expect(split.status == 1)
      #expect(split.errors.contains("is no object"))
      #expect(try owners(scratch) == before)
    }
  }
}

extension ObjectLifeTests {
  /// Two objects that are called one, as no orbit ever held them together: when more detections come
  /// they are two again, by themselves, and what was before can be read.
  @Test func whatIsTwoIsParted() throws {
    let survey = try SmallSurvey()
    try withScratch { scratch in
      let first = try scratch.file("first.csv", survey.first)
      #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, first]).status == 0)
      #expect(try nightly(scratch, "2024-05-06").status == 0)
      let before = try owners(scratch)
      // The two with the most detections in both halves.
      let next = Set(
        survey.second.split(separator: "\n").compactMap {
          survey.truth[String($0.prefix { $0 != "," })]
        })
      let counts = before.reduce(into: [String: Int]()) { counts, pair in
        if next.contains(survey.truth[pair.key] ?? "") { counts[pair.value, default: 0] += 1 }
      }
      let most = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
      let (kept, taken) = (most[0], most[1])
      try makeOne(scratch, kept, taken)
      let second = try scratch.file("second.csv", survey.second)
      #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, second]).status == 0)
      let run = try nightly(scratch, "2024-05-11", ["--json"])
      #expect(run.status == 0, "\(run.errors)")
      let report = try #require(
        try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
      #expect((report["splitObjects"] as? Int ?? 0) >= 1, "\(run.output.prefix(900))")
      var owner: [String: Set<String>] = [:]
      for (source, object) in try owners(scratch) {
        owner[survey.truth[source] ?? "", default: []].insert(object)
      }
      #expect(owner.values.allSatisfy { $0.count == 1 })
      #expect(Set(owner.values.flatMap { $0 }).count == owner.count)
      // The one with which the new detections went has its number still.
      let truths = [kept, taken].map { object in
        survey.truth[before.first { $0.value == object }?.key ?? ""] ?? ""
      }
      let numbers = truths.compactMap { owner[$0]?.first }
      #expect(Set(numbers).count == 2 && numbers.contains(kept))
      #expect(try ProgramRun(["catalog", "check", "--catalog", scratch.catalog]).status == 0)
      let history = try ProgramRun(
        ["catalog", "history", "--catalog", scratch.catalog, "--object", kept])
      #expect(history.status == 0, "\(history.errors)")
      #expect(history.output.contains("let go"))
    }
  }

  /// Writes one object's rows into another's, as a program with a mistake in it would.
  private func makeOne(_ scratch: Scratch, _ kept: String, _ taken: String) throws {
    let queue = try DatabaseQueue(path: scratch.catalog)
    defer { try? queue.close() }
    try queue.write { database in
      for table in ["DiaSource", "SSSource"] {
        try database.execute(
          sql: "UPDATE \(table) SET ssObjectId = ? WHERE ssObjectId = ?",
          arguments: [Int64(kept), Int64(taken)])
      }
      for table in ["SSObject", "mpc_orbits", "objectStates"] {
        try database.execute(
          sql: "DELETE FROM \(table) WHERE ssObjectId = ?", arguments: [Int64(taken)])
      }
      try database.execute(
        sql: """
          UPDATE SSObject SET nObs = (SELECT count(*) FROM DiaSource d
              WHERE d.ssObjectId = SSObject.ssObjectId),
            firstObservationMjdTai = (SELECT min(midpointMjdTai) FROM DiaSource d
              WHERE d.ssObjectId = SSObject.ssObjectId),
            arc = (SELECT max(midpointMjdTai) - min(midpointMjdTai) FROM DiaSource d
              WHERE d.ssObjectId = SSObject.ssObjectId)
          WHERE ssObjectId = ?
          """, arguments: [Int64(kept)])
    }
  }

  /// One night's detections come when the others have long been worked on: objects have the same
  /// detections as if they had come in time.
  @Test func lateNightsGiveTheSameObjects() throws {
    let survey = try SmallSurvey()
    let rows =
      (survey.first
      + survey.second.split(separator: "\n").dropFirst()
      .map { $0 + "\n" }.joined()).split(separator: "\n").map(String.init)
    func night(_ row: String) -> Int {
      let fields = row.split(separator: ",", omittingEmptySubsequences: false)
      return Int((Double(fields[3]) ?? 0) - 0.7)
    }
    let byNight = Dictionary(grouping: rows.dropFirst(), by: night)
    let nights = byNight.keys.sorted()
    // One in the first half that many objects need.
    let late = try #require(
      nights.prefix(nights.count / 2).max { (byNight[$0]?.count ?? 0) < (byNight[$1]?.count ?? 0) })
    func members(_ order: [(ingested: [Int], run: Int)]) throws -> Set<Set<String>> {
      try withScratch { scratch in
        for (step, (ingested, last)) in order.enumerated() {
          let lines = ingested.flatMap { byNight[$0] ?? [] }
          let file = try scratch.file(
            "\(step).csv", ([rows[0]] + lines).joined(separator: "\n") + "\n")
          #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, file]).status == 0)
          let date = Date(timeIntervalSince1970: Double(last - 40587) * 86400)
            .formatted(.iso8601.year().month().day())
          let run = try nightly(scratch, date, ["--window-days", "6"])
          #expect(run.status == 0, "\(run.errors)")
        }
        #expect(try ProgramRun(["catalog", "check", "--catalog", scratch.catalog]).status == 0)
        return Set(
          Dictionary(grouping: try owners(scratch), by: \.value).values
            .map { Set($0.map(\.key)) })
      }
    }
    let last = nights[nights.count - 1]
    let inTime = try members(nights.map { ([$0], $0) })
    let afterwards = try members(
      nights.filter { $0 != late }.map { ([$0], $0) } + [([late], last)])
    #expect(inTime.count > 10)
    #expect(inTime == afterwards)
  }

  /// Detections that come when their night is long out of the window are their objects' all the
  /// same.
  @Test func lateDetectionsAreFoldedIn() throws {
    let survey = try SmallSurvey()
    try withScratch { scratch in
      let rows = survey.first.split(separator: "\n").map(String.init)
      // One in three of the first two days' detections comes late.
      var late: [String] = []
      var early: [String] = []
      for (index, row) in rows.dropFirst().enumerated() {
        let time = Double(row.split(separator: ",", omittingEmptySubsequences: false)[3]) ?? 0
        if time < 60429.5, index % 3 == 0 { late.append(row) } else { early.append(row) }
      }
      #expect(late.count >= 10)
      func ingest(_ name: String, _ lines: [String]) throws {
        let file = try scratch.file(name, ([rows[0]] + lines).joined(separator: "\n") + "\n")
        #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, file]).status == 0)
      }
      try ingest("early.csv", early)
      #expect(try nightly(scratch, "2024-05-06").status == 0)
      try ingest("second.csv", survey.second.split(separator: "\n").dropFirst().map(String.init))
      #expect(try nightly(scratch, "2024-05-11", ["--window-days", "5"]).status == 0)
      try ingest("late.csv", late)
      let run = try nightly(scratch, "2024-05-11", ["--window-days", "5", "--json"])
      #expect(run.status == 0, "\(run.errors)")
      let report = try #require(
        try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
      #expect(report["alreadyDone"] as? Bool == false)
      let nights = try #require(report["lateNights"] as? [Int])
      #expect(!nights.isEmpty && nights.allSatisfy { $0 < 60436 - 4 })
      // Those of objects that were found are with them.
      var owner: [String: Set<String>] = [:]
      for (source, object) in try owners(scratch) {
        owner[survey.truth[source] ?? "", default: []].insert(object)
      }
      #expect(owner.values.allSatisfy { $0.count == 1 })
      let ids = late.map { String($0.prefix { $0 != "," }) }
      let wanted = ids.filter { owner[survey.truth[$0] ?? ""] != nil }
      let found = Set(try owners(scratch).keys)
      #expect(wanted.count >= 8)
      // One in a few hundred good detections is further off than is accepted.
      #expect(wanted.count { found.contains($0) } >= wanted.count - 1)
      // The same again is done already.
      let again = try nightly(scratch, "2024-05-11", ["--window-days", "5", "--json"])
      #expect(again.output.contains("\"alreadyDone\" : true"))
    }
  }
}
