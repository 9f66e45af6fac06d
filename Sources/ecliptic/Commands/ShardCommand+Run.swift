import ArgumentParser
import Dynamics
import Foundation
import Linking
import Logging
import Shards

extension ShardCommand {
  struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Makes one piece of the stage that waits.",
      discussion: """
        A piece that is there already is left as it is. Code 0: the piece is there; 1: it is not, and \
        why stands on stderr. With --stage a process that comes late, when the run has gone on, does \
        nothing and ends with 1.

        EXAMPLE
          ecliptic shard run run 7 --jobs 1 --stage "slow pairs 1"
        """)

    @OptionGroup var place: ShardFolderArgument
    @Argument(help: ArgumentHelp("Number of the piece, from 1.", valueName: "piece"))
    var piece: Int
    @Option(help: ArgumentHelp("The stage that is meant.", valueName: "name"))
    var stage: String?
    @OptionGroup var jobs: JobsOption
    @OptionGroup var log: LogOptions

    func run() async throws {
      let folder = try place.open()
      guard let current = try folder.current() else {
        throw ShardError.nothingToRun(path: place.folder)
      }
      if let stage, stage != current.stage.name {
        throw ShardError.notTheStage(stage, current: current.stage.name)
      }
      guard (1...current.pieces.count).contains(piece) else {
        throw ShardError.noSuchPiece(
          piece, stage: current.stage.name, count: current.pieces.count)
      }
      let store = ShardStore(folder, piece: piece, of: current)
      guard !store.isDone(piece, of: current) else { return }
      do {
        _ = try await link(
          pieces: Pieces(jobs: jobs.count, store: store), options: folder.manifest.options,
          solarSystem: try SolarSystem.load()
        ) { try folder.input() }
      } catch ShardStop.pieceDone {
        log.logger("shard").info("piece \(piece) of \(current.stage.name) is there")
      }
    }
  }
}
