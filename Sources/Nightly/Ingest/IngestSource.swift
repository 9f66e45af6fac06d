import Alerts
import Foundation

/// A file on its way into the catalog, and whether it holds alerts or text.
public struct IngestSource: Sendable {
  /// Its absolute path, or `-` for standard input, which is text.
  public let name: String
  public let isAlerts: Bool

  /// - Parameters:
  ///   - schemas: of framed alerts.
  ///   - checkText: opens a text file and throws what is wrong with it.
  /// - Throws: what is wrong with a file that is named, so that nothing is begun for it. What is in
  ///   a folder is opened when its turn comes.
  static func sources(
    _ paths: [String], schemas: SchemaRegistry, checkText: (String) throws -> Void
  ) throws -> [IngestSource] {
    var sources: [IngestSource] = []
    for path in paths {
      let name = URL(filePath: path).standardizedFileURL.path
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: name, isDirectory: &isFolder)
      if path == "-" {
        sources.append(IngestSource(name: path, isAlerts: false))
      } else if isFolder.boolValue {
        sources += try AlertReader.files(at: URL(filePath: name))
          .map { IngestSource(name: $0.path, isAlerts: true) }
      } else if AlertReader.holdsAlerts(URL(filePath: name)) {
        _ = try AlertFile(url: URL(filePath: name), registry: schemas)
        sources.append(IngestSource(name: name, isAlerts: true))
      } else {
        try checkText(name)
        sources.append(IngestSource(name: name, isAlerts: false))
      }
    }
    return sources
  }
}
