import Foundation
import Synchronization

/// The right to write a catalog: an advisory lock on the file `<catalog>.lock`.
///
/// The kernel holds it for the open file, so it ends with the process, however that ends: a file
/// left behind by a dead process locks nobody out. The file holds the holder's process id, for
/// the message only.
final class CatalogLock: Sendable {
  private let descriptor: Mutex<Int32>

  init(catalogPath: String) throws(CatalogError) {
    let path = catalogPath + ".lock"
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    if file < 0 { throw .notWritable(path: path) }
    if flock(file, LOCK_EX | LOCK_NB) != 0 {
      var bytes = [UInt8](repeating: 0, count: 20)
      let count = max(0, read(file, &bytes, bytes.count))
      close(file)
      let holder = String(decoding: bytes.prefix(count), as: UTF8.self)
        .trimmingCharacters(in: .whitespacesAndNewlines)
      throw .locked(
        path: catalogPath, holder: holder.isEmpty ? "of an unknown process" : "process \(holder)")
    }
    let text = Array("\(getpid())\n".utf8)
    // The process id is a courtesy: a full disk must not keep anybody from locking.
    if ftruncate(file, 0) == 0 { _ = Glibc.write(file, text, text.count) }
    descriptor = Mutex(file)
  }

  func release() {
    descriptor.withLock { file in
      guard file >= 0 else { return }
      // Not by closing alone: a child process that is just being made may have a copy.
      flock(file, LOCK_UN)
      close(file)
      file = -1
    }
  }

  deinit { release() }
}
