import Foundation
import TestSupport
import Testing

/// What a nightly run writes: the page, figures for Prometheus, synthetic objects.
@Suite struct NightlyReportTests {
  private struct Report: Decodable {
    struct Line: Decodable {
      var name: String
      var covered: Int
      var linkable: Int
      var found: Int
    }
    struct Injection: Decodable {
      var injected: Int
      var detections: Int
      var all: Line
      var byClass: [Line]
      var byMagnitude: [Line]
    }
    var injection: Injection?
    var newObjects: [ObjectLine]
    struct ObjectLine: Decodable, Equatable { var ssObjectId: Int64 }
  }

  private func fixture(_ scratch: Scratch, _ name: String) throws -> String {
    let path = scratch.folder.appending(path: name).path
    let detections = TestPaths.fixtures.appending(path: "survey/detections.csv").path
    #expect(try ProgramRun(["ingest", "--catalog", path, detections]).status == 0)
    return path
  }

  /// The same content of every table with synthetic objects and without; nine of ten that were seen
  /// often enough are found, as of the real ones.
  @Test func syntheticObjectsNeverEnterTheCatalog() throws {
    try withScratch { scratch in
      var digests: [String] = []
      var found: [Report] = []
      for (name, more) in [("with.db", ["--inject", "200"]), ("without.db", [])] {
        let catalog = try fixture(scratch, name)
        let arguments = ["nightly", "--catalog", catalog, "--night", "2024-05-11", "--json"]
        let run = try ProgramRun(arguments + more)
        #expect(run.status == 0, "\(run.errors)")
        found.append(try JSONDecoder().decode(Report.self, from: Data(run.output.utf8)))
        let stats = try ProgramRun(["catalog", "stats", "--digests", "--catalog", catalog])
        // Files are named, and differ by nothing else.
        digests.append(stats.output)
      }
      #expect(digests[0] == digests[1])
      #expect(found[0].newObjects == found[1].newObjects)
      #expect(found[1].injection == nil)
      let injection = try #require(found[0].injection)
      #expect(injection.injected == 200)
      #expect(injection.all.linkable >= 30)
      #expect(injection.all.found * 10 >= injection.all.linkable * 9)
      for lines in [injection.byClass, injection.byMagnitude] {
        #expect(lines.reduce(0) { $0 + $1.found } == injection.all.found)
        #expect(lines.allSatisfy { $0.found <= $0.linkable && $0.linkable <= $0.covered })
      }
      // Half of those drawn are fainter than the limit when they are drawn half a magnitude beyond.
      let faint = injection.byMagnitude.reduce(0) { $0 + $1.covered - $1.linkable }
      #expect(faint > 0)
      // A run that was done tells again, with or without.
      let again = try ProgramRun([
        "nightly", "--catalog", scratch.folder.appending(path: "without.db").path, "--night",
        "2024-05-11", "--json", "--inject", "40",
      ])
      let told = try JSONDecoder().decode(Report.self, from: Data(again.output.utf8))
      #expect(told.injection?.injected == 40)
    }
  }

  @Test func thePageStandsAlone() throws {
    try withScratch { scratch in
      let survey = try SmallSurvey()
      let file = try scratch.file("all.csv", survey.first)
      #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, file]).status == 0)
      let page = scratch.folder.appending(path: "night.html")
      let metrics = scratch.folder.appending(path: "night.prom")
      for night in ["2024-05-04", "2024-05-05", "2024-05-06"] {
        let run = try nightly(
          scratch, night, ["--html", page.path, "--metrics", metrics.path, "--inject", "20"])
        #expect(run.status == 0, "\(run.errors)")
      }
      let html = try String(contentsOf: page, encoding: .utf8)
      for title in [
        "Night of 2024-05-06", "Tonight's sky", "Magnitudes", "Residuals", "Kinds of orbits",
        "Completeness, by synthetic objects", "Time by stage", "The last 3 nights",
      ] {
        #expect(html.contains(title), "\(title)")
      }
      // Nothing is loaded from anywhere.
      for word in ["http://", "https://", "<script", "<link", "@import", "url("] {
        #expect(!html.contains(word), "\(word)")
      }
      // Well-formed but for HTML's two empty elements.
      let xml = html.replacing("<!DOCTYPE html>", with: "")
        .replacing(/<meta ([^>]*)>/) { "<meta \($0.output.1)/>" }
      let checked = scratch.folder.appending(path: "page.xml")
      try Data(xml.utf8).write(to: checked)
      #expect(XMLParserCheck.isWellFormed(xml))
      try checkMetrics(try String(contentsOf: metrics, encoding: .utf8))
    }
  }

  /// Prometheus' text format 0.0.4: a HELP and a TYPE before each name's samples, each sample once.
  private func checkMetrics(_ text: String) throws {
    #expect(text.hasSuffix("\n"))
    var typed = Set<String>()
    var samples = Set<String>()
    for line in text.split(separator: "\n") {
      if let type = line.wholeMatch(of: /# TYPE ([a-z_]+) gauge/) {
        #expect(typed.insert(String(type.1)).inserted)
      } else if !line.hasPrefix("# HELP ") {
        let sample = try #require(
          line.wholeMatch(of: /(([a-z_]+)(\{[a-z_]+="[^"\\]*"\})?) (-?[0-9.e+-]+)/), "\(line)")
        #expect(typed.contains(String(sample.2)) && Double(sample.4) != nil)
        #expect(samples.insert(String(sample.1)).inserted)
      }
    }
    #expect(text.contains("\necliptic_nightly_exit_code 0.0\n"))
    #expect(samples.contains("ecliptic_nightly_alarms{kind=\"visitClock\"}"))
    #expect(samples.contains("ecliptic_nightly_synthetic_found{class=\"main belt\"}"))
  }

  /// A run that fails says so in the figures too.
  @Test func figuresOfAFailure() throws {
    try withScratch { scratch in
      let metrics = scratch.folder.appending(path: "m.prom")
      let run = try nightly(scratch, "2024-05-06", ["--metrics", metrics.path])
      #expect(run.status == 1)
      let text = try String(contentsOf: metrics, encoding: .utf8)
      #expect(text.contains("\necliptic_nightly_exit_code 1.0\n"))
      #expect(!text.contains("ecliptic_nightly_detections"))
    }
  }
}

/// Whether a text is XML.
private enum XMLParserCheck {
  static func isWellFormed(_ text: String) -> Bool {
    var open: [String] = []
    for tag in text.matches(of: /<(\/?)([a-zA-Z0-9]+)((?:[^>"]|"[^"]*")*?)(\/?)>/) {
      let name = String(tag.output.2)
      if tag.output.1 == "/" {
        guard open.popLast() == name else { return false }
      } else if tag.output.4.isEmpty {
        open.append(name)
      }
    }
    return open.isEmpty && !text.contains(/&(?![a-z]+;)/)
  }
}
