import Foundation
import GRDBSQLite

/// What SQLite would write into temporary files for one sandbox (long sorts, lists kept for later),
/// in memory that counts as the filter's; there is no other file, so nothing can be opened.
///
/// A sandbox has one of its own, registered with SQLite as a file system (`sqlite3_vfs`) under a name of
/// its own. Used by one thread.
final class ScratchStore {
  /// What `sqlite3_open_v2` calls it.
  let name: String
  private let system: UnsafeMutablePointer<sqlite3_vfs>
  private let systemName: UnsafeMutablePointer<CChar>
  fileprivate let budget: FilterBudget
  /// Blocks that were given back, for the next file.
  private var spare: [UnsafeMutablePointer<UInt8>] = []

  /// SQLITE_IOERR_SHORT_READ, a macro that Swift doesn't see.
  private static let shortRead = SQLITE_IOERR | 2 << 8
  /// A file grows by so much [bytes].
  fileprivate static let blockBytes = 1 << 18
  /// So many blocks wait for the next file; others go back to the system.
  private static let mostSpare = 16

  /// - Throws: ``FilterError/engine(reason:)``.
  init(_ budget: FilterBudget) throws(FilterError) {
    self.budget = budget
    guard let original = sqlite3_vfs_find(nil) else { throw .engine(reason: "it has no files") }
    system = .allocate(capacity: 1)
    name = "ecliptic-filter-\(UInt(bitPattern: system))"
    systemName = .allocate(capacity: name.utf8.count + 1)
    for (index, byte) in name.utf8CString.enumerated() { (systemName + index).initialize(to: byte) }
    // Clock and random numbers stay; whatever is a file goes.
    system.initialize(to: original.pointee)
    system.pointee.pNext = nil
    system.pointee.zName = UnsafePointer(systemName)
    system.pointee.szOsFile = Int32(MemoryLayout<File>.size)
    system.pointee.xOpen = Self.open
    system.pointee.xDelete = { _, _, _ in SQLITE_IOERR }
    system.pointee.xAccess = { _, _, _, found in
      found?.pointee = 0
      return SQLITE_OK
    }
    system.pointee.xFullPathname = { _, _, _, _ in SQLITE_CANTOPEN }
    system.pointee.xDlOpen = { _, _ in nil }
    // SQLite hands it to `open`, as the file system of a connection.
    system.pointee.pAppData = Unmanaged.passUnretained(self).toOpaque()
    let code = sqlite3_vfs_register(system, 0)
    guard code == SQLITE_OK else { throw .engine(reason: String(cString: sqlite3_errstr(code))) }
  }

  deinit {
    sqlite3_vfs_unregister(system)
    system.deallocate()
    systemName.deallocate()
    for block in spare { block.deallocate() }
  }

  fileprivate func takeBlock() -> UnsafeMutablePointer<UInt8>? {
    guard budget.takes(Self.blockBytes) else { return nil }
    return spare.popLast() ?? .allocate(capacity: Self.blockBytes)
  }

  fileprivate func giveBack(_ blocks: ArraySlice<UnsafeMutablePointer<UInt8>>) {
    budget.givesBack(blocks.count * Self.blockBytes)
    for block in blocks {
      if spare.count < Self.mostSpare { spare.append(block) } else { block.deallocate() }
    }
  }

  /// What is in a file.
  fileprivate final class Content {
    let store: ScratchStore
    var blocks: [UnsafeMutablePointer<UInt8>] = []
    var size = 0

    init(_ store: ScratchStore) { self.store = store }

    deinit { store.giveBack(blocks[...]) }

    /// Calls a body with the pieces of memory that hold a range, and where each begins in it.
    func forEachPiece(
      _ range: Range<Int>,
      _ body: (UnsafeMutablePointer<UInt8>, _ offset: Int, _ count: Int) -> Void
    ) {
      var at = range.lowerBound
      while at < range.upperBound {
        let (block, start) = at.quotientAndRemainder(dividingBy: blockBytes)
        let count = min(blockBytes - start, range.upperBound - at)
        body(blocks[block] + start, at - range.lowerBound, count)
        at += count
      }
    }
  }

  /// What SQLite knows of an open file.
  private struct File {
    var base: sqlite3_file
    var content: Unmanaged<Content>
  }

  private static func content(_ file: UnsafeMutablePointer<sqlite3_file>?) -> Content? {
    UnsafeMutableRawPointer(file)?.assumingMemoryBound(to: File.self).pointee.content
      .takeUnretainedValue()
  }

  // MARK: - What SQLite calls

  private static let open:
    @convention(c) (
      UnsafeMutablePointer<sqlite3_vfs>?, UnsafePointer<CChar>?,
      UnsafeMutablePointer<sqlite3_file>?, Int32, UnsafeMutablePointer<Int32>?
    ) -> Int32 = { system, name, file, flags, flagsOut in
      guard let file else { return SQLITE_CANTOPEN }
      file.pointee.pMethods = nil
      // Only what has no name is temporary.
      guard name == nil, let context = system?.pointee.pAppData else { return SQLITE_CANTOPEN }
      let store = Unmanaged<ScratchStore>.fromOpaque(context).takeUnretainedValue()
      let place = UnsafeMutableRawPointer(file).assumingMemoryBound(to: File.self)
      place.initialize(
        to: File(
          base: sqlite3_file(pMethods: methods), content: Unmanaged.passRetained(Content(store))))
      flagsOut?.pointee = flags
      return SQLITE_OK
    }

  /// Never changed and never freed: connections may hold it as long as the program runs.
  nonisolated(unsafe) private static let methods: UnsafePointer<sqlite3_io_methods> = {
    let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
    var table = sqlite3_io_methods()
    table.iVersion = 1
    table.xClose = { file in
      UnsafeMutableRawPointer(file)?.assumingMemoryBound(to: File.self).pointee.content.release()
      return SQLITE_OK
    }
    table.xRead = { read($0, $1, $2, $3) }
    table.xWrite = { write($0, $1, $2, $3) }
    table.xTruncate = { truncate($0, $1) }
    table.xSync = { _, _ in SQLITE_OK }
    table.xFileSize = { file, size in
      size?.pointee = sqlite3_int64(content(file)?.size ?? 0)
      return SQLITE_OK
    }
    table.xLock = { _, _ in SQLITE_OK }
    table.xUnlock = { _, _ in SQLITE_OK }
    table.xCheckReservedLock = { _, isLocked in
      isLocked?.pointee = 0
      return SQLITE_OK
    }
    table.xFileControl = { _, _, _ in SQLITE_NOTFOUND }
    table.xSectorSize = { _ in 4_096 }
    table.xDeviceCharacteristics = { _ in 0 }
    methods.initialize(to: table)
    return UnsafePointer(methods)
  }()

  private static func read(
    _ file: UnsafeMutablePointer<sqlite3_file>?, _ buffer: UnsafeMutableRawPointer?,
    _ count: Int32, _ offset: sqlite3_int64
  ) -> Int32 {
    guard let content = content(file), let buffer, offset >= 0, count >= 0 else {
      return SQLITE_IOERR
    }
    // Long merges happen within one step of SQLite's.
    guard content.store.budget.allows() else { return SQLITE_INTERRUPT }
    let start = min(Int(offset), content.size)
    let end = min(Int(offset) + Int(count), content.size)
    content.forEachPiece(start..<end) { piece, at, count in
      (buffer + at).copyMemory(from: piece, byteCount: count)
    }
    let missing = Int(count) - (end - start)
    guard missing > 0 else { return SQLITE_OK }
    memset(buffer + (end - start), 0, missing)
    return shortRead
  }

  private static func write(
    _ file: UnsafeMutablePointer<sqlite3_file>?, _ buffer: UnsafeRawPointer?, _ count: Int32,
    _ offset: sqlite3_int64
  ) -> Int32 {
    guard let content = content(file), let buffer, offset >= 0, count >= 0 else {
      return SQLITE_IOERR
    }
    guard content.store.budget.allows() else { return SQLITE_INTERRUPT }
    let end = Int(offset) + Int(count)
    while content.blocks.count * blockBytes < end {
      guard let block = content.store.takeBlock() else { return SQLITE_NOMEM }
      content.blocks.append(block)
    }
    // What lies between the old end and what is written now reads as zeros.
    if Int(offset) > content.size {
      content.forEachPiece(content.size..<Int(offset)) { piece, _, count in
        piece.update(repeating: 0, count: count)
      }
    }
    content.forEachPiece(Int(offset)..<end) { piece, at, count in
      UnsafeMutableRawPointer(piece).copyMemory(from: buffer + at, byteCount: count)
    }
    content.size = max(content.size, end)
    return SQLITE_OK
  }

  private static func truncate(
    _ file: UnsafeMutablePointer<sqlite3_file>?, _ size: sqlite3_int64
  ) -> Int32 {
    guard let content = content(file), size >= 0 else { return SQLITE_IOERR }
    content.size = min(content.size, Int(size))
    let kept = (content.size + blockBytes - 1) / blockBytes
    content.store.giveBack(content.blocks[kept...])
    content.blocks.removeSubrange(kept...)
    return SQLITE_OK
  }
}
