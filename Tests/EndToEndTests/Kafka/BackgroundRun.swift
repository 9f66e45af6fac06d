import Foundation
import TestSupport

/// The program running while the test goes on.
final class BackgroundRun {
  private let process = Process()
  private let log: URL

  init(_ arguments: [String]) throws {
    process.executableURL = TestPaths.program
    process.arguments = arguments
    var environment = ProcessInfo.processInfo.environment
    environment["ECLIPTIC_EPHEMERIDES"] = TestPaths.ephemerides.path
    process.environment = environment
    log = FileManager.default.temporaryDirectory.appending(path: "ecliptic-\(UUID().uuidString)")
    try Data().write(to: log)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: log)
    try process.run()
  }

  deinit {
    if process.isRunning { kill() }
    try? FileManager.default.removeItem(at: log)
  }

  var errors: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

  /// As a power cut would.
  func kill() {
    Glibc.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Waits for its end; its exit code.
  func wait() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Asks it to stop; its exit code.
  func terminate() -> Int32 {
    process.terminate()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
