import Foundation
import TestSupport
import Testing

/// A folder of its own for one test, and the catalog in it.
struct Scratch {
  let folder: URL
  var catalog: String { folder.appending(path: "c.db").path }

  init() throws { folder = try TestPaths.temporaryFolder() }

  func file(_ name: String, _ text: String) throws -> String {
    let place = folder.appending(path: name)
    try Data(text.utf8).write(to: place)
    return place.path
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
  }

  /// Rows and digests of the catalog's tables.
  func tables() throws -> String {
    let run = try ProgramRun(["catalog", "stats", "--digests", "--catalog", catalog])
    #expect(run.status == 0, "\(run.errors)")
    return run.output
  }
}

@discardableResult
func withScratch<Result>(_ body: (Scratch) throws -> Result) throws -> Result {
  let scratch = try Scratch()
  defer { scratch.remove() }
  return try body(scratch)
}

let header = "diaSourceId,midpointMjdTai,ra,dec,mag,band,obscode\n"
let good = "1,61000.1,10,-5,20,r,X05\n"

@Suite struct BadInputTests {
  @Test func missingFile() throws {
    try withScratch { scratch in
      let run = try ProgramRun(["ingest", "--catalog", scratch.catalog, "/no/such/file.csv"])
      #expect(run.status == 1)
      #expect(run.errors.contains("/no/such/file.csv"))
      #expect(try scratch.names.isEmpty)
    }
  }

  @Test(arguments: ["", "a,b,c\n1,2,3\n", "hello\n", "diaSourceId,ra,dec\n1,2,3\n"])
  func filesThatAreNoDetections(text: String) throws {
    try withScratch { scratch in
      let path = try scratch.file("bad.csv", text)
      let run = try ProgramRun(["ingest", "--catalog", scratch.catalog, path])
      #expect(run.status == 1)
      #expect(run.errors.contains(path))
      // Not even an empty catalog is left behind.
      #expect(try scratch.names == ["bad.csv"])
    }
  }

  /// Each bad row is reported with its line and field; the good one beside it goes in.
  @Test(arguments: [
    ("2,61000.1,nan,-5,20,r,X05", "ra"), ("2,61000.1,400,-5,20,r,X05", "ra"),
    ("2,61000.1,10,-95,20,r,X05", "dec"), ("2,61000.1,10,x,20,r,X05", "dec"),
    ("2,,10,-5,20,r,X05", "midpointMjdTai"), ("2,99000,10,-5,20,r,X05", "midpointMjdTai"),
    ("2,61000.1,10,-5,20,r,QQQ", "obscode"), ("1,61000.1,11,-5,20,r,X05", "diaSourceId"),
    ("2,61000.1,10", "3 fields"),
  ])
  func badRowsAreQuarantined(row: String, field: String) throws {
    try withScratch { scratch in
      let path = try scratch.file("night.csv", header + good + row + "\n")
      let run = try ProgramRun(["ingest", "--json", "--catalog", scratch.catalog, path])
      #expect(run.status == 3)
      #expect(run.errors.contains("\(path):3:"))
      #expect(run.errors.contains(field))
      #expect(run.output.contains("\"added\" : 1"))
      #expect(try scratch.tables().contains("quarantine       1 "))

      // The corrected file clears the quarantine.
      _ = try scratch.file("night.csv", header + good + "2,61000.1,10,-5,20,r,X05\n")
      let again = try ProgramRun(["ingest", "--catalog", scratch.catalog, path])
      #expect(again.status == 0)
      let tables = try scratch.tables()
      #expect(tables.contains("quarantine       0 "))
      #expect(tables.contains("DiaSource        2 "))
    }
  }

  @Test func theSameFileTwiceAddsNothing() throws {
    try withScratch { scratch in
      let path = try scratch.file("night.csv", header + good)
      #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, path]).status == 0)
      let before = try scratch.tables()
      #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, path]).status == 0)
      #expect(try scratch.tables() == before)
      // By standard input too; the journal of files gets its row.
      let run = try ProgramRun(["ingest", "--catalog", scratch.catalog, "-"], input: header + good)
      #expect(run.status == 0)
      #expect(run.output.contains("already there 1"))
    }
  }

  @Test(arguments: ["2015-13-01", "yesterday", "57000"])
  func badNightIsAUsageError(night: String) throws {
    let run = try ProgramRun(["nightly", "--catalog", "/none", "--night", night])
    #expect(run.status == 2)
    #expect(run.errors.contains("--night"))
  }

  @Test(arguments: [
    ["frobnicate"], ["ingest"], ["export", "--catalog", "c", "--format", "doc"],
    ["propagate", "o.csv", "--to", "60000:tdb", "--jobs", "9223372036854775807"],
    [
      "simulate", "--orbits", "o", "--visits", "v", "--output", "s", "--nights",
      "9223372036854775807",
    ],
  ])
  func badCommandLinesAreUsageErrors(arguments: [String]) throws {
    #expect(try ProgramRun(arguments).status == 2)
  }

  @Test func nightlyWithoutDetectionsOrCatalog() throws {
    try withScratch { scratch in
      let night = ["--night", "2015-11-24"]
      var run = try ProgramRun(["nightly", "--catalog", scratch.catalog] + night)
      #expect(run.status == 1)
      #expect(run.errors.contains("no such catalog"))
      let path = try scratch.file("night.csv", header + good)
      _ = try ProgramRun(["ingest", "--catalog", scratch.catalog, path])
      run = try ProgramRun(["nightly", "--catalog", scratch.catalog] + night)
      #expect(run.status == 1)
      #expect(run.errors.contains("no detections"))
    }
  }

  @Test func orbitsWithoutEpochAreQuarantined() throws {
    try withScratch { scratch in
      let path = try scratch.file(
        "orbits.csv",
        """
        designation,epochMjdTdb,x,y,z,vx,vy,vz,origin,frame
        433,60000,1.5,0,0,0,0.014,0.001,SUN,ICRF
        434,,1.5,0,0,0,0.014,0.001,SUN,ICRF
        435,99000,1.5,0,0,0,0.014,0.001,SUN,ICRF

        """)
      let run = try ProgramRun(["import", "--catalog", scratch.catalog, path])
      #expect(run.status == 3)
      #expect(run.errors.contains("\(path):3: epoch"))
      #expect(run.errors.contains("\(path):4: epoch"))
      #expect(run.output.contains("added 1,"))
      let exported = try ProgramRun([
        "export", "--catalog", scratch.catalog, "--format", "csv", "--table", "orbits", "--output",
        "-",
      ])
      #expect(exported.status == 0)
      #expect(exported.output.contains("\n433,60000"))
    }
  }

  @Test func predictSaysWhichOrbitsItCanNotFollow() throws {
    try withScratch { scratch in
      let path = try scratch.file(
        "orbits.csv",
        """
        designation,epochMjdTdb,x,y,z,vx,vy,vz
        433,60000,1.5,0,0,0,0.014,0.001
        434,20000,1.5,0,0,0,0.014,0.001

        """)
      let run = try ProgramRun([
        "predict", "--orbits", path, "--ra", "0", "--dec", "0", "--radius", "180", "--time",
        "60000:utc",
      ])
      #expect(run.status == 3)
      #expect(run.errors.contains("\(path):3: epoch"))
      #expect(run.output.contains("\n433,60000"))
    }
  }
}
