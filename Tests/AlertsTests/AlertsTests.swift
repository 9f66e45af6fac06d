import Alerts
import Foundation
import TestSupport

/// Where the real alerts are, and what reads them.
enum RealAlerts {
  static let folder = (TestPaths.sharedData ?? TestPaths.root).appending(path: "alerts")
  static let rubin = folder.appending(path: "rubin")
  static let ztf = folder.appending(path: "ztf")

  /// Id 1000 resolved to one file.
  static func registry() throws -> SchemaRegistry {
    try SchemaRegistry(folder: folder.appending(path: "schemas"))
  }

  static func reader() throws -> AlertReader {
    AlertReader(registry: try registry())
  }

  /// The rows of a CSV file without quoting, by column name.
  static func rows(_ url: URL) throws -> [[String: String]] {
    let lines = try String(contentsOf: url, encoding: .utf8).split(whereSeparator: \.isNewline)
    let header = lines[0].split(separator: ",", omittingEmptySubsequences: false)
    return lines.dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      return Dictionary(
        uniqueKeysWithValues: zip(header, cells).map { (String($0), String($1)) })
    }
  }
}
