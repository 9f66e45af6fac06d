import Astro
import Dynamics
import Foundation
import Linking
import Shards

/// Takes a run over many processes as far as its pieces allow.
struct ShardMerge {
  enum Outcome {
    /// A stage waits for its pieces.
    case waiting(ShardStage)
    /// All is there: members count the file's detections.
    case done(LinkingResult)
  }

  let folder: ShardFolder
  let solarSystem: SolarSystem
  let jobs: Int
  /// It waits for missing pieces.
  var waits = false

  func run() async throws -> Outcome {
    folder.sweep()
    let store = ShardStore(merging: folder, waits: waits)
    do {
      var result = try await link(
        pieces: Pieces(jobs: jobs, store: store), options: folder.manifest.options,
        solarSystem: solarSystem
      ) { try folder.input() }
      let original = try folder.original()
      for k in result.linkages.indices {
        result.linkages[k].members = result.linkages[k].members.map { original[$0] }
      }
      for k in result.alternatives.indices {
        result.alternatives[k].members = result.alternatives[k].members.map { original[$0] }
      }
      return .done(result)
    } catch ShardStop.wanted(let stage) {
      return .waiting(stage)
    }
  }
}

/// What is said of the stage that waits.
struct ShardReport: Encodable {
  var done: Bool
  var folder: String
  var stage: String?
  var pieces = 0
  var missing: [Int] = []
  var estimatedCpuSeconds = 0.0
  var counts: LinkingCounts?

  init(_ folder: ShardFolder, waiting stage: ShardStage?) {
    done = folder.isDone
    self.folder = folder.url.path
    guard let stage else { return }
    self.stage = stage.stage.name
    pieces = stage.pieces.count
    missing = folder.missing(stage)
    estimatedCpuSeconds = stage.pieces.reduce(0) {
      $0 + (missing.contains($1.number) ? $1.estimatedCpuSeconds : 0)
    }
  }

  func print(json: Bool) throws {
    if json { return try Reporting.printJSON(self) }
    if done { return try Reporting.printText("\(folder): the links are written\n") }
    guard let stage else {
      return try Reporting.printText(
        "\(folder): no stage waits for pieces; go on with shard merge\n")
    }
    let seconds = (estimatedCpuSeconds * 10).rounded() / 10
    try Reporting.printText(
      "\(folder): stage \"\(stage)\", \(missing.count) of \(pieces) pieces to run, about"
        + " \(seconds) CPU s; then shard merge\n")
  }
}
