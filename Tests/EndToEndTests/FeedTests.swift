import Foundation
import GRDB
import TestSupport
import Testing

/// `tag --ingest`: what is no known object becomes the next night's input.
@Suite(.serialized)
struct FeedTests {
  private func survey(
    _ folder: URL
  ) throws -> (catalog: String, alerts: String, unknown: Set<Int64>) {
    let survey = folder.appending(path: "survey").path
    let visits = try String(
      contentsOf: TestPaths.fixtures.appending(path: "visits/rubin-baseline.csv"), encoding: .utf8)
    let some = folder.appending(path: "visits.csv")
    let head = visits.split(separator: "\n").prefix(121).joined(separator: "\n")
    try Data((head + "\n").utf8).write(to: some)
    let made = try ProgramRun([
      "simulate", "--orbits", TestPaths.fixtures.appending(path: "orbits/sbdb.csv").path,
      "--visits", some.path, "--seed", "1", "--false-ratio", "1", "--clones", "3", "--alerts",
      "--write-orbits", "--output", survey,
    ])
    #expect(made.status == 0, "\(made.errors)")
    // Every other orbit is known.
    let orbits = try String(contentsOfFile: survey + "/orbits.csv", encoding: .utf8)
      .split(separator: "\n")
    let known = orbits.enumerated().filter { $0.offset == 0 || $0.offset % 2 == 1 }.map(\.element)
    let some2 = folder.appending(path: "known.csv")
    try Data((known.joined(separator: "\n") + "\n").utf8).write(to: some2)
    let catalog = folder.appending(path: "survey.db").path
    let imported = try ProgramRun(["import", "--catalog", catalog, some2.path])
    #expect(imported.status == 0, "\(imported.errors)")
    let names = Set(known.dropFirst().map { $0.prefix { $0 != "," } })
    let truth = try String(contentsOfFile: survey + "/truth.csv", encoding: .utf8)
    var unknown: Set<Int64> = []
    for row in truth.split(separator: "\n").dropFirst() {
      let cells = row.split(separator: ",", omittingEmptySubsequences: false)
      if !names.contains(cells[1]) { unknown.insert(try #require(Int64(cells[0]))) }
    }
    return (catalog, survey + "/alerts", unknown)
  }

  private func tag(_ folder: URL, _ catalog: String, _ alerts: String) throws -> [String: Any] {
    let run = try ProgramRun([
      "tag", "--catalog", catalog, alerts, "--output", folder.appending(path: "tagged").path,
      "--ingest", "--json", "--exact",
    ])
    #expect(run.status == 0, "\(run.errors)")
    return try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
  }

  private func sources(_ catalog: String) throws -> Set<Int64> {
    try DatabaseQueue(path: catalog).read {
      Set(try Int64.fetchAll($0, sql: "SELECT diaSourceId FROM DiaSource"))
    }
  }

  @Test("Unassociated detections get in once, also when the catalog is held meanwhile")
  func feed() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let (catalog, alerts, unknown) = try survey(folder)

    // Another run holds the catalog.
    let lock = open(catalog + ".lock", O_RDWR | O_CREAT, 0o666)
    #expect(lock >= 0 && flock(lock, LOCK_EX) == 0)
    let first = try tag(folder, catalog, alerts)
    let tagged = try #require(first["tagged"] as? Int)
    #expect(tagged > 10 && unknown.count > tagged)
    #expect((first["ingested"] as? [String: Int])?["added"] == unknown.count)
    #expect(FileManager.default.fileExists(atPath: catalog + ".feed"))
    flock(lock, LOCK_UN)
    close(lock)
    #expect(try sources(catalog).isEmpty)

    // The next run moves them over; the same alerts again add nothing.
    let second = try tag(folder, catalog, alerts)
    #expect((second["ingested"] as? [String: Int])?["added"] == 0)
    #expect((second["ingested"] as? [String: Int])?["alreadyThere"] == unknown.count)
    #expect(!FileManager.default.fileExists(atPath: catalog + ".feed"))
    #expect(try sources(catalog) == unknown)
  }

  @Test("--ingest without a catalog is a usage error")
  func usage() throws {
    let run = try ProgramRun([
      "tag", "--orbits", "orbits.csv", "alerts.avro", "--output", "out.avro", "--ingest",
    ])
    #expect(run.status == 2 && run.errors.contains("--ingest needs --catalog"))
  }
}
