public import Foundation

/// Where tests find what they read.
public enum TestPaths {
  /// The package's root folder.
  public static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  public static let ephemerides = root.appending(path: "Ephemerides")
  public static let fixtures = root.appending(path: "Fixtures")

  /// Real observations, alerts and truth that are not part of the project: the folder that
  /// ECLIPTIC_TEST_DATA names, else `../shared/data`. Nil where there is none; tests that need it
  /// use `.enabled(if: TestPaths.sharedData != nil, "needs the real data folder")`.
  public static let sharedData: URL? = {
    let folder =
      ProcessInfo.processInfo.environment["ECLIPTIC_TEST_DATA"].map { URL(filePath: $0) }
      ?? root.appending(path: "../shared/data").standardizedFileURL
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }()

  /// The built `ecliptic` program, beside the test bundle.
  public static let program: URL = {
    let bundle = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    return bundle.appending(path: "ecliptic")
  }()

  /// A fresh empty folder, the caller removes it.
  public static func temporaryFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "ecliptic-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }
}
