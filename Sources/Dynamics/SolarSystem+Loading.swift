import Astro
public import Foundation

extension SolarSystem {
  /// The environment variable that names the folder of kernels.
  public static let folderVariable = "ECLIPTIC_EPHEMERIDES"

  /// Opens kernels and tables; about 15 ms.
  ///
  /// - Parameter folder: with de440.bsp and sb441-n16.bsp, excerpts or the full kernels; every `*.bsp`
  ///   in it is used. Tables that it lacks (`constants.txt`, `leap-seconds.txt`, `observatories.tsv`,
  ///   `earth-orientation.txt`) are taken from the folder that comes with the program. Nil: the folder
  ///   that ECLIPTIC_EPHEMERIDES names, else the one that comes with the program: `Ephemerides` beside
  ///   or above the executable or the current folder, else `share/ecliptic/Ephemerides` beside the
  ///   executable's `bin`.
  public static func load(folder: URL? = nil) throws(DynamicsError) -> SolarSystem {
    let kernels: URL
    if let named = folder ?? namedFolder() {
      kernels = named
    } else {
      kernels = try bundledFolder()
    }
    let ephemeris = try Ephemeris(folder: kernels)
    let leap = try read("leap-seconds.txt", kernels)
    let leapSeconds: LeapSeconds
    do {
      leapSeconds = try LeapSeconds(parsing: leap.text, file: leap.path)
    } catch {
      throw .unreadableFile(path: leap.path, reason: error.description)
    }
    let constants = try read("constants.txt", kernels)
    let codes = try read("observatories.tsv", kernels)
    let orientation = try read("earth-orientation.txt", kernels)
    return SolarSystem(
      ephemeris: ephemeris,
      gravity: try GravityConstants(parsing: constants.text, file: constants.path),
      observatories: try Observatories(parsing: codes.text, file: codes.path),
      earthOrientation: try EarthOrientation(
        parsing: orientation.text, file: orientation.path, leapSeconds: leapSeconds),
      leapSeconds: leapSeconds)
  }

  /// The text of a table of the folder of ephemerides, for rooms that keep theirs there.
  ///
  /// - Parameter folder: as in ``load(folder:)``.
  public static func table(
    named name: String, folder: URL? = nil
  ) throws(DynamicsError) -> (text: String, path: String) {
    if let named = folder ?? namedFolder() { return try read(name, named) }
    return try read(name, try bundledFolder())
  }

  /// The folder that the environment names.
  private static func namedFolder() -> URL? {
    ProcessInfo.processInfo.environment[folderVariable].flatMap {
      $0.isEmpty ? nil : URL(filePath: $0)
    }
  }

  /// A table of the folder, or of the program's own.
  private static func read(
    _ name: String, _ folder: URL
  ) throws(DynamicsError) -> (text: String, path: String) {
    var file = folder.appending(path: name)
    if !FileManager.default.fileExists(atPath: file.path) {
      file = try bundledFolder().appending(path: name)
    }
    do {
      return (try String(contentsOf: file, encoding: .utf8), file.path)
    } catch {
      throw .unreadableFile(
        path: file.path, reason: "cannot be read; make it with Tools/make-ephemerides")
    }
  }

  private static func bundledFolder() throws(DynamicsError) -> URL {
    let program = URL(filePath: CommandLine.arguments.first ?? "").resolvingSymlinksInPath()
    let executable =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      .map { URL(filePath: $0) } ?? program
    let here = URL(filePath: FileManager.default.currentDirectoryPath)
    var candidates: [URL] = []
    for start in [executable.deletingLastPathComponent(), here] {
      var folder = start
      while true {
        candidates.append(folder.appending(path: "Ephemerides"))
        if folder.path == "/" || folder.pathComponents.count <= 1 { break }
        folder = folder.deletingLastPathComponent()
      }
    }
    candidates.append(
      executable.deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "share/ecliptic/Ephemerides"))
    for folder in candidates
    where FileManager.default.fileExists(atPath: folder.appending(path: "de440.bsp").path) {
      return folder
    }
    throw .ephemeridesNotFound(searched: candidates.map(\.path))
  }
}
