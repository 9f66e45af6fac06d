public import Astro
import Foundation

/// Where all known objects are during one night: what stands between a catalog and every
/// prediction.
///
/// Each object's barycentric motion is a polynomial (``Piece``), its uncertainty the square root
/// of a covariance; observer, light time and magnitude are reckoned exactly when it is asked, so
/// that one table serves any number of sites. Places agree with full propagation to 1 mas in the
/// main belt and 10 mas at 0.05 au. About 200 bytes an object, 115 without covariance.
///
/// A table is a file that any number of processes map at once, or memory. ``write(to:)`` replaces
/// a file in one step: who has the old one open keeps it.
///
/// ```swift
/// let builder = NightTableBuilder(start: noon, solarSystem: solarSystem)
/// let table = try await builder.build(orbits, jobs: 4)
/// let found = try table.objects(in: field, at: epoch, observatory: .rubin, solarSystem: solarSystem)
/// ```
public struct NightTable: Sendable {
  /// First moment, and length [d].
  public let start: Epoch<TDB>
  public let days: Double
  public let objectCount: Int
  package let pieceCount: Int
  /// Of the orbits that the table was made from, as the builder was told.
  public let fingerprint: UInt64
  /// Its file, or `memory`.
  public let name: String

  let memory: TableMemory
  let blockCount: Int
  let covarianceCount: Int
  let endedCount: Int
  let lawCount: Int
  let sections: Sections
  /// Node groups of each level, the blocks' first, and where each level begins.
  let levels: [(first: Int, count: Int)]

  struct Sections: Sendable, Hashable {
    var blocks = 0
    var covariances = 0
    var nodes = 0
    var ids = 0
    var stamps = 0
    var ended = 0
    var laws = 0
    var end = 0

    init(
      blocks: Int, covariances: Int, nodeGroups: Int, objects: Int, ended endedCount: Int,
      laws lawCount: Int
    ) {
      func after(_ start: Int, _ bytes: Int) -> Int { (start + bytes + 63) & ~63 }
      self.blocks = TableHeader.size
      self.covariances = after(self.blocks, blocks * BlockLayout.size)
      nodes = after(self.covariances, covariances * CovarianceLayout.size)
      ids = after(nodes, nodeGroups * NodeLayout.size)
      stamps = after(ids, objects * 8)
      ended = after(stamps, objects * 4)
      laws = after(ended, endedCount * EndedLayout.size)
      end = after(laws, lawCount * LawLayout.size)
    }
  }

  /// Bytes of the table.
  package var byteCount: Int { memory.count }

  /// Whether a moment is in the table's night.
  public func covers(_ epoch: Epoch<TDB>) -> Bool {
    (0...days).contains(epoch.days(since: start))
  }

  /// The number (`ssObjectId`) of an object by its index.
  public func objectId(_ index: Int) -> Int64 {
    precondition(index >= 0 && index < objectCount)
    return memory.load(Int64.self, at: sections.ids + 8 * index)
  }

  /// What the builder was told of an object's solution, so that a changed one is known.
  public func stamp(_ index: Int) -> UInt32 {
    precondition(index >= 0 && index < objectCount)
    return memory.load(UInt32.self, at: sections.stamps + 4 * index)
  }

  /// Opens a table's file: its header and index are checked now, its blocks when they are used.
  ///
  /// - Throws: ``PredictionError/table(path:reason:)``: no such file, not a table, of another
  ///   version or byte order, cut short, damaged.
  public init(path: String) throws(PredictionError) {
    try self.init(memory: TableMemory(path: path), name: path)
  }

  init(memory: TableMemory, name: String) throws(PredictionError) {
    func fault(_ reason: String) -> PredictionError { .table(path: name, reason: reason) }
    func number(_ at: Int) -> Int { Int(memory.load(UInt32.self, at: at)) }
    guard memory.load(UInt64.self, at: TableHeader.magicAt) == TableHeader.magic else {
      throw fault("is not a night's table")
    }
    let order = memory.load(UInt32.self, at: TableHeader.byteOrderAt)
    guard order == TableHeader.byteOrder else {
      throw fault("was made on a machine of another byte order")
    }
    let version = memory.load(UInt32.self, at: TableHeader.versionAt)
    guard version == TableHeader.version else {
      throw fault("is of version \(version), this program reads \(TableHeader.version)")
    }
    guard
      memory.load(UInt64.self, at: TableHeader.headerChecksumAt) == Self.headerChecksum(memory)
    else { throw fault("its header is damaged") }
    let size = memory.load(UInt64.self, at: TableHeader.fileSizeAt)
    guard size == UInt64(memory.count) else {
      throw fault("has \(memory.count) bytes where its header says \(size): cut short?")
    }
    let levels = Self.levels(blockCount: number(TableHeader.blockCountAt))
    let sections = Sections(
      blocks: number(TableHeader.blockCountAt),
      covariances: number(TableHeader.covarianceCountAt), nodeGroups: Self.groupCount(levels),
      objects: number(TableHeader.objectCountAt), ended: number(TableHeader.endedCountAt),
      laws: number(TableHeader.lawCountAt))
    guard sections.end == memory.count else { throw fault("its sections don't fill it") }
    guard
      memory.load(UInt64.self, at: TableHeader.indexChecksumAt)
        == memory.checksum(sections.nodes..<sections.end)
    else { throw fault("its index is damaged") }
    self.memory = memory
    self.name = name
    self.sections = sections
    self.levels = levels
    start = Epoch(
      mjdDay: memory.load(Double.self, at: TableHeader.startDayAt),
      fraction: memory.load(Double.self, at: TableHeader.startFractionAt))
    days = memory.load(Double.self, at: TableHeader.daysAt)
    objectCount = number(TableHeader.objectCountAt)
    pieceCount = number(TableHeader.pieceCountAt)
    blockCount = number(TableHeader.blockCountAt)
    covarianceCount = number(TableHeader.covarianceCountAt)
    endedCount = number(TableHeader.endedCountAt)
    lawCount = number(TableHeader.lawCountAt)
    fingerprint = memory.load(UInt64.self, at: TableHeader.fingerprintAt)
  }

  /// Of the header without the place of the checksum itself.
  static func headerChecksum(_ memory: TableMemory) -> UInt64 {
    memory.checksum(0..<TableHeader.headerChecksumAt)
      ^ memory.checksum(TableHeader.indexChecksumAt..<TableHeader.size)
  }

  static func levels(blockCount: Int) -> [(first: Int, count: Int)] {
    var levels: [(first: Int, count: Int)] = []
    var first = 0
    var children = blockCount
    repeat {
      let count = (children + 7) / 8
      levels.append((first, count))
      first += count
      children = count
    } while children > 1
    return levels
  }

  static func groupCount(_ levels: [(first: Int, count: Int)]) -> Int {
    levels.reduce(0) { $0 + $1.count }
  }

  /// Writes the table under a temporary name beside its place, then renames it.
  public func write(to path: String) throws(PredictionError) {
    if try memory.rename(to: path) { return }
    let temporary = TableMemory.temporaryName(path)
    func fault(_ doing: String) -> PredictionError {
      let reason = unsafe String(cString: strerror(errno))
      unsafe unlink(temporary)
      return .table(path: path, reason: "can't be \(doing): \(reason)")
    }
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    guard descriptor >= 0 else { throw fault("written") }
    var written = 0
    while written < memory.count {
      let part = unsafe Glibc.write(
        descriptor, memory.bytes + written, min(1 << 26, memory.count - written))
      if part < 0, errno == EINTR { continue }
      guard part > 0 else {
        close(descriptor)
        throw fault("written")
      }
      written += part
    }
    guard close(descriptor) == 0 else { throw fault("closed") }
    guard unsafe rename(temporary, path) == 0 else { throw fault("renamed") }
  }
}
