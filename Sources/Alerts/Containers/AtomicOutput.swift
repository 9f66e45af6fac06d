import Foundation
import Synchronization

/// A file that appears under its name only when it is complete: written beside it under a
/// temporary name, renamed by ``commit()``. `-` is standard output, which can't be taken back; nor
/// can what goes to a pipe or device, which is written directly.
public final class AtomicOutput {
  public let path: String
  private let temporary: URL?
  private let handle: FileHandle
  private var buffer: [UInt8] = []
  private var isOpen = true
  private var isClosed = false
  private static let bufferSize = 1 << 20

  /// - Throws: ``AlertsError/file(_:reason:)`` when the folder can't be written to.
  public init(path: String) throws(AlertsError) {
    self.path = path
    if path == "-" {
      temporary = nil
      handle = FileHandle.standardOutput
      return
    }
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      guard status.st_mode & S_IFMT != S_IFDIR, let opened = FileHandle(forWritingAtPath: path)
      else { throw .file(path, reason: "is a folder, or can't be written") }
      temporary = nil
      handle = opened
      return
    }
    let target = URL(filePath: path)
    Self.removeRemains(in: target.deletingLastPathComponent())
    let name = ".\(target.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).part"
    let part = target.deletingLastPathComponent().appending(path: name)
    guard FileManager.default.createFile(atPath: part.path, contents: nil),
      let opened = FileHandle(forWritingAtPath: part.path)
    else { throw .file(path, reason: "can't be written; does its folder exist and allow it?") }
    temporary = part
    handle = opened
  }

  deinit { discard() }

  /// Folders in which this process has looked for remains.
  private static let looked = Mutex<Set<String>>([])

  /// Removes what processes that were killed left in a folder, once: they are gone from this machine,
  /// and none, on no machine that shares the folder, has written to it for an hour.
  private static func removeRemains(in folder: URL) {
    guard looked.withLock({ $0.insert(folder.path).inserted }) else { return }
    guard let directory = opendir(folder.path) else { return }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      // `.NAME.PROCESS.part`
      guard name.hasPrefix("."), name.hasSuffix(".part"),
        let process = name.dropLast(5).split(separator: ".").last.flatMap({ Int32($0) }),
        process > 0, kill(process, 0) != 0, errno == ESRCH
      else { continue }
      let path = folder.appending(path: name).path
      var status = stat()
      guard stat(path, &status) == 0, time(nil) - status.st_mtim.tv_sec > 3_600 else { continue }
      unlink(path)
    }
  }

  public func write(_ bytes: some Collection<UInt8>) throws(AlertsError) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= Self.bufferSize { try flush() }
  }

  /// A range of some data: long ones go out as they lie, without a copy.
  func write(_ data: Data, _ range: Range<Int>) throws(AlertsError) {
    guard range.count >= Self.bufferSize / 16 else {
      return try write(
        data[(data.startIndex + range.lowerBound)..<(data.startIndex + range.upperBound)])
    }
    try flush()
    let descriptor = handle.fileDescriptor
    let problem: Int32 = data.withUnsafeBytes { bytes in
      var rest = UnsafeRawBufferPointer(rebasing: bytes[range])
      while !rest.isEmpty {
        let written = Glibc.write(descriptor, rest.baseAddress, min(rest.count, 1 << 30))
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { return errno == 0 ? EIO : errno }
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
      }
      return 0
    }
    guard problem == 0 else {
      throw .file(path, reason: "can't be written: \(String(cString: strerror(problem)))")
    }
  }

  /// Writes what is left; the file waits for its name. Of many files that shall appear together
  /// none stays open.
  public func close() throws(AlertsError) {
    guard isOpen, !isClosed else { return }
    try flush()
    isClosed = true
    buffer = []
    guard temporary != nil else { return }
    do {
      try handle.close()
    } catch {
      throw .file(path, reason: "can't be closed: \(error.localizedDescription)")
    }
  }

  /// Writes what is left and gives the file its name.
  public func commit() throws(AlertsError) {
    try close()
    isOpen = false
    guard let temporary else { return }
    // rename(2) replaces an older file in one step.
    guard rename(temporary.path, path) == 0 else {
      throw .file(path, reason: "can't be renamed: \(String(cString: strerror(errno)))")
    }
  }

  /// Leaves nothing behind. Harmless after ``commit()``.
  public func discard() {
    guard isOpen else { return }
    isOpen = false
    guard let temporary else { return }
    if !isClosed { try? handle.close() }
    try? FileManager.default.removeItem(at: temporary)
  }

  private func flush() throws(AlertsError) {
    guard !buffer.isEmpty else { return }
    do {
      try handle.write(contentsOf: Data(buffer))
    } catch {
      throw .file(path, reason: "can't be written: \(error.localizedDescription)")
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
