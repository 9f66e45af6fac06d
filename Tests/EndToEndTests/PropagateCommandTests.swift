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

  private func propagate(_ csv: String, _ arguments: String...) throws -> (
    status: Int32, out: String, error: String
  ) {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "orbits.csv")
    try Data(csv.utf8).write(to: file)
    let run = try ProgramRun(["propagate", file.path] + arguments)
    return (run.status, run.output, run.errors)
  }

  /// A state that falls straight into the Sun, by one time (the whole catalog at once) and by two.
  @Test func impactIsNamed() throws {
    let csv = """
      designation,epochMjdTdb,origin,frame,x,y,z,vx,vy,vz
      plunge,60000,SUN,ICRF,0.5,0,0,-0.02,0.0001,0
      safe,60000,SUN,ICRF,1.2,0.9,0.3,-0.008,0.011,0.004

      """
    for times in [["60100:tdb"], ["60001:tdb", "60100:tdb"]] {
      let folder = try TestPaths.temporaryFolder()
      defer { try? FileManager.default.removeItem(at: folder) }
      let file = folder.appending(path: "orbits.csv")
      try Data(csv.utf8).write(to: file)
      let run = try ProgramRun(["propagate", file.path, "--to"] + times)
      #expect(run.status == 3)
      #expect(run.errors.contains("plunge: strikes Sun at 2023-03-"), "\(run.errors)")
      #expect(run.output.contains("safe,60100.0,") && !run.output.contains("plunge,60100"))
    }
  }

  /// Orbits that are none, each set aside with its line, field and reason; the good one goes on.
  @Test func impossibleOrbits() throws {
    let csv = """
      designation,epochMjdTdb,q,e,incl,node,argPeri,tPeriMjdTdb
      good,60000,1.5,0.2,3,10,20,60010
      negativeE,60000,1.5,-0.2,3,10,20,60010
      zeroQ,60000,0,0.2,3,10,20,60010
      negativeQ,60000,-1,0.2,3,10,20,60010
      notANumber,60000,NaN,0.2,3,10,20,60010

      """
    let result = try propagate(csv, "--to", "60100:tdb")
    #expect(result.status == 3)
    #expect(result.out.split(separator: "\n").count == 2)
    for line in 3...6 { #expect(result.error.contains("orbits.csv:\(line)"), "\(result.error)") }
    // Beyond the ephemerides: a line of its own.
    let far = try propagate(csv, "--to", "99000:tdb")
    #expect(far.status == 3 && far.error.contains("good: the ephemerides do not reach"))
  }

  /// A covariance that is none names the object and the eigenvalue.
  @Test func covarianceThatIsNone() throws {
    let names = (0..<6).flatMap { i in (i..<6).map { "cov_\(i)_\($0)" } }
    let values = (0..<6).flatMap { i in
      (i..<6).map { j in i == j ? (i < 3 ? "1e-12" : "1e-18") : i == 0 && j == 4 ? "1.25e-15" : "0"
      }
    }
    let csv =
      "designation,epochMjdTdb,origin,frame,x,y,z,vx,vy,vz,"
      + names.joined(separator: ",") + "\n"
      + "twisted,60000,SUN,ICRF,1.2,0.9,0.3,-0.008,0.011,0.004,"
      + values.joined(separator: ",") + "\n"
    let result = try propagate(csv, "--to", "60010:tdb", "--covariance")
    #expect(result.status == 3)
    #expect(result.error.contains("twisted") && result.error.contains("eigenvalue -0.25"))
  }

  /// The switch of relativity, and the law of A1 to A3 by file.
  @Test func forcesBySwitchAndFile() throws {
    let header = "designation,epochMjdTdb,origin,frame,x,y,z,vx,vy,vz,A1,gLaw\n"
    let state = "60000,SUN,ICRF,1.2,0.9,0.3,-0.008,0.011,0.004"
    let csv = header + "a,\(state),1e-7,asteroid\n" + "b,\(state),1e-7,comet\n"
    func rows(_ sources: String) throws -> [Substring] {
      let result = try propagate(csv, "--to", "60100:tdb", "--relativity", sources)
      #expect(result.status == 0, "\(result.error)")
      return result.out.split(separator: "\n").dropFirst().map { $0.dropFirst() }
    }
    let (sun, none, all) = (try rows("sun"), try rows("none"), try rows("all"))
    #expect(sun.count == 2 && sun[0] != sun[1])
    #expect(sun[0] != none[0] && sun[0] != all[0] && none[0] != all[0])
    #expect(try propagate(csv, "--to", "60100:tdb", "--relativity", "moon").status == 2)
    let unknown = try propagate(header + "c,\(state),1e-7,ice\n", "--to", "60100:tdb")
    #expect(unknown.status == 3 && unknown.error.contains("gLaw"))
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
