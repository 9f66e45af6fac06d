import Alerts
import Foundation

/// What `tag` writes beside a stream: lines that are appended, on the disk before the alerts that
/// they speak of are written.
final class StreamSidecars: Sendable {
  private let candidates: LineFile?
  private let missing: LineFile?

  /// - Parameters: paths, nil where they are not wanted.
  init(candidates: String?, missing: String?) throws {
    self.candidates = try candidates.map { try LineFile($0, header: CandidatesCSV.header) }
    self.missing = try missing.map { try LineFile($0, header: MissingObject.csvHeader) }
  }

  func add(_ results: [AlertTagger.Result]) throws {
    try candidates?.append(
      results.lazy.flatMap(\.alerts).map { CandidatesCSV.lines($0) }.joined())
    try missing?.append(results.lazy.flatMap(\.missing).map(\.csvLine).joined())
  }

  /// A file that only grows.
  private struct LineFile: Sendable {
    let path: String
    let descriptor: Int32

    /// Goes on with a file that begins with the header; begins an empty one with it.
    init(_ path: String, header: String) throws {
      self.path = path
      descriptor =
        path == "-" ? STDOUT_FILENO : open(path, O_RDWR | O_CREAT | O_APPEND, 0o666)
      guard descriptor >= 0 else { throw Self.failure(path, "can't be opened", errno) }
      var head = [UInt8](repeating: 0, count: header.utf8.count)
      let found = path == "-" ? 0 : pread(descriptor, &head, head.count, 0)
      if found <= 0 { try append(header) }
      guard found <= 0 || head.elementsEqual(header.utf8) else {
        throw AlertsError.file(
          path, reason: "is there and doesn't begin with \(header.dropLast()); name another file")
      }
    }

    func append(_ text: String) throws {
      guard !text.isEmpty else { return }
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { throw Self.failure(path, "can't be written", errno) }
        rest = rest.dropFirst(written)
      }
      // A pipe or terminal can't be synchronised: EINVAL is no failure there.
      if fdatasync(descriptor) != 0, errno != EINVAL, errno != EROFS {
        throw Self.failure(path, "can't be written", errno)
      }
    }

    private static func failure(_ path: String, _ what: String, _ code: Int32) -> AlertsError {
      .file(path, reason: "\(what): \(String(cString: strerror(code)))")
    }
  }
}
