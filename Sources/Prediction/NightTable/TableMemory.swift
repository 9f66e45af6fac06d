import Foundation

/// The bytes of a table: a file mapped for reading, or memory that a builder fills.
///
/// A mapped file must not be shortened while it is open: tables are replaced by renaming
/// (``NightTable/write(to:)``), which leaves the old one to those who have it.
///
/// A file that a builder fills has a temporary name until ``rename(to:)``, and goes with the memory
/// if it never gets another. Only its builder writes to it, before others see it.
@safe final class TableMemory: @unchecked Sendable {
  let count: Int
  let bytes: UnsafeMutableRawPointer
  private let isMapped: Bool
  /// Of a file that waits for its name: the temporary one, and the one that it will have.
  private var waiting: (part: String, path: String)?

  /// Zeroed memory.
  init(count: Int) {
    self.count = count
    isMapped = false
    waiting = nil
    unsafe bytes = .allocate(byteCount: max(64, count), alignment: 64)
    unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0, count: count)
  }

  /// Zeroes of a new file, whose room on the disk is taken at once: a full disk is found now rather
  /// than when it is filled.
  ///
  /// - Parameter path: where it will be.
  init(count: Int, fileFor path: String) throws(PredictionError) {
    let part = Self.temporaryName(path)
    let descriptor = unsafe open(part, O_RDWR | O_CREAT | O_TRUNC, 0o666)
    guard descriptor >= 0 else {
      throw .table(path: path, reason: unsafe String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    let code = posix_fallocate(descriptor, 0, count)
    guard code == 0,
      let start = unsafe mmap(
        nil, count, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
      unsafe start != MAP_FAILED
    else {
      let reason = unsafe String(cString: strerror(code == 0 ? errno : code))
      unsafe unlink(part)
      throw .table(path: path, reason: reason)
    }
    self.count = count
    isMapped = true
    waiting = (part, path)
    unsafe bytes = start
  }

  static func temporaryName(_ path: String) -> String {
    path + ".\(ProcessInfo.processInfo.processIdentifier).part"
  }

  /// Gives the file that a builder has filled its name.
  ///
  /// - Returns: false when it is no file that waits for this name.
  /// - Throws: ``PredictionError`` when it can't be renamed.
  func rename(to path: String) throws(PredictionError) -> Bool {
    guard let names = waiting, names.path == path else { return false }
    guard unsafe Glibc.rename(names.part, path) == 0 else {
      throw .table(
        path: path, reason: "can't be renamed: \(unsafe String(cString: strerror(errno)))")
    }
    waiting = nil
    return true
  }

  init(path: String) throws(PredictionError) {
    waiting = nil
    let descriptor = unsafe open(path, O_RDONLY)
    guard descriptor >= 0 else {
      throw .table(path: path, reason: unsafe String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    let size = lseek(descriptor, 0, SEEK_END)
    guard size >= TableHeader.size else {
      throw .table(path: path, reason: "\(size) bytes are too few for a table's header")
    }
    guard
      let start = unsafe mmap(nil, Int(size), PROT_READ, MAP_SHARED, descriptor, 0),
      unsafe start != MAP_FAILED
    else { throw .table(path: path, reason: unsafe String(cString: strerror(errno))) }
    count = Int(size)
    isMapped = true
    unsafe bytes = start
  }

  deinit {
    if let waiting { unsafe unlink(waiting.part) }
    if isMapped { unsafe munmap(bytes, count) } else { unsafe bytes.deallocate() }
  }

  /// A value at a byte offset, little-endian as all of a table; the caller has checked the bounds.
  @inline(__always)
  func load<T: BitwiseCopyable>(_ type: T.Type, at offset: Int) -> T {
    unsafe UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: offset, as: type)
  }

  @inline(__always)
  func store<T: BitwiseCopyable>(_ value: T, at offset: Int) {
    unsafe bytes.storeBytes(of: value, toByteOffset: offset, as: T.self)
  }

  /// A checksum of some bytes, whose number is a multiple of 8: four chains of multiplications
  /// (as in FNV-1a, by words), so that the processor works on four words at once.
  func checksum(_ range: Range<Int>) -> UInt64 {
    let prime: UInt64 = 0x0000_0100_0000_01b3
    @inline(__always)
    func mixed(_ chain: UInt64, _ at: Int) -> UInt64 {
      let product = (chain ^ load(UInt64.self, at: at)) &* prime
      return product ^ (product >> 29)
    }
    var (a, b, c, d) = (UInt64(0xcbf2_9ce4_8422_2325), UInt64(1), UInt64(2), UInt64(3))
    var at = range.lowerBound
    while at &+ 32 <= range.upperBound {
      a = mixed(a, at)
      b = mixed(b, at &+ 8)
      c = mixed(c, at &+ 16)
      d = mixed(d, at &+ 24)
      at &+= 32
    }
    var sum = UInt64(range.count)
    let chains: InlineArray<4, UInt64> = [a, b, c, d]
    for k in 0..<4 { sum = ((sum ^ chains[k]) &* prime) ^ (sum >> 31) }
    while at < range.upperBound {
      sum = mixed(sum, at)
      at &+= 8
    }
    return sum
  }
}
