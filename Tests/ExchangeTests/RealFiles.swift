import Foundation
import TestSupport

/// Files of the real data folder, uncompressed where needed.
enum RealFiles {
  static func url(_ path: String) throws -> URL {
    guard let folder = TestPaths.sharedData else { throw CocoaError(.fileNoSuchFile) }
    return folder.appending(path: path)
  }

  /// Writes the uncompressed bytes of a `.gz` file into `folder`.
  static func gunzip(_ path: String, into folder: URL) throws -> URL {
    let output = folder.appending(
      path: URL(filePath: path).deletingPathExtension().lastPathComponent)
    _ = FileManager.default.createFile(atPath: output.path, contents: nil)
    let process = Process()
    process.executableURL = URL(filePath: "/bin/gzip")
    process.arguments = ["-dc", try url(path).path]
    process.standardOutput = try FileHandle(forWritingTo: output)
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.fileReadCorruptFile) }
    return output
  }

  /// Calls `body` with a fresh folder and removes it.
  static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }
}
