import Foundation
import TestSupport
import Testing

/// Help texts, and the reports that `--json` prints.
@Suite struct ReportTests {
  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test(arguments: [[], ["alert"], ["catalog"], ["orbit"]])
  func groupsHaveAnExample(command: [String]) throws {
    let run = try ProgramRun(command + ["--help"])
    #expect(run.status == 0)
    let example = (["ecliptic"] + command).joined(separator: " ")
    #expect(run.output.contains("EXAMPLE\n  \(example) "))
  }

  @Test func catalogAndExportSayWhatTheyWrote() throws {
    try withScratch { scratch in
      let night = try scratch.file("night.csv", header + good)
      #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, night]).status == 0)
      let copy = scratch.folder.appending(path: "copy.db").path
      let of = ["--catalog", scratch.catalog, "--json"]
      for arguments in [["backup", "--output", copy], ["migrate"]] {
        let run = try ProgramRun(["catalog"] + arguments + of)
        #expect(run.status == 0, "\(run.errors)")
        let report = try object(run.output)
        #expect((report["rows"] as? [String: Int])?["DiaSource"] == 1)
      }
      for name in ["copy.db-wal", "copy.db-shm"] {
        #expect(!FileManager.default.fileExists(atPath: scratch.folder.appending(path: name).path))
      }
      let export = ["export", "--format", "csv", "--table", "DiaSource"] + of
      let file = scratch.folder.appending(path: "sources.csv").path
      let toFile = try object(try ProgramRun(export + ["--output", file]).output)
      #expect(toFile["rows"] as? Int == 1 && toFile["output"] as? String == file)
      let toStdout = try ProgramRun(export + ["--output", "-"])
      #expect(toStdout.output == (try String(contentsOfFile: file, encoding: .utf8)))
      #expect(try object(toStdout.errors)["rows"] as? Int == 1)
    }
  }

  @Test func orbitsReadAndRowsWrittenAreCounted() throws {
    try withScratch { scratch in
      let orbits = try scratch.file(
        "orbits.csv",
        """
        designation,epochMjdTdb,origin,frame,x,y,z,vx,vy,vz
        first,60000,SUN,ICRF,1.2,0.9,0.3,-0.008,0.011,0.004
        broken,60000,SUN,ICRF,1.2,abc,0.3,-0.008,0.011,0.004
        second,60000,SSB,ICRF,-2.2,0.9,0.3,-0.003,-0.009,0.001

        """)
      let output = scratch.folder.appending(path: "rows.csv").path
      for arguments in [
        ["propagate", orbits, "--to", "60001:tdb", "60002:tdb", "60003:tdb"],
        ["ephemeris", orbits, "--observatory", "X05", "--times", "60001:tdb,60002:tdb,60003:tdb"],
      ] {
        let run = try ProgramRun(arguments + ["--output", output, "--json"])
        #expect(run.status == 3)
        let report = try object(run.output)
        #expect(report["orbits"] as? Int == 2 && report["rows"] as? Int == 6)
        #expect(report["quarantined"] as? Int == 1 && report["endedEarly"] as? Int == 0)
        let onStdout = try ProgramRun(arguments + ["--json"])
        #expect(onStdout.output == (try String(contentsOfFile: output, encoding: .utf8)))
        #expect(onStdout.errors.contains("\"rows\" : 6"))
      }
    }
  }
}
