import Foundation
import TestSupport
import Testing

@Suite struct FollowUpCommandTests {
  /// Four observations of a main-belt asteroid's usual motion near opposition, 35″/h westwards at V 19,
  /// one of a fast and faint object, 300″/h; one detection alone; one row with an impossible place.
  private static func night() -> String {
    var text = "obs_id,mjd_utc,ra,dec,mag,band,obscode,designation\n"
    for k in 0..<4 {
      let t = 61000.2 + Double(k) * 0.0125
      let hours = Double(k) * 0.3
      text += "a\(k),\(t),\(54.5 - 35 * hours / 3600),19.5,19.0,V,G96,slow\n"
      text += "b\(k),\(t),\(54.8 - 200 * hours / 3600),\(20 + 223 * hours / 3600),20.5,V,G96,fast\n"
    }
    text += "c0,61000.21,55,20,19,V,G96,single\n"
    return text + "d0,61000.21,400,20,19,V,G96,bad\n"
  }

  private func file() throws -> URL {
    let folder = try TestPaths.temporaryFolder()
    let file = folder.appending(path: "night.csv")
    try FollowUpCommandTests.night().write(to: file, atomically: true, encoding: .utf8)
    return file
  }

  @Test func trackletsAreToldApart() throws {
    let file = try file()
    defer { try? FileManager.default.removeItem(at: file.deletingLastPathComponent()) }
    let run = try ProgramRun(["followup", "--tracklets", file.path, "--json"])
    #expect(run.status == 3)
    #expect(run.errors.contains("night.csv:11"))
    let rows = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]])
    func row(_ name: String) throws -> [String: Any] {
      try #require(rows.first { $0["name"] as? String == name })
    }
    let slow = try row("slow")
    #expect(slow["likeliest"] as? String == "mainBelt")
    let fast = try row("fast")
    #expect(fast["likeliest"] as? String == "nearEarth")
    #expect(try #require(fast["score"] as? Double) > 90)
    #expect(try #require(slow["score"] as? Double) < 40)
    let single = try row("single")
    #expect((single["verdict"] as? String)?.contains("one detection") == true)
    // The same with one job, bit for bit.
    let again = try ProgramRun(["followup", "--tracklets", file.path, "--json", "--jobs", "1"])
    #expect(again.output == run.output)
  }

  @Test func nightIsRankedByTheFormula() throws {
    let file = try file()
    defer { try? FileManager.default.removeItem(at: file.deletingLastPathComponent()) }
    let common = [
      "followup", "--tracklets", file.path, "--observatory", "G96,W84", "--night", "2025-11-22",
      "--limit-mag", "21.5", "--field", "0.5",
    ]
    let run = try ProgramRun(common + ["--json"])
    #expect(run.status == 3)
    let list = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]])
    #expect(list.count == 2)
    let first = try #require(list.first?["assessed"] as? [String: Any])
    #expect(first["name"] as? String == "fast")
    let sites = try #require(list.first?["sites"] as? [[String: Any]])
    #expect(sites.map { $0["observatory"] as? String } == ["G96", "W84"])
    // RA 3.6 h at opposition and +20°: from latitude +32 it passes 12° from the zenith, from -30 at 40°.
    #expect(try #require(sites[0]["altitude"] as? Double) > 65)
    #expect(abs(try #require(sites[1]["altitude"] as? Double) - 40) < 3)
    let turned = try ProgramRun(common + ["--json", "--rank", "1 / rate"])
    let other = try #require(
      try JSONSerialization.jsonObject(with: Data(turned.output.utf8)) as? [[String: Any]])
    #expect((other.first?["assessed"] as? [String: Any])?["name"] as? String == "slow")
    let page = try ProgramRun(common + ["--format", "html"])
    #expect(page.output.contains("<svg") && page.output.contains("fast"))
    let table = try ProgramRun(common + ["--format", "csv"])
    #expect(table.output.split(separator: "\n").count == 5)
  }

  @Test(arguments: [
    ["--night", "2025-13-01"], ["--rank", "1 +"], ["--field", "0"], ["--observatory", "G96,?"],
    ["--format", "html"],
  ])
  func usageFaultsEndWithTwo(_ options: [String]) throws {
    let run = try ProgramRun(["followup", "--tracklets", "none.csv"] + options)
    #expect(run.status == 2)
  }

  /// A night of the simulated survey, of which nothing is known yet. Its bodies are a third each main-belt,
  /// Trojan or farther; not all of the first are the likeliest of their tracklets.
  @Test func trackletsOfACatalogAreFoundAndRanked() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let catalog = folder.appending(path: "c.db").path
    let detections = TestPaths.fixtures.appending(path: "survey/detections.csv").path
    #expect(try ProgramRun(["ingest", "--catalog", catalog, detections]).status == 0)
    let run = try ProgramRun([
      "followup", "--catalog", catalog, "--night", "2024-04-27", "--window", "1",
      "--observatory", "X05", "--limit-mag", "24", "--field", "3", "--format", "csv",
      "--no-approaches",
    ])
    #expect(run.status == 0, "\(run.errors)")
    let rows = run.output.split(separator: "\n").dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(rows.count > 20)
    let values = rows.compactMap { Double($0[1]) }
    #expect(values == values.sorted(by: >))
    #expect(rows.count { $0[4] == "mainBelt" } > 100)
  }

  @Test func siteWithoutPlaceIsTold() throws {
    let file = try file()
    defer { try? FileManager.default.removeItem(at: file.deletingLastPathComponent()) }
    // C51 is a spacecraft.
    let run = try ProgramRun([
      "followup", "--tracklets", file.path, "--observatory", "C51", "--night", "2025-11-22",
    ])
    #expect(run.status == 1)
    #expect(run.errors.contains("C51"))
  }
}
