import ArgumentParser
import Foundation
import Shards

struct ShardCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shard",
    abstract: "Links in pieces: the same links as link, made by many processes or machines.",
    discussion: """
      plan makes a folder that all processes can reach, and cuts the first long stage into pieces. \
      run makes one piece: it may be killed, run again, or run twice at once, and leaves a whole piece \
      or none. merge takes what the pieces gave, and either cuts the next stage or writes the links. \
      It refuses pieces that are missing, damaged or of another run, and names them.

      The links are those of link on one machine, whatever the pieces and their order. All processes \
      must run the same build of the program.

      EXAMPLE
        ecliptic shard plan detections.csv --output run --workers 4
        ecliptic shard run run 1          (and 2, 3, … on any machine)
        ecliptic shard merge run --output links.csv
        ecliptic shard status run --json  (which stage waits for which pieces)
      """,
    subcommands: [Plan.self, Run.self, Merge.self, Status.self])
}

/// The folder of a run.
struct ShardFolderArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("The run's folder, as shard plan made it.", valueName: "folder"))
  var folder: String

  func open() throws -> ShardFolder { try ShardFolder(opening: URL(filePath: folder)) }
}

extension ShardCommand {
  struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Says which stage waits for which pieces.",
      discussion: """
        EXAMPLE
          ecliptic shard status run --json
        """)

    @OptionGroup var place: ShardFolderArgument
    @OptionGroup var report: ReportOption

    func run() throws {
      let folder = try place.open()
      try ShardReport(folder, waiting: try folder.current()).print(json: report.json)
    }
  }
}
