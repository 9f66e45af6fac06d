import Foundation
import TestSupport
import Testing

/// The commands on alerts, as a user runs them, on real packets.
@Suite(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
struct AlertCommandTests {
  private let alerts = (TestPaths.sharedData ?? TestPaths.root).appending(path: "alerts").path

  private func object(_ data: Data) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test("Orbits of packets into a catalog, packets tagged from it, fields predicted from it")
  func catalogWay() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let catalog = folder.appending(path: "survey.db").path
    let imported = try run(
      "import", "--catalog", catalog, "--schemas", alerts + "/schemas", alerts + "/rubin",
      "--json")
    // Three packets of 2025-12 carry orbits without an epoch.
    #expect(imported.status == 3)
    #expect(imported.error.contains("mpc_orbits.epoch_mjd"))
    let total = try #require(try object(imported.out)["total"] as? [String: Any])
    #expect(total["added"] as? Int == 19 && total["quarantined"] as? Int == 3)

    let out = folder.appending(path: "tagged").path
    let sidecar = folder.appending(path: "candidates.csv").path
    let tagged = try run(
      "tag", "--catalog", catalog, "--schemas", alerts + "/schemas", alerts + "/rubin",
      "--output", out, "--candidates", sidecar, "--json")
    #expect(tagged.status == 0, "\(tagged.error)")
    let report = try object(tagged.out)
    #expect(report["alerts"] as? Int == 92 && report["tagged"] as? Int == 19)
    let sender = try #require(report["senderEphemeris"] as? [String: Any])
    #expect(try #require(sender["medianArcsec"] as? Double) < 0.001)
    #expect(try FileManager.default.contentsOfDirectory(atPath: out).count == 92)
    let lines = try String(contentsOfFile: sidecar, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 20)
    #expect(
      lines[0] == "diaSourceId,ssObjectId,designation,rank,separation,along,across,sigmaAlong,"
        + "sigmaAcross,chi2,probability,ephVmag")

    // The same as Avro, read by libavro.
    let container = folder.appending(path: "candidates.avro").path
    let again = try run(
      "tag", "--catalog", catalog, "--schemas", alerts + "/schemas", alerts + "/rubin",
      "--output", out, "--candidates", container)
    #expect(again.status == 0, "\(again.error)")
    let rows = try CandidateFile.rows(container)
    #expect(rows.count == 19)
    for (row, line) in zip(rows, lines.dropFirst()) {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      #expect(row.id == Int64(cells[0]) && row.designation == cells[2])
      #expect(abs(row.probability - (Double(cells[10]) ?? -1)) < 1e-8)
    }

    let shown = try run(
      "alert", "show", out + "/170094456480989258.bin", "--schemas", alerts + "/schemas")
    #expect(shown.status == 0)
    let text = String(decoding: shown.out, as: UTF8.self)
    #expect(text.contains("2004 JQ12, ssObjectId 21163624394469969"))

    let predicted = try run(
      "predict", "--catalog", catalog, "--ra", "150.4555", "--dec", "3.4821", "--radius", "0.1",
      "--time", "61108.2:tai", "--faintest", "30")
    #expect(predicted.status == 0, "\(predicted.error)")
    #expect(String(decoding: predicted.out, as: UTF8.self).hasPrefix("designation,mjdUtc,ra,dec,"))
  }

  @Test("A negative declination needs no equals sign; nonsense is a usage error")
  func predictArguments() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let orbits = folder.appending(path: "orbits.csv")
    try Data(
      """
      designation,epochMjdTdb,origin,frame,x,y,z,vx,vy,vz,H
      first,61000,SUN,ICRF,1.2,0.9,0.3,-0.008,0.011,0.004,18

      """.utf8
    ).write(to: orbits)
    let common = ["--orbits", orbits.path, "--radius", "180", "--time", "61001.5:utc"]
    func predict(_ ra: String, _ dec: String) throws -> (status: Int32, out: Data, error: String) {
      try run(
        "predict", common[0], common[1], common[2], common[3], common[4], common[5], "--ra", ra,
        "--dec", dec, "--json")
    }
    let south = try predict("10", "-30")
    #expect(south.status == 0, "\(south.error)")
    let rows = try #require(try JSONSerialization.jsonObject(with: south.out) as? [[String: Any]])
    #expect(rows.count == 1 && rows[0]["designation"] as? String == "first")
    #expect(rows[0]["sigmaMajor"] == nil && rows[0]["mag"] is Double)
    #expect(try predict("10", "-95").status == 2)
    #expect(try predict("ten", "0").status == 2)
  }

  @Test("What is no alert says so, with exit code 1 and nothing written")
  func wrongInput() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let out = folder.appending(path: "out.avro").path
    let text = folder.appending(path: "text.avro")
    try Data("this is not Avro\n".utf8).write(to: text)
    for input in [text.path, folder.appending(path: "missing.avro").path] {
      let result = try run(
        "tag", "--orbits", alerts + "/rubin", "--schemas", alerts + "/schemas", input, "--output",
        out)
      #expect(result.status == 1, "\(result.error)")
      #expect(result.error.contains(input))
    }
    #expect(!FileManager.default.fileExists(atPath: out))
    #expect(try run("alert", "show", text.path).status == 1)
    #expect(try run("tag", text.path, "--output", out).status == 2)
  }
}

/// A simulated survey's packets, tagged with the orbits that they were made from.
struct SimulatedTagTests {
  @Test("Every real detection is tagged with its object, no false one is")
  func truth() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let visits = try String(
      contentsOf: TestPaths.fixtures.appending(path: "visits/rubin-baseline.csv"), encoding: .utf8)
    let some = folder.appending(path: "visits.csv")
    let head = visits.split(separator: "\n").prefix(121).joined(separator: "\n")
    try Data((head + "\n").utf8).write(to: some)
    let survey = folder.appending(path: "survey").path
    let made = try run(
      "simulate", "--orbits", TestPaths.fixtures.appending(path: "orbits/sbdb.csv").path,
      "--visits", some.path, "--seed", "1", "--false-ratio", "1", "--clones", "3", "--alerts",
      "--write-orbits", "--output", survey)
    #expect(made.status == 0, "\(made.error)")
    let sidecar = folder.appending(path: "candidates.csv").path
    let tagged = try run(
      "tag", "--orbits", survey + "/orbits.csv", survey + "/alerts", "--output", survey + "/tagged",
      "--candidates", sidecar)
    #expect(tagged.status == 0, "\(tagged.error)")

    let truth = try columns(survey + "/truth.csv", ["diaSourceId", "designation"])
    let best = Dictionary(
      uniqueKeysWithValues: try columns(sidecar, ["diaSourceId", "designation", "rank"])
        .filter { $0[2] == "1" }.map { ($0[0], $0[1]) })
    #expect(truth.count > 100)
    for row in truth { #expect(best[row[0]] ?? "" == row[1], "\(row)") }
  }

  /// Columns of a CSV file without quoting.
  private func columns(_ path: String, _ names: [String]) throws -> [[String]] {
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline)
    let header = lines[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let places = try names.map { try #require(header.firstIndex(of: $0)) }
    return lines.dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      return places.map { String(cells[$0]) }
    }
  }
}

private func run(_ arguments: String...) throws -> (status: Int32, out: Data, error: String) {
  let run = try ProgramRun(arguments)
  return (run.status, Data(run.output.utf8), run.errors)
}
