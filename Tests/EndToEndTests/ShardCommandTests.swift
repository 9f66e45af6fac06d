import Foundation
import TestSupport
import Testing

/// `ecliptic shard` gives what `ecliptic link` gives, whatever happens to its processes.
@Suite(.waits) struct ShardCommandTests {
  private struct Status: Decodable {
    var done: Bool
    var stage: String?
    var pieces: Int
    var missing: [Int]
  }

  private static let detections = TestPaths.fixtures.appending(path: "survey/detections.csv").path

  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private func plan(_ run: URL, _ detections: String = Self.detections) throws -> Status {
    let made = try ProgramRun([
      "shard", "plan", detections, "--output", run.path, "--workers", "3", "--piece-seconds",
      "0.01", "--json",
    ])
    #expect(made.status == 0, "\(made.errors)")
    return try JSONDecoder().decode(Status.self, from: Data(made.output.utf8))
  }

  private func status(_ run: URL) throws -> Status {
    let told = try ProgramRun(["shard", "status", run.path, "--json"])
    return try JSONDecoder().decode(Status.self, from: Data(told.output.utf8))
  }

  private func merge(_ run: URL, _ more: [String] = []) throws -> ProgramRun {
    try ProgramRun(
      ["shard", "merge", run.path, "--output", run.appending(path: "links.csv").path] + more)
  }

  @Test("Pieces in any order, some twice, some killed on the way, give the links of one process")
  func sameAsLink() throws {
    try withFolder { folder in
      let outputs = ["links.csv", "orbits.csv", "others.csv"]
      func options(_ place: URL) -> [String] {
        [
          "--output", place.appending(path: outputs[0]).path, "--orbits",
          place.appending(path: outputs[1]).path, "--alternatives",
          place.appending(path: outputs[2]).path,
        ]
      }
      let single = try ProgramRun(["link", Self.detections, "--quiet"] + options(folder))
      #expect(single.status == 0, "\(single.errors)")
      let run = folder.appending(path: "run")
      var now = try plan(run)
      var generator = SystemRandomNumberGenerator()
      var (stages, killed) = (0, 0)
      while !now.done {
        let stage = try #require(now.stage)
        stages += 1
        for piece in now.missing.shuffled() {
          let arguments = ["shard", "run", run.path, "\(piece)", "--stage", stage]
          if piece % 3 == 0 {
            let process = try BackgroundRun(arguments)
            Thread.sleep(forTimeInterval: Double.random(in: 0...0.1, using: &generator))
            process.kill()
            killed += 1
          }
          for _ in 0...(piece % 2) {
            let made = try ProgramRun(arguments)
            #expect(made.status == 0, "\(made.errors)")
          }
        }
        #expect(try status(run).missing.isEmpty)
        let merged = try ProgramRun(["shard", "merge", run.path, "--json"] + options(run))
        #expect(merged.status == 0, "\(merged.errors)")
        now = try JSONDecoder().decode(Status.self, from: Data(merged.output.utf8))
      }
      #expect(stages > 5 && killed > 5)
      for name in outputs {
        let (one, many) = (folder.appending(path: name), run.appending(path: name))
        #expect(try Data(contentsOf: one) == Data(contentsOf: many), "\(name) differs")
        #expect(try lines(one).count > 100 || name == outputs[2])
      }
      let left = try FileManager.default.subpathsOfDirectory(atPath: run.path)
      #expect(!left.contains { $0.hasSuffix(".part") })
    }
  }

  @Test("A process that waits goes on as the pieces come; killed and started again it ends the run")
  func waiting() throws {
    try withFolder { folder in
      let single = folder.appending(path: "single.csv")
      #expect(
        try ProgramRun(["link", Self.detections, "--quiet", "--output", single.path]).status == 0)
      let run = folder.appending(path: "run")
      _ = try plan(run)
      let links = run.appending(path: "links.csv")
      let arguments = ["shard", "merge", run.path, "--output", links.path, "--wait"]
      var merging = try BackgroundRun(arguments)
      var done = 0
      while true {
        let now = try status(run)
        if now.done { break }
        guard let stage = now.stage, let piece = now.missing.last else {
          Thread.sleep(forTimeInterval: 0.02)
          continue
        }
        let made = try ProgramRun(["shard", "run", run.path, "\(piece)", "--stage", stage])
        #expect(made.status == 0, "\(made.errors)")
        done += 1
        if done % 7 == 3 {
          merging.kill()
          merging = try BackgroundRun(arguments)
        }
      }
      #expect(merging.wait() == 0, "\(merging.errors)")
      #expect(try Data(contentsOf: single) == Data(contentsOf: links))
    }
  }

  @Test("Pieces that are missing, damaged, cut off or of another run are refused by name")
  func refused() throws {
    try withFolder { folder in
      let run = folder.appending(path: "run")
      let other = folder.appending(path: "other")
      let now = try plan(run)
      let stage = try #require(now.stage)
      let copy = folder.appending(path: "detections.csv")
      try FileManager.default.copyItem(at: URL(filePath: Self.detections), to: copy)
      _ = try plan(other, copy.path)
      let early = try merge(run)
      #expect(early.status == 1 && early.errors.contains("lacks \(now.pieces) of its pieces: 1, 2"))
      for place in [run, other] {
        for piece in 1...now.pieces where place == run || piece == 2 {
          #expect(try ProgramRun(["shard", "run", place.path, "\(piece)"]).status == 0)
        }
      }
      let name = "stages/\(stage.replacing(" ", with: "-"))/piece-00002.bin"
      let good = try Data(contentsOf: run.appending(path: name))
      var turned = good
      turned[good.count / 2] ^= 1
      for (bytes, word) in [
        (turned, "checksum"), (good.prefix(good.count / 2), "has not the length"),
        (good.prefix(20), "cut off"),
        (try Data(contentsOf: other.appending(path: name)), "another run"),
      ] {
        try bytes.write(to: run.appending(path: name))
        let merged = try merge(run)
        #expect(merged.status == 1 && merged.errors.contains(word), "\(merged.errors)")
        #expect(merged.errors.contains("piece-00002.bin"))
      }
      // What is said to help helps.
      try FileManager.default.removeItem(at: run.appending(path: name))
      #expect(try status(run).missing == [2])
      #expect(try ProgramRun(["shard", "run", run.path, "2"]).status == 0)
      #expect(try Data(contentsOf: run.appending(path: name)).count == good.count)
      #expect(try merge(run).status == 0)

      let late = try ProgramRun(["shard", "run", run.path, "1", "--stage", stage])
      #expect(late.status == 1 && late.errors.contains("no longer at stage"))
      let beyond = try ProgramRun(["shard", "run", run.path, "1000"])
      #expect(beyond.status == 1 && beyond.errors.contains("has pieces 1 to"))
      let again = try ProgramRun(["shard", "plan", Self.detections, "--output", run.path])
      #expect(again.status == 1 && again.errors.contains("holds a run already"))
      let nothing = try ProgramRun(["shard", "run", folder.path, "1"])
      #expect(nothing.status == 1 && nothing.errors.contains("ecliptic shard plan"))
    }
  }
}
