import Foundation
import TestSupport
import Testing

/// Users' filters from the command line, on alerts that the simulator makes.
struct FilterCommandTests {
  /// A few visits' alerts, a catalog with the objects' orbits.
  private func withAlerts(
    visits: Int = 3, _ body: (_ folder: URL, _ alerts: String) throws -> Void
  ) throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let made = try ProgramRun([
      "simulate", "--orbits", TestPaths.fixtures.appending(path: "orbits/sbdb.csv").path,
      "--visits", TestPaths.fixtures.appending(path: "visits/rubin-baseline.csv").path,
      "--nights", "1", "--seed", "3", "--false-ratio", "0.5", "--alerts", "--write-orbits",
      "--output", folder.path,
    ])
    try #require(made.status == 0, "\(made.errors)")
    let imported = try ProgramRun([
      "import", "--catalog", folder.appending(path: "c.db").path,
      folder.appending(path: "orbits.csv").path,
    ])
    try #require(imported.status == 0, "\(imported.errors)")
    let all = folder.appending(path: "alerts")
    let files = try FileManager.default.contentsOfDirectory(atPath: all.path).sorted()
    let few = folder.appending(path: "few")
    try FileManager.default.createDirectory(at: few, withIntermediateDirectories: true)
    // The visits with the most alerts.
    let sized = try files.map { name in
      (name, try Data(contentsOf: all.appending(path: name)).count)
    }
    for (name, _) in sized.sorted(by: { ($0.1, $0.0) > ($1.1, $1.0) }).prefix(visits) {
      try FileManager.default.copyItem(
        at: all.appending(path: name), to: few.appending(path: name))
    }
    try body(folder, few.path)
  }

  private func files(_ folder: URL) throws -> [String: Data] {
    guard let names = try? FileManager.default.subpathsOfDirectory(atPath: folder.path) else {
      return [:]
    }
    var files: [String: Data] = [:]
    for name in names where name.hasSuffix(".avro") || name.hasSuffix(".jsonl") {
      files[name] = try Data(contentsOf: folder.appending(path: name))
    }
    return files
  }

  @Test("Add, list, tag with filters, run again, disable: the alerts chosen are whole and tagged")
  func life() throws {
    try withAlerts { folder, alerts in
      let catalog = folder.appending(path: "c.db").path
      func filter(_ arguments: String...) throws -> ProgramRun {
        try ProgramRun(["filter"] + arguments)
      }
      let added = try filter(
        "add", "--catalog", catalog, "--owner", "ana", "--name", "known", "--text",
        "tag_isTagged = 1 ORDER BY snr DESC")
      #expect(added.status == 0 && added.output == "ana/known version 1\n", "\(added.errors)")
      #expect(
        try filter(
          "add", "--catalog", catalog, "--owner", "ana", "--name", "known", "--text",
          "tag_isTagged = 1 ORDER BY snr DESC"
        ).output == "ana/known version 1: unchanged\n")
      #expect(try filter("add", "--catalog", catalog, "--predefined").status == 0)
      let joined = try filter(
        "add", "--catalog", catalog, "--owner", "bob", "--name", "joined", "--text",
        """
        SELECT diaSourceId, c.designation, tag_designation FROM alerts
        JOIN candidates c USING (diaSourceId) WHERE c.isTagged = 1 AND c.rank = 1
          AND c.q BETWEEN 0.1 AND 60 AND c.probability = tag_probability ORDER BY snr DESC
        """)
      #expect(joined.status == 0, "\(joined.errors)")
      let bad = try filter(
        "add", "--catalog", catalog, "--owner", "ana", "--name", "bad", "--text", "unheard > 1")
      #expect(bad.status == 1 && bad.errors.contains("no such column: unheard"))
      let listed = try filter("list", "--catalog", catalog, "--owner", "ana")
      #expect(listed.output.contains("ana/known  version 1  enabled"))

      func tag(_ name: String, _ more: [String] = []) throws -> ProgramRun {
        try ProgramRun(
          [
            "tag", "--catalog", catalog, alerts, "--output", folder.appending(path: name).path,
            "--filters", folder.appending(path: name + "-chosen").path,
          ] + more)
      }
      let tagged = try tag("one")
      #expect(tagged.status == 0, "\(tagged.errors)")
      let chosen = try files(folder.appending(path: "one-chosen"))
      let lines = chosen.filter { $0.key.hasPrefix("ana/known/") && $0.key.hasSuffix(".jsonl") }
      #expect(!lines.isEmpty)
      var count = 0
      for (name, data) in lines {
        let records = try String(decoding: data, as: UTF8.self).split(separator: "\n").map {
          try #require(
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(records.count <= 20)
        count += records.count
        let signal = records.compactMap { $0["snr"] as? Double }
        #expect(signal == signal.sorted(by: >))
        // The whole alerts, in the same order, with the tag in them.
        let container = String(name.dropLast(5)) + "avro"
        let shown = try ProgramRun([
          "alert", "show", "--json", "--limit", "100",
          folder.appending(path: "one-chosen").appending(path: container).path,
        ])
        let whole = try #require(
          try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [[String: Any]])
        #expect(whole.count == records.count)
        for (alert, record) in zip(whole, records) {
          #expect(alert["diaSourceId"] as? Int == record["diaSourceId"] as? Int)
          let source = alert["ssSource"] as? [String: Any]
          #expect(source?["designation"] as? String == record["tag_designation"] as? String)
        }
      }
      #expect(count > 0)
      // Who asks the table of candidates for the tagged ones gets the same alerts.
      for (name, data) in lines {
        let other = chosen["bob/joined/" + name.dropFirst("ana/known/".count)]
        let ids = try [data, try #require(other)].map { data in
          try String(decoding: data, as: UTF8.self).split(separator: "\n").map { line in
            let record =
              try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return try #require(record?["diaSourceId"] as? Int)
          }
        }
        #expect(ids[0] == ids[1])
      }
      // Again, on one core: the very same files.
      #expect(try tag("two", ["--jobs", "1"]).status == 0)
      #expect(try files(folder.appending(path: "two-chosen")) == chosen)
      // Run twice, counted once.
      let stats = try filter("stats", "--catalog", catalog, "--json")
      let totals = try #require(
        try JSONSerialization.jsonObject(with: Data(stats.output.utf8)) as? [[String: Any]])
      let known = try #require(totals.first { $0["filter"] as? String == "ana/known" })
      #expect(known["delivered"] as? Int == count && known["failures"] as? Int == 0)
      // The tagged alerts by themselves: the same choice, by what the packets say.
      let text = "ssSource_ssObjectId IS NOT NULL ORDER BY snr DESC"
      let checked = try filter(
        "check", "--text", text, "--alerts", folder.appending(path: "one").path, "--json")
      #expect(checked.status == 0, "\(checked.errors)")
      let answer = try #require(
        try JSONSerialization.jsonObject(with: Data(checked.output.utf8)) as? [String: Any])
      let visits = try #require(answer["visits"] as? [[String: Any]])
      #expect(visits.reduce(0) { $0 + ($1["kept"] as? Int ?? 0) } == count)

      #expect(try filter("disable", "--catalog", catalog, "ana/known").status == 0)
      #expect(try tag("three").status == 0)
      let without = try files(folder.appending(path: "three-chosen"))
      #expect(without.keys.allSatisfy { !$0.hasPrefix("ana/") })
      #expect(try filter("enable", "--catalog", catalog, "ana/known").status == 0)
      #expect(try filter("disable", "--catalog", catalog, "ana/none").status == 1)
    }
  }

  @Test("What a filter says to the terminal can't steer it")
  func escapes() throws {
    for text in [
      "unheard\u{1B}]0;owned\u{07} > 1", "\"\u{1B}[2J\u{9B}31m\u{202E}\" > 1",
      "SELECT diaSourceId, 1 AS \"\u{1B}[31mred\" FROM alerts",
    ] {
      let run = try ProgramRun(["filter", "check", "--text", text])
      let shown = run.output + run.errors
      #expect(
        !shown.unicodeScalars.contains {
          $0.value < 0x20 && $0 != "\n" || (0x7F..<0xA0).contains($0.value) || $0.value == 0x202E
        })
      #expect(shown.contains("\\u{1B}"), "\(shown)")
    }
  }

  @Test("A filter that overruns three visits in a row is out for the rest of the run, too")
  func suspension() throws {
    try withAlerts(visits: 6) { folder, alerts in
      let catalog = folder.appending(path: "c.db").path
      // Visits of some alerts: their twelfth power is many.
      let tables = (0..<12).map { "alerts t\($0)" }.joined(separator: ", ")
      let sum = (0..<12).map { "t\($0).ra" }.joined(separator: " + ")
      let add = try ProgramRun([
        "filter", "add", "--catalog", catalog, "--owner", "bob", "--name", "slow", "--text",
        "SELECT t0.diaSourceId FROM \(tables) WHERE \(sum) = 1e9",
      ])
      try #require(add.status == 0, "\(add.errors)")
      let run = try ProgramRun([
        "filter", "run", "--catalog", catalog, alerts, "--output",
        folder.appending(path: "chosen").path,
      ])
      #expect(run.status == 0 && run.output.contains("1 filters on 6 exposures"), "\(run.errors)")
      #expect(run.output.contains("3 runs failed"), "\(run.output)")
      #expect(run.output.contains("suspended: bob/slow: 3 visits in a row"))
      let stats = try ProgramRun(["filter", "stats", "--catalog", catalog])
      #expect(stats.output.contains("bob/slow version 1: 3 visits"), "\(stats.output)")
      let list = try ProgramRun(["filter", "list", "--catalog", catalog])
      #expect(list.output.contains("bob/slow  version 1  suspended: 3 visits in a row"))
    }
  }
}
