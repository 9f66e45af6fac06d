import Foundation
import TestSupport
import Testing

/// The whole way from a file of detections to scored objects: what the batch is for.
@Suite struct AcceptanceTests {
  private struct Score: Decodable {
    var findable: Int
    var completeness: Double
    var purity: Double
    var shared_detections: Int
    var unknown_ids: Int
  }

  private func score(
    _ folder: URL, night: String, windowDays: Int, nightOffset: String
  ) throws -> Score {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let detections = folder.appending(path: "detections.csv").path
    let links = scratch.folder.appending(path: "links.csv").path
    func run(_ arguments: String...) throws -> ProgramRun {
      let run = try ProgramRun(arguments)
      #expect(run.status == 0, "\(arguments): \(run.errors)")
      return run
    }
    _ = try run("ingest", "--catalog", scratch.catalog, detections)
    _ = try run(
      "nightly", "--catalog", scratch.catalog, "--night", night, "--window-days", "\(windowDays)")
    _ = try run(
      "export", "--catalog", scratch.catalog, "--format", "csv", "--table", "SSSource", "--output",
      links)
    let report = try run(
      "evaluate", detections, folder.appending(path: "truth.csv").path, links, "--night-offset",
      nightOffset, "--json")
    return try JSONDecoder().decode(Score.self, from: Data(report.output.utf8))
  }

  /// 15 nights of real orbits at Rubin's pointings, three of ten detections false.
  @Test func fixtureSurvey() throws {
    let score = try score(
      TestPaths.fixtures.appending(path: "survey"), night: "2024-05-11", windowDays: 15,
      nightOffset: "0.5")
    #expect(score.findable >= 300)
    #expect(score.completeness >= 0.95 && score.purity >= 0.99)
    #expect(score.shared_detections == 0 && score.unknown_ids == 0)
  }

  /// Real observations of 77 sites in four weeks. A published linker finds 69 to 81 % of these
  /// objects, and nothing false.
  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func realObservations() throws {
    let data = try #require(TestPaths.sharedData)
    let score = try score(
      data.appending(path: "linking/unnobs"), night: "2015-11-25", windowDays: 30,
      nightOffset: "auto")
    #expect(score.findable == 124)
    #expect(score.completeness >= 0.81 && score.purity >= 0.97)
    #expect(score.shared_detections == 0 && score.unknown_ids == 0)
  }
}
