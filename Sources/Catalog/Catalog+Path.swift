import Foundation

extension Catalog {
  /// The file that a path leads to when it is a symbolic link, else the path as it is. Locks, tables
  /// and archives lie beside the file: two names of one catalog must find the same ones.
  ///
  /// - Parameter path: of a catalog, or where one is to be made.
  public static func file(at path: String) -> String {
    var current = path
    // As many links as the kernel follows.
    for _ in 0..<40 {
      guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: current) else {
        return current
      }
      let folder = URL(filePath: current).deletingLastPathComponent()
      current = target.hasPrefix("/") ? target : folder.appending(path: target).path
    }
    return path
  }
}
