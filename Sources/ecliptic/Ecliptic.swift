import ArgumentParser
import Astro
import Foundation

@main
struct Ecliptic: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ecliptic",
    abstract: "Links asteroid detections, fits orbits, keeps an SSObject catalog, tags alerts.",
    discussion: """
      EXAMPLE
        ecliptic import --catalog survey.db MPCORB.DAT
        ecliptic ingest --catalog survey.db detections.csv
        ecliptic nightly --catalog survey.db --night 2026-11-22
        ecliptic tag --catalog survey.db alerts.avro --output tagged.avro
      """,
    version: "0.1.0",
    subcommands: [
      AlertCommand.self,
      CatalogCommand.self,
      EphemerisCommand.self,
      EvaluateCommand.self,
      ExportCommand.self,
      FilterCommand.self,
      FitCommand.self,
      FollowUpCommand.self,
      ImportCommand.self,
      IngestCommand.self,
      LinkCommand.self,
      NightlyCommand.self,
      OrbitCommand.self,
      PredictCommand.self,
      PropagateCommand.self,
      ServeCommand.self,
      ShardCommand.self,
      SimulateCommand.self,
      TagCommand.self,
    ])

  /// Runs the command line; every error ends here, as one line on stderr and an exit code.
  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      let code = ExitStatus.code(for: error)
      if code == ExitStatus.done || (code == ExitStatus.usage && !(error is AstroError)) {
        // Usage and help texts are ArgumentParser's; only the code is ours.
        let message = fullMessage(for: error)
        if code == ExitStatus.done { print(message) } else { Reporting.printError(message) }
      } else if !(error is ExitCode) {
        Reporting.printError("ecliptic: \(error)")
      }
      Foundation.exit(code.rawValue)
    }
  }
}
