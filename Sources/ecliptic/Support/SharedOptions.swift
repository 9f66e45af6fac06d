import ArgumentParser
import Catalog
import Foundation
import Logging

/// `--catalog C`.
struct CatalogOption: ParsableArguments {
  @Option(
    help: ArgumentHelp("The catalog, an SQLite file.", valueName: "file"),
    transform: { Catalog.file(at: $0) })
  var catalog: String
}

/// `--jobs N`: pieces of work at once. Results do not depend on it.
struct JobsOption: ParsableArguments {
  @Option(help: ArgumentHelp("Cores to use (default: all).", valueName: "n"))
  var jobs: Int?

  var count: Int { jobs ?? ProcessInfo.processInfo.activeProcessorCount }

  func validate() throws {
    if let jobs, !(1...4096).contains(jobs) {
      throw ValidationError("--jobs must be from 1 to 4096, not \(jobs)")
    }
  }
}

/// `--json`, for commands that print a report.
struct ReportOption: ParsableArguments {
  @Flag(help: "Print the report as JSON.")
  var json = false
}

/// `--verbose`, `--quiet`: how much is logged, always to stderr.
struct LogOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Log what is being done, in detail.")
  var verbose = false
  @Flag(name: .shortAndLong, help: "Log errors only, show no progress.")
  var quiet = false

  func logger(_ command: String) -> Logger {
    var logger = Logger(label: "ecliptic.\(command)") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = quiet ? .error : verbose ? .debug : .notice
    return logger
  }
}
