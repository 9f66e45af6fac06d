public import Foundation

/// The bytes of a file, mapped, whose pages can be given back once they are done with: a file may
/// be larger than memory.
///
/// The file must not be shortened while it is mapped.
final class FileMapping: @unchecked Sendable {
  // Nobody writes to the mapped memory: safe to read on any thread.
  private let base: UnsafeMutableRawPointer?
  let count: Int
  private static let pageSize = sysconf(Int32(_SC_PAGESIZE))

  /// - Throws: ``AlertsError/file(_:reason:)``.
  convenience init(path: String) throws(AlertsError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .file(path, reason: "can't be read; does it exist and allow reading?")
    }
    defer { close(descriptor) }
    try self.init(descriptor: descriptor, name: path)
  }

  /// Maps a file from its beginning. What comes from a pipe is copied to a nameless file in
  /// the temporary folder first, which is gone with the mapping.
  ///
  /// - Parameter descriptor: stays the caller's.
  /// - Throws: ``AlertsError/file(_:reason:)``.
  init(descriptor: Int32, name: String) throws(AlertsError) {
    var status = stat()
    let isRegular =
      fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
      && lseek(descriptor, 0, SEEK_CUR) == 0
    if isRegular {
      (base, count) = try Self.map(descriptor, name)
    } else {
      let spool = try Self.spool(descriptor, name)
      defer { close(spool) }
      (base, count) = try Self.map(spool, name)
    }
  }

  deinit {
    if let base { munmap(base, count) }
  }

  /// All of it, not copied: the mapping lives as long as the data do.
  var data: Data {
    guard let base else { return Data() }
    return Data(
      bytesNoCopy: base, count: count,
      deallocator: .custom { _, _ in withExtendedLifetime(self) {} })
  }

  /// Takes a range's pages out of this process's memory; they are read again when they are wanted.
  func release(_ range: Range<Int>) {
    guard let base, !range.isEmpty else { return }
    let start = range.lowerBound / Self.pageSize * Self.pageSize
    madvise(base + start, min(range.upperBound, count) - start, MADV_DONTNEED)
  }

  private static func map(
    _ descriptor: Int32, _ name: String
  ) throws(AlertsError) -> (UnsafeMutableRawPointer?, Int) {
    let size = lseek(descriptor, 0, SEEK_END)
    guard size >= 0 else { throw .file(name, reason: "can't be read: \(lastError)") }
    guard size > 0 else { return (nil, 0) }
    let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let start, start != MAP_FAILED else {
      throw .file(name, reason: "can't be mapped: \(lastError)")
    }
    return (start, size)
  }

  private static var lastError: String { String(cString: strerror(errno)) }

  /// - Returns: a file that has no name any more, with all that came.
  private static func spool(_ source: Int32, _ name: String) throws(AlertsError) -> Int32 {
    let folder = FileManager.default.temporaryDirectory.path
    var template = Array((folder + "/ecliptic-XXXXXX").utf8CString)
    let target = mkstemp(&template)
    guard target >= 0 else {
      throw .file(
        name,
        reason: "can't be kept in \(folder): \(lastError); name another folder with TMPDIR")
    }
    unlink(template)
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let got = read(source, &buffer, buffer.count)
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else {
        let reason = "can't be read: \(lastError)"
        close(target)
        throw .file(name, reason: reason)
      }
      if got == 0 { return target }
      var written = 0
      while written < got {
        let part = buffer.withUnsafeBytes { bytes in
          write(target, bytes.baseAddress.map { $0 + written }, got - written)
        }
        if part < 0, errno == EINTR { continue }
        guard part > 0 else {
          let reason = "can't be kept in \(folder): \(lastError); name another folder with TMPDIR"
          close(target)
          throw .file(name, reason: reason)
        }
        written += part
      }
    }
  }
}

/// Goes over a mapped file from its beginning and gives back what lies behind.
struct PageSweep {
  private let mapping: FileMapping?
  private var released = 0
  /// So much is in memory.
  static let step = 64 << 20

  init(_ mapping: FileMapping?) { self.mapping = mapping }

  /// Everything before an offset is done with.
  mutating func pass(_ offset: Int) {
    guard offset - released >= Self.step else { return }
    mapping?.release(released..<offset)
    released = offset
  }
}

extension AlertReader {
  /// Whether a path is a named pipe, or the end of one that a shell gives a name to: it can be
  /// read once.
  public static func isPipe(_ url: URL) -> Bool {
    var status = stat()
    guard stat(url.path, &status) == 0 else { return false }
    return [S_IFIFO, S_IFCHR, S_IFSOCK].contains(status.st_mode & S_IFMT)
  }
}

extension AlertFile {
  /// Runs of units of about so many bytes.
  func slices(of units: Range<Int>, bytes: Int) -> [Range<Int>] {
    var slices: [Range<Int>] = []
    var start = units.lowerBound
    var sum = 0
    for index in units {
      sum += self.units[index].payload.count
      if sum >= bytes || index + 1 == units.upperBound {
        slices.append(start..<(index + 1))
        start = index + 1
        sum = 0
      }
    }
    return slices
  }

  /// Gives the memory back that some units take, where the file is mapped.
  func release(_ units: Range<Int>) {
    guard let mapping, !units.isEmpty else { return }
    mapping.release(
      self.units[units.lowerBound].offset..<self.units[units.upperBound - 1].payload.upperBound)
  }
}
