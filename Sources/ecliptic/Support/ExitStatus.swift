import ArgumentParser
import Astro
import Catalog

/// The program's exit codes, the same for every command.
enum ExitStatus {
  /// The command did what it was asked, all of it.
  static let done = ExitCode(0)
  /// It failed; nothing is half-written.
  static let failed = ExitCode(1)
  /// The command line makes no sense.
  static let usage = ExitCode(2)
  /// Done, but some records were quarantined.
  static let quarantined = ExitCode(3)
  /// Another run holds the catalog.
  static let locked = ExitCode(4)

  /// Done, but the night is abnormal: the report says what to look at.
  static let abnormal = ExitCode(5)

  /// The code that an error thrown by a command ends the program with.
  static func code(for error: any Error) -> ExitCode {
    if let code = error as? ExitCode { return code }
    if let error = error as? CatalogError, case .locked = error { return locked }
    // Times stand on the command line only; those of files are told with their line.
    if let error = error as? AstroError, case .invalidTime = error { return usage }
    let code = Ecliptic.exitCode(for: error)
    return code == .validationFailure ? usage : code
  }
}
