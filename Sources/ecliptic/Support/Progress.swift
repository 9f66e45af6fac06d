import Foundation
import Synchronization

/// A line of progress on stderr, only when stderr is a terminal.
final class Progress: Sendable {
  private let isShown: Bool
  private let last = Mutex("")

  init(quiet: Bool) { isShown = !quiet && isatty(STDERR_FILENO) == 1 }

  /// Replaces the line.
  func show(_ text: String) {
    guard isShown else { return }
    last.withLock { line in
      guard line != text else { return }
      line = text
      FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
    }
  }

  /// Takes the line away, before other text is printed and at the end.
  func clear() {
    guard isShown else { return }
    last.withLock { line in
      guard !line.isEmpty else { return }
      line = ""
      FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
    }
  }
}
