import Foundation
import TestSupport
import Testing

/// `nightly --config`, and the operator's files.
@Suite struct NightlyConfigTests {
  private func begun(_ scratch: Scratch) throws {
    let file = try scratch.file("first.csv", try SmallSurvey().first)
    #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, file]).status == 0)
  }

  @Test func aFileGivesTheOptionsAndTheCommandLineComesFirst() throws {
    try withScratch { scratch in
      try begun(scratch)
      let json = scratch.folder.appending(path: "report.json").path
      let text = scratch.folder.appending(path: "report.txt").path
      let config = try scratch.file(
        "nightly.json",
        """
        {"catalog": "\(scratch.catalog)", "night": "latest", "windowDays": 10, "jobs": 2,
         "json": "\(json)", "text": "\(text)", "tables": {"make": false},
         "linking": {"minNights": 4}}
        """)
      let run = try ProgramRun(["nightly", "--config", config])
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.output.hasPrefix("nights 2024-04-27 to 2024-05-06"))
      #expect(try String(contentsOfFile: text, encoding: .utf8) == run.output)
      let report = try #require(
        try JSONSerialization.jsonObject(with: try Data(contentsOf: URL(filePath: json)))
          as? [String: Any])
      let objects = try #require(report["newObjects"] as? [[String: Any]])
      // Four nights are wanted; the default of three finds more.
      #expect(!objects.isEmpty && objects.allSatisfy { ($0["nights"] as? Int ?? 0) >= 4 })
      #expect(try !scratch.names.contains { $0.contains(".night-") })
      let other = try ProgramRun([
        "nightly", "--config", config, "--window-days", "3", "--night", "2024-05-05",
      ])
      #expect(other.output.hasPrefix("nights 2024-05-03 to 2024-05-05"))
    }
  }

  @Test(arguments: [
    (#"{"windowDay": 3}"#, "windowDay: unknown key; did you mean windowDays?"),
    (
      #"{"alarms": {"visitOfsetArcsec": 1}}"#,
      "alarms.visitOfsetArcsec: unknown key; did you mean visitOffsetArcsec?"
    ),
    (#"{"colour": 3}"#, "colour: unknown key; there are"),
    (#"{"windowDays": "3"}"#, "windowDays: expected a number from 1 to 400, not a text"),
    (#"{"windowDays": 3.5}"#, "windowDays: expected a whole number"),
    (#"{"windowDays": 4000}"#, "windowDays: expected a number from 1 to 400, not 4000"),
    (#"{"night": "tomorrow"}"#, "night: expected a date such as"),
    (#"{"alarms": 7}"#, "alarms: expected an object, not a number"),
    (#"{"linking": {"maxDistanceAU": 0.2}}"#, "linking: "),
    (#"{"tables": {"sites": ["X05", "nowhere"]}}"#, "tables.sites: expected MPC codes"),
    (#"{"html": "/no/such/folder/page.html"}"#, "html: no such folder: /no/such/folder"),
    (#"{"catalog": "/no/such.db"}"#, "catalog: /no/such.db: no such catalog"),
    (#"{"jobs": 3"#, "nightly.json: cannot be read: it is no JSON: it ends early, at line 1"),
    ("", "nightly.json: cannot be read: it is no JSON: it is empty"),
    ("{\n \"jobs\": 3,\n \"inject\": tru}\n", "it is no JSON: line 3, column 15"),
    ("[1]", "expected a JSON object, not a list"),
  ])
  func whatIsWrongIsNamed(text: String, message: String) throws {
    try withScratch { scratch in
      let config = try scratch.file("nightly.json", text)
      let check = try ProgramRun(["nightly", "--config", config, "--check-config"])
      #expect(check.status == 1)
      #expect(check.errors.contains(message), "\(check.errors)")
      // A run doesn't begin.
      let run = try ProgramRun(["nightly", "--config", config])
      #expect(run.status == 1 && run.output.isEmpty)
    }
  }

  /// What --check-config prints is a configuration file with the same effect.
  @Test func theOptionsInEffectAreAFileAgain() throws {
    try withScratch { scratch in
      try begun(scratch)
      let of = ["nightly", "--catalog", scratch.catalog, "--check-config"]
      let first = try ProgramRun(of + ["--night", "2024-05-06", "--inject", "7"])
      #expect(first.status == 0, "\(first.errors)")
      let config = try scratch.file("effective.json", first.output)
      let second = try ProgramRun(["nightly", "--config", config, "--check-config"])
      #expect(second.status == 0 && second.output == first.output)
      #expect(first.output.contains("\"inject\" : 7"))
    }
  }

  @Test func whatIsMissingIsUsage() throws {
    #expect(try ProgramRun(["nightly", "--night", "2024-05-06"]).status == 2)
    #expect(try ProgramRun(["nightly", "--catalog", "c.db"]).status == 2)
    #expect(try ProgramRun(["nightly", "--catalog", "c.db", "--night", "someday"]).status == 2)
    let missing = try ProgramRun(["nightly", "--config", "/no/such.json"])
    #expect(missing.status == 1 && missing.errors.contains("/no/such.json: no such file"))
  }

  /// Every option in effect is on the operator's page, with the default that it has.
  @Test func thePageHasEveryKeyAndItsDefault() throws {
    let page = try String(
      contentsOf: TestPaths.root.appending(path: "Docs/operator.md"), encoding: .utf8)
    var written: [String: String] = [:]
    for line in page.split(separator: "\n") where line.hasPrefix("| `") {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      let names = cells[0].matches(of: /`([A-Za-z.]+)`/).map { String($0.output.1) }
      let section = names.first.flatMap { $0.contains(".") ? $0.prefix { $0 != "." } + "." : nil }
      let values = cells.count > 1 ? cells[1].components(separatedBy: ", ") : []
      for (index, name) in names.enumerated() {
        let full = name.contains(".") ? name : (section ?? "") + name
        written[full] = index < values.count ? values[index] : ""
      }
    }
    let output = try ProgramRun(["nightly", "--catalog", "none.db", "--check-config"]).output
    let effective = try #require(
      try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    var checked = 0
    for (name, value) in effective {
      let group = (value as? [String: Any])?.map { ("\(name).\($0.key)", $0.value) }
      for (key, value) in group ?? [(name, value)] {
        let text = try #require(written[key], "\(key) is not on the page")
        // Without a number: "all cores", or a place that the user names.
        guard let number = Double(text) else { continue }
        #expect((value as? NSNumber)?.doubleValue == number, "\(key)")
        checked += 1
      }
    }
    #expect(checked >= 18)
  }

  /// Every key that the operator's page names is known, and the files pass their readers' checks.
  @Test func operatorsFilesAndPage() throws {
    let page = try String(
      contentsOf: TestPaths.root.appending(path: "Docs/operator.md"), encoding: .utf8)
    let effective = try ProgramRun(["nightly", "--catalog", "none.db", "--check-config"]).output
    let keys = page.matches(of: /`(?:tables|alarms|linking)\.([a-zA-Z]+)`/).map {
      String($0.output.1)
    }
    #expect(keys.count > 10)
    for key in keys where key != "sites" { #expect(effective.contains("\"\(key)\""), "\(key)") }

    let check = Process()
    check.executableURL = TestPaths.root.appending(path: "Tools/operator/check")
    var environment = ProcessInfo.processInfo.environment
    environment["ECLIPTIC"] = TestPaths.program.path
    environment["ECLIPTIC_EPHEMERIDES"] = TestPaths.ephemerides.path
    check.environment = environment
    let output = Pipe()
    check.standardOutput = output
    try check.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    check.waitUntilExit()
    #expect(check.terminationStatus == 0, "\(text)")
    #expect(text.contains("ok       configuration") && text.contains("ok       cron line"))
  }
}
