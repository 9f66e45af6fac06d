import ArgumentParser
import Astrometry
import Foundation

/// Printing what a command found.
enum Reporting {
  /// A report for machines, one JSON object, keys sorted: on stdout, or on stderr when the data
  /// are on stdout.
  static func printJSON(_ value: some Encodable, dataOnStdout: Bool = false) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let data = try encoder.encode(value)
    let text = String(decoding: data, as: UTF8.self)
    if dataOnStdout { printError(text) } else { try printText(text + "\n") }
  }

  /// A report for people, on stdout; an error when it can't be written (a full disk).
  static func printText(_ text: String) throws {
    try OutputFile.write(to: "-") { try $0.write(TerminalText.safe(text)) }
  }

  static func printError(_ text: String) {
    FileHandle.standardError.write(Data("\(TerminalText.safe(text))\n".utf8))
  }

  /// Says on stderr, once a file, how many detections state an error that can't be.
  static func warnOfErrors(takenAsMissing count: Int, in file: String) {
    guard count > 0 else { return }
    printError(
      """
      warning: \(file): \(count) detections state an error of position (raErr, decErr; rmsRA, \
      rmsDec) of 0, less than 0 or less than 10 microarcseconds: taken as not stated, so that the \
      observatory's usual scatter counts; leave unknown errors empty
      """)
  }

  /// Says on stderr which records were left out and why: the first few in full, then a count.
  static func printQuarantined(_ records: [QuarantinedRecord], limit: Int = 20) {
    for record in records.prefix(limit) { printError("quarantined: \(record)") }
    if records.count > limit {
      printError("quarantined: \(records.count - limit) more records")
    }
  }

  /// Ends the command with exit code 3 when records were quarantined.
  static func exitIfQuarantined(_ count: Int) throws {
    if count > 0 { throw ExitStatus.quarantined }
  }
}
