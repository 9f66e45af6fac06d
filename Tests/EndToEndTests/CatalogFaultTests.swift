import Foundation
import GRDB
import TestSupport
import Testing

/// What can be wrong with a catalog and with where things are written.
@Suite struct CatalogFaultTests {
  private func ingested(_ scratch: Scratch) throws -> String {
    let path = try scratch.file("night.csv", header + good)
    let run = try ProgramRun(["ingest", "--catalog", scratch.catalog, path])
    #expect(run.status == 0, "\(run.errors)")
    return path
  }

  @Test func catalogOfANewerVersion() throws {
    try withScratch { scratch in
      let path = try ingested(scratch)
      try sqlite(scratch.catalog, "INSERT INTO grdb_migrations VALUES ('v9999')")
      let before = try Data(contentsOf: URL(filePath: scratch.catalog))
      for command in [
        ["ingest", path], ["nightly", "--night", "2015-11-24"], ["catalog", "stats"],
      ] {
        let run = try ProgramRun(command + ["--catalog", scratch.catalog])
        #expect(run.status == 1)
        #expect(run.errors.contains("newer version"))
      }
      #expect(try Data(contentsOf: URL(filePath: scratch.catalog)) == before)
    }
  }

  @Test func filesThatAreNoCatalog() throws {
    try withScratch { scratch in
      let path = try scratch.file("night.csv", header + good)
      for text in ["this is no database, but long enough to be looked at as one", ""] {
        let fake = try scratch.file("fake.db", text)
        let run = try ProgramRun(["catalog", "stats", "--catalog", fake])
        #expect(run.status == 1)
        #expect(run.errors.contains("not a catalog"))
      }
      let fake = try scratch.file("fake.db", "no database either, and it must stay as it is")
      #expect(try ProgramRun(["ingest", "--catalog", fake, path]).status == 1)
      #expect(try String(contentsOfFile: fake, encoding: .utf8).hasPrefix("no database either"))
      let folder = try ProgramRun(["ingest", "--catalog", scratch.folder.path, path])
      #expect(folder.status == 1)
      let missing = try ProgramRun(["ingest", "--catalog", "/no/such/folder/c.db", path])
      #expect(missing.status == 1)
      #expect(missing.errors.contains("/no/such/folder"))
    }
  }

  @Test func aSecondWriterHasToWait() throws {
    try withScratch { scratch in
      let path = try ingested(scratch)
      let lock = open(scratch.catalog + ".lock", O_RDWR)
      defer { close(lock) }
      #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
      let run = try ProgramRun(["ingest", "--catalog", scratch.catalog, path])
      #expect(run.status == 4)
      #expect(run.errors.contains("held by another run"))
      // Readers needn't wait.
      #expect(try ProgramRun(["catalog", "stats", "--catalog", scratch.catalog]).status == 0)
      #expect(flock(lock, LOCK_UN) == 0)
      #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, path]).status == 0)
    }
  }

  /// Two names of one file are one catalog: one lock, and nothing that lies beside a link.
  @Test func aLinkToACatalogIsTheCatalog() throws {
    try withScratch { scratch in
      let path = try ingested(scratch)
      let away = scratch.folder.appending(path: "away")
      try FileManager.default.createDirectory(at: away, withIntermediateDirectories: true)
      let link = away.appending(path: "link.db").path
      let chain = away.appending(path: "chain.db").path
      try FileManager.default.createSymbolicLink(
        atPath: link, withDestinationPath: scratch.catalog)
      try FileManager.default.createSymbolicLink(atPath: chain, withDestinationPath: "link.db")
      let lock = open(scratch.catalog + ".lock", O_RDWR)
      defer { close(lock) }
      #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
      #expect(try ProgramRun(["ingest", "--catalog", chain, path]).status == 4)
      #expect(flock(lock, LOCK_UN) == 0)
      let other = try scratch.file("other.csv", header + "2,61000.1,10,-5,20,r,X05\n")
      #expect(try ProgramRun(["ingest", "--catalog", chain, other]).status == 0)
      let run = try ProgramRun(["nightly", "--catalog", link, "--night", "latest"])
      #expect(run.status == 0 || run.status == 5, "\(run.errors)")
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: away.path).sorted()
          == ["chain.db", "link.db"])
      let stats = try ProgramRun(["catalog", "stats", "--catalog", scratch.catalog])
      #expect(stats.output.contains("DiaSource        2"))
    }
  }

  /// Noise in any page, also in one that the night would not read: it does not begin, and the file
  /// stays as it is.
  @Test func aNightIsNotBuiltOnDamagedPages() throws {
    try withScratch { scratch in
      let first = try scratch.file("first.csv", try SmallSurvey().first)
      #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, first]).status == 0)
      #expect(try nightly(scratch, "2024-05-06").status == 0)
      let whole = try Data(contentsOf: URL(filePath: scratch.catalog))
      let size = Int(whole[16]) << 8 | Int(whole[17])
      let pages = whole.count / size
      #expect(pages > 100)
      var noise: UInt64 = 88_172_645_463_325_252
      for k in 1...8 {
        let page = k * pages / 9
        var bytes = whole
        for place in page * size..<(page + 1) * size {
          // Marsaglia 2003, Xorshift RNGs.
          noise ^= noise << 13
          noise ^= noise >> 7
          noise ^= noise << 17
          bytes[place] = UInt8(truncatingIfNeeded: noise)
        }
        try bytes.write(to: URL(filePath: scratch.catalog))
        for name in ["-wal", "-shm"] {
          try? FileManager.default.removeItem(atPath: scratch.catalog + name)
        }
        let run = try nightly(scratch, "2024-05-06", k % 2 == 0 ? ["--force"] : [])
        #expect(run.status == 1, "page \(page): \(run.output)")
        #expect(run.errors.contains("\(scratch.catalog): the file is damaged"), "\(run.errors)")
        #expect(run.errors.contains("backup"))
        #expect(try Data(contentsOf: URL(filePath: scratch.catalog)) == bytes, "page \(page)")
      }
      try whole.write(to: URL(filePath: scratch.catalog))
      #expect(try nightly(scratch, "2024-05-06", ["--force"]).status == 0)
    }
  }

  /// As another user, since permissions don't bind root.
  @Test(.enabled(if: unprivileged != nil, "needs root and setpriv, or a user that is not root"))
  func catalogThatMayNotBeWritten() throws {
    let prefix = try #require(unprivileged)
    try withScratch { scratch in
      let path = try ingested(scratch)
      for (place, mode) in [(scratch.catalog, 0o444), (scratch.folder.path, 0o555)] {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: place)
      }
      defer {
        try? FileManager.default.setAttributes(
          [.posixPermissions: 0o755], ofItemAtPath: scratch.folder.path)
      }
      let run = try ProgramRun(["ingest", "--catalog", scratch.catalog, path], prefix: prefix)
      #expect(run.status == 1)
      #expect(run.errors.contains("not writable"))
      // Reading it is possible all the same.
      let stats = try ProgramRun(
        ["catalog", "stats", "--catalog", scratch.catalog], prefix: prefix)
      #expect(stats.status == 0, "\(stats.errors)")
      #expect(stats.output.contains("DiaSource        1"))
      // A dry run needs room for a copy beside it, and says which folder has none.
      let dry = try ProgramRun(
        ["nightly", "--catalog", scratch.catalog, "--night", "latest", "--dry-run"],
        prefix: prefix)
      #expect(dry.status == 1)
      #expect(dry.errors.contains("\(scratch.folder.path): not writable"))
    }
  }

  /// The kernel lets no file of the run grow beyond 100 kB.
  @Test func fullDisk() throws {
    try withScratch { scratch in
      _ = try ingested(scratch)
      let before = try scratch.tables()
      let rows = (10..<20_000).map { "\($0),61000.1,10,-5,20,r,X05\n" }.joined()
      let big = try scratch.file("big.csv", header + rows)
      let run = try ProgramRun(
        ["ingest", "--catalog", scratch.catalog, big],
        prefix: ["/bin/bash", "-c", "trap '' XFSZ; ulimit -f 100; exec \"$@\"", "run"])
      #expect(run.status == 1)
      #expect(run.errors.contains(scratch.catalog))
      #expect(try scratch.tables() == before)
      #expect(try ProgramRun(["catalog", "check", "--catalog", scratch.catalog]).status == 0)
      // With room it goes through.
      #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, big]).status == 0)
    }
  }

  @Test func outputsThatCanNotBeWritten() throws {
    try withScratch { scratch in
      _ = try ingested(scratch)
      let export = [
        "export", "--catalog", scratch.catalog, "--format", "csv", "--table", "DiaSource",
        "--output",
      ]
      #expect(try ProgramRun(export + ["/dev/full"]).status == 1)
      #expect(try ProgramRun(export + ["/no/such/folder/out.csv"]).status == 1)
      let bad = try ProgramRun(
        export + [scratch.folder.appending(path: "out.csv").path, "--where", "no_column = 1"])
      #expect(bad.status == 1)
      #expect(bad.errors.contains("no_column"))
      #expect(try !scratch.names.contains { $0.contains("out.csv") })
      // A report on a full disk is an error too.
      let stats = try ProgramRun(
        ["catalog", "stats", "--catalog", scratch.catalog],
        prefix: ["/bin/bash", "-c", "exec \"$@\" > /dev/full", "run"])
      #expect(stats.status == 1)
    }
  }

  @Test func exportedDetectionsComeBackTheSame() throws {
    try withScratch { scratch in
      _ = try ingested(scratch)
      let out = scratch.folder.appending(path: "out.csv").path
      _ = try ProgramRun([
        "export", "--catalog", scratch.catalog, "--format", "csv", "--table", "DiaSource",
        "--output", out,
      ])
      let run = try ProgramRun(["ingest", "--catalog", scratch.catalog, out])
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.output.contains("already there 1"))
    }
  }
}

/// A prefix that runs a program without root's rights; empty when the tests have none, nil when
/// that can't be had.
private let unprivileged: [String]? = {
  if getuid() != 0 { return [] }
  guard FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv") else { return nil }
  let prefix = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
  let run = try? ProgramRun(["--version"], prefix: prefix)
  return run?.status == 0 ? prefix : nil
}()

/// Runs SQL on a database with the sqlite3 library, past the program.
private func sqlite(_ path: String, _ sql: String) throws {
  let database = try DatabaseQueue(path: path)
  try database.write { try $0.execute(sql: sql) }
  try database.close()
}
