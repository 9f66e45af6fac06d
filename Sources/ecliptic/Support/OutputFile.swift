import CDispatch
import Foundation

/// Where a command's data goes: a file, complete or not at all, or standard output for `-`.
///
/// A file is written under a temporary name beside its place and renamed when all is well, so
/// that a reader never sees half of it. A place that exists and is no regular file (a pipe, a
/// device) is written directly.
struct OutputFile: ~Copyable {
  private let path: String
  /// Where the bytes go until ``commit()``; nil when they go to their place directly.
  private let temporaryPath: String?
  private var descriptor: Int32
  private var buffer: [UInt8] = []

  /// Runs `body` with the open output and makes it the file `path` when `body` returns.
  static func write(
    to path: String, _ body: (inout OutputFile) throws -> Void
  ) throws {
    var output = try OutputFile(path: path)
    try body(&output)
    try output.commit()
  }

  /// As above, for a body that waits for other work.
  static func write(
    to path: String, _ body: (inout OutputFile) async throws -> Void
  ) async throws {
    var output = try OutputFile(path: path)
    try await body(&output)
    try output.commit()
  }

  private init(path: String) throws {
    self.path = path
    var status = stat()
    if path == "-" {
      temporaryPath = nil
      descriptor = dup(STDOUT_FILENO)
    } else if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      temporaryPath = nil
      descriptor = open(path, O_WRONLY)
    } else {
      let temporary = Self.temporaryName(for: path)
      temporaryPath = temporary
      descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    }
    if descriptor < 0 {
      throw CommandError.unwritable(path: path, reason: String(cString: strerror(errno)))
    }
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      if let temporaryPath { unlink(temporaryPath) }
    }
  }

  mutating func write(_ text: String) throws {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= 1 << 16 { try flush() }
  }

  mutating func write(bytes: some Sequence<UInt8>) throws {
    buffer.append(contentsOf: bytes)
    if buffer.count >= 1 << 16 { try flush() }
  }

  private mutating func flush() throws {
    var written = 0
    while written < buffer.count {
      let count = buffer.withUnsafeBytes { bytes in
        Glibc.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw CommandError.unwritable(path: path, reason: String(cString: strerror(errno)))
      }
      written += count
    }
    buffer.removeAll(keepingCapacity: true)
  }

  private mutating func commit() throws {
    try flush()
    let result = close(descriptor)
    descriptor = -1
    do {
      if result != 0 {
        throw CommandError.unwritable(path: path, reason: String(cString: strerror(errno)))
      }
      if let temporaryPath { try Self.rename(temporaryPath, to: path) }
    } catch {
      if let temporaryPath { unlink(temporaryPath) }
      throw error
    }
  }

  private static func temporaryName(for path: String) -> String {
    let url = URL(filePath: path)
    return url.deletingLastPathComponent()
      .appending(path: ".\(url.lastPathComponent).\(getpid()).tmp").path
  }

  private static func rename(_ from: String, to path: String) throws {
    if Glibc.rename(from, path) != 0 {
      throw CommandError.unwritable(path: path, reason: String(cString: strerror(errno)))
    }
  }
}
