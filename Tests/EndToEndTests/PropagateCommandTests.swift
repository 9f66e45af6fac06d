import Foundation
import TestSupport
import Testing

/// The commands that move orbits, as a user runs them.
@Suite struct PropagateCommandTests {
  private func run(_ arguments: String...) throws -> (status: Int32, out: String, error: String) {
    let run = try ProgramRun(arguments)
    return (run.status, run.output, run.errors)
  }

  /// Two orbits and a row with a slip of the keyboard between them.
  private static let orbits = """
    designation,epochMjdTdb,origin,frame,x,y,z,vx,vy,vz,H
    first,60000,SUN,ICRF,1.2,0.9,0.3,-0.008,0.011,0.004,18
    broken,60000,SUN,ICRF,1.2,abc,0.3,-0.008,0.011,0.004,18
    second,60000,SSB,ICRF,-2.2,0.9,0.3,-0.003,-0.009,0.001,

    """

  private func withOrbits(_ body: (String, URL) throws -> Void) throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "orbits.csv")
    try Data(Self.orbits.utf8).write(to: file)
    try body(file.path, folder)
  }

  @Test func propagateWritesStatesAndNamesBrokenRows() throws {
    try withOrbits { orbits, folder in
      let output = folder.appending(path: "states.csv").path
      let result = try run(
        "propagate", orbits, "--to", "60010.5:tdb", "2023-01-01T00:00:00", "--output", output)
      #expect(result.status == 3)
      #expect(result.error.contains("orbits.csv:3") && result.error.contains("y"))
      let lines = try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n")
      #expect(lines.count == 5)
      #expect(lines[0] == "designation,epochMjdTdb,x,y,z,vx,vy,vz")
      #expect(lines[1].hasPrefix("first,60010.5,1.1"))
      #expect(lines[3].hasPrefix("second,60010.5,-2.2"))
    }
  }

  @Test func jobsDoNotMatter() throws {
    try withOrbits { orbits, _ in
      let one = try run("propagate", orbits, "--to", "60400.5:tdb", "--jobs", "1")
      let many = try run("propagate", orbits, "--to", "60400.5:tdb", "--jobs", "4")
      #expect(!one.out.isEmpty && one.out == many.out)
    }
  }

  @Test func ephemerisHasARowForEachStep() throws {
    try withOrbits { orbits, _ in
      let result = try run(
        "ephemeris", orbits, "--observatory", "X05", "--start", "60001:utc", "--stop", "60002:utc",
        "--step", "6h")
      #expect(result.status == 3)
      let rows = result.out.split(separator: "\n").dropFirst().map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      #expect(rows.count == 10)
      #expect(
        rows.prefix(5).map { String($0[1]) } == [
          "60001.0", "60001.25", "60001.5", "60001.75", "60002.0",
        ])
      #expect(rows.allSatisfy { $0.count == 15 && (0.0..<360).contains(Double($0[2]) ?? -1) })
      #expect(rows[0][10] != "" && rows[5][10] == "")
    }
  }

  @Test func orbitInfoInBothForms() throws {
    try withOrbits { orbits, _ in
      let text = try run("orbit", "info", orbits, "--designation", "first")
      #expect(text.status == 3 && text.error.contains("orbits.csv:3"))
      #expect(text.out.contains("argPeri") && !text.out.contains("second"))
      let json = try run("orbit", "info", orbits, "--json")
      let objects = try #require(
        JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [[String: Any]])
      #expect(objects.count == 2)
      #expect(objects[1]["origin"] as? String == "SSB")
    }
  }

  @Test func mistakesHaveTheirExitCodes() throws {
    try withOrbits { orbits, folder in
      let output = folder.appending(path: "none.csv").path
      let unscaled = try run("propagate", orbits, "--to", "60000", "--output", output)
      #expect(unscaled.status == 2 && unscaled.error.contains("60000:utc"))
      #expect(
        try run("propagate", orbits + "x", "--to", "60000:tdb", "--output", output).status == 1)
      #expect(!FileManager.default.fileExists(atPath: output))
      #expect(try run("propagate", orbits).status == 2)
      #expect(try run("ephemeris", orbits, "--observatory", "X05").status == 2)
      let far = try run("propagate", orbits, "--to", "90000:tdb")
      #expect(far.status == 3 && far.error.contains("first"))
      #expect(far.out.split(separator: "\n").count == 1)
    }
  }
}
