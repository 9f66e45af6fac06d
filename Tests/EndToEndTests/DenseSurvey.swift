import Foundation
import TestSupport
import Testing

/// A night of exposures on the ecliptic with some sixty known objects each: the fixture's orbits and
/// twenty perturbed copies of each, at real pointings.
struct DenseSurvey {
  static let night = "2024-05-11"
  let head: String
  /// Fields of each detection: its number, its visit, detector, time, place, …
  let rows: [[String]]
  /// Orbits of the objects that were detected, as the simulation has them.
  let orbits: String
  /// In the order of time.
  let visits: [String]

  private static let made = Result { try DenseSurvey(seed: 5) }
  static func shared() throws -> DenseSurvey { try made.get() }

  private init(seed: Int) throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let pointings = try lines(TestPaths.fixtures.appending(path: "visits/rubin-baseline.csv"))
    let chosen = Set((158_996...159_024).map(String.init))
    let kept = pointings.filter { line in
      line == pointings[0] || chosen.contains(String(line.prefix { $0 != "," }))
    }
    let file = folder.appending(path: "visits.csv")
    try Data((kept.joined(separator: "\n") + "\n").utf8).write(to: file)
    let output = folder.appending(path: "sim")
    let run = try ProgramRun([
      "simulate", "--orbits", TestPaths.fixtures.appending(path: "orbits/sbdb.csv").path,
      "--visits", file.path, "--seed", "\(seed)", "--false-ratio", "0.5", "--clones", "20",
      "--clones-fainter", "2:7", "--write-orbits", "--output", output.path,
    ])
    #expect(run.status == 0, "\(run.errors)")
    let detections = try lines(output.appending(path: "detections.csv"))
    head = detections[0]
    rows = detections.dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let truth = try lines(output.appending(path: "truth.csv")).dropFirst().map {
      String($0.split(separator: ",", omittingEmptySubsequences: false)[1])
    }
    let seen = Set(truth)
    let all = try lines(output.appending(path: "orbits.csv"))
    orbits =
      all.filter { $0 == all[0] || seen.contains(String($0.prefix { $0 != "," })) }
      .joined(separator: "\n") + "\n"
    visits = Set(rows.map { $0[1] }).sorted()
  }

  /// The detections' file, with some of them changed.
  func file(_ change: (inout [String]) -> Void = { _ in }) -> String {
    ([head]
      + rows.map { row in
        var row = row
        change(&row)
        return row.joined(separator: ",")
      }).joined(separator: "\n") + "\n"
  }

  static func shift(_ row: inout [String], seconds: Double) {
    row[3] = String(format: "%.9f", (Double(row[3]) ?? 0) + seconds / 86_400)
  }

  static func shift(_ row: inout [String], degrees: Double) {
    row[4] = String(format: "%.7f", (Double(row[4]) ?? 0) + degrees)
    row[5] = String(format: "%.7f", (Double(row[5]) ?? 0) + degrees)
  }
}
