public import Foundation

/// One run of the built program.
public struct ProgramRun: Sendable {
  public let status: Int32
  public let output: String
  public let errors: String

  /// Runs `ecliptic` with arguments, waits for its end.
  ///
  /// - Parameters:
  ///   - input: what it reads on standard input; nil: nothing.
  ///   - prefix: a program that runs it, with its arguments, e.g. `["/usr/bin/setpriv", …]`.
  public init(
    _ arguments: [String], input: String? = nil, prefix: [String] = [], folder: URL? = nil
  ) throws {
    let process = Process()
    let command = prefix + [TestPaths.program.path] + arguments
    process.executableURL = URL(filePath: command[0])
    process.arguments = Array(command.dropFirst())
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    environment["ECLIPTIC_EPHEMERIDES"] = TestPaths.ephemerides.path
    process.environment = environment
    let scratch = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: scratch) }
    // Files, not pipes: a pipe that nobody empties in time stops the program.
    let streams = ["in", "out", "err"].map { scratch.appending(path: $0) }
    try Data((input ?? "").utf8).write(to: streams[0])
    for stream in streams[1...] { try Data().write(to: stream) }
    process.standardInput = try FileHandle(forReadingFrom: streams[0])
    process.standardOutput = try FileHandle(forWritingTo: streams[1])
    process.standardError = try FileHandle(forWritingTo: streams[2])
    try process.run()
    process.waitUntilExit()
    status = process.terminationStatus
    output = try String(contentsOf: streams[1], encoding: .utf8)
    errors = try String(contentsOf: streams[2], encoding: .utf8)
  }
}
