import Astro
import Dynamics

/// Lays pieces out as a table: sorted along the sky, eight to a block, with the index above.
struct TablePacker: Sendable {
  let parts: [PieceList]
  let ended: [EndedMotion]
  let laws: [PhotometricModel]
  let start: Epoch<TDB>
  let days: Double

  /// Where a piece is among the parts.
  private struct Place: Sendable {
    var part: UInt32
    var index: UInt32
  }

  /// - Parameter path: of the file that the table will be; nil: memory.
  func pack(
    ids: [Int64], stamps: [UInt32], fingerprint: UInt64, path: String?, jobs: Int
  ) async throws -> TableMemory {
    let places = sorted()
    let blockCount = (places.count + 7) / 8
    var firstCovariances: [UInt32] = []
    firstCovariances.reserveCapacity(blockCount)
    var covarianceCount = 0
    for block in 0..<blockCount {
      firstCovariances.append(UInt32(covarianceCount))
      for place in lanes(places, block) where piece(place).factor >= 0 { covarianceCount += 1 }
    }
    let levels = NightTable.levels(blockCount: blockCount)
    let sections = NightTable.Sections(
      blocks: blockCount, covariances: covarianceCount, nodeGroups: NightTable.groupCount(levels),
      objects: ids.count, ended: ended.count, laws: laws.count)
    // Where the folder has no room or may not be written to, memory has to do.
    let memory =
      path.flatMap { try? TableMemory(count: sections.end, fileFor: $0) }
      ?? TableMemory(count: sections.end)
    let firsts = firstCovariances
    let caps = try await parallelMap(count: blockCount, chunk: 2_048, jobs: jobs) { range in
      range.map { block in
        fill(memory, sections, block, lanes(places, block), Int(firsts[block]))
      }
    }.flatMap { $0 }
    IndexPacker(memory: memory, nodes: sections.nodes, levels: levels).fill(caps)
    for (index, id) in ids.enumerated() {
      memory.store(id, at: sections.ids + 8 * index)
      if index < stamps.count {
        memory.store(stamps[index], at: sections.stamps + 4 * index)
      }
    }
    for (index, end) in ended.enumerated() {
      end.store(memory, at: sections.ended + EndedLayout.size * index)
    }
    for (index, law) in laws.enumerated() {
      law.store(memory, at: sections.laws + LawLayout.size * index)
    }
    fillHeader(
      memory, sections, pieces: places.count, blocks: blockCount, covariances: covarianceCount,
      objects: ids.count, fingerprint: fingerprint)
    return memory
  }

  private func sorted() -> [Place] {
    var keyed: [(key: UInt64, place: Place)] = []
    keyed.reserveCapacity(parts.reduce(0) { $0 + $1.pieces.count })
    for (part, list) in parts.enumerated() {
      for (index, piece) in list.pieces.enumerated() {
        keyed.append(
          (
            SkyOrder.key(piece.cap.centre, radius: piece.cap.radius),
            Place(part: UInt32(part), index: UInt32(index))
          ))
      }
    }
    keyed.sort {
      ($0.key, $0.place.part, $0.place.index) < ($1.key, $1.place.part, $1.place.index)
    }
    return keyed.map(\.place)
  }

  private func lanes(_ places: [Place], _ block: Int) -> ArraySlice<Place> {
    places[8 * block..<min(places.count, 8 * block + 8)]
  }

  private func piece(_ place: Place) -> Piece {
    parts[Int(place.part)].pieces[Int(place.index)]
  }

  /// Writes one block and its covariances.
  ///
  /// - Returns: the cap that holds its pieces.
  private func fill(
    _ memory: TableMemory, _ sections: NightTable.Sections, _ block: Int,
    _ places: ArraySlice<Place>, _ firstCovariance: Int
  ) -> SkyCap {
    let at = sections.blocks + BlockLayout.size * block
    var mask: UInt8 = 0
    var used: UInt8 = 0
    var next = sections.covariances + CovarianceLayout.size * firstCovariance
    var caps: [SkyCap] = []
    for (lane, place) in places.enumerated() {
      let piece = piece(place)
      caps.append(piece.cap)
      used |= 1 << UInt8(lane)
      store(piece, memory, at, lane)
      guard piece.factor >= 0 else { continue }
      let factor = parts[Int(place.part)].factors[Int(piece.factor)]
      mask |= 1 << UInt8(lane)
      for k in 0..<CovarianceLayout.count { memory.store(factor.elements[k], at: next + 4 * k) }
      next += CovarianceLayout.size
    }
    memory.store(UInt32(firstCovariance), at: at + BlockLayout.firstCovariance)
    memory.store(mask, at: at + BlockLayout.covarianceMask)
    memory.store(used, at: at + BlockLayout.laneMask)
    memory.store(
      NightTable.checksum(memory, sections, block), at: at + BlockLayout.checksum)
    return SkyCap(holding: caps)
  }

  private func store(_ piece: Piece, _ memory: TableMemory, _ at: Int, _ lane: Int) {
    let (c0, c1) = (piece.c0, piece.c1)
    for (axis, value) in [(c0.x, c1.x), (c0.y, c1.y), (c0.z, c1.z)].enumerated() {
      let slot = 8 * axis + lane
      memory.store(value.0, at: at + BlockLayout.c0 + 8 * slot)
      memory.store(value.1, at: at + BlockLayout.c1 + 8 * slot)
      for k in 0..<3 {
        memory.store(piece.higher[3 * k + axis], at: at + BlockLayout.higher + 96 * k + 4 * slot)
      }
    }
    memory.store(piece.magnitude, at: at + BlockLayout.magnitude + 4 * lane)
    memory.store(piece.object, at: at + BlockLayout.object + 4 * lane)
    memory.store(piece.slope, at: at + BlockLayout.slope + 2 * lane)
    memory.store(piece.span.code, at: at + BlockLayout.span + 2 * lane)
    memory.store(piece.sigma, at: at + BlockLayout.sigma + lane)
  }

  private func fillHeader(
    _ memory: TableMemory, _ sections: NightTable.Sections, pieces: Int, blocks: Int,
    covariances: Int, objects: Int, fingerprint: UInt64
  ) {
    memory.store(TableHeader.magic, at: TableHeader.magicAt)
    memory.store(TableHeader.version, at: TableHeader.versionAt)
    memory.store(TableHeader.byteOrder, at: TableHeader.byteOrderAt)
    memory.store(UInt64(memory.count), at: TableHeader.fileSizeAt)
    memory.store(
      memory.checksum(sections.nodes..<sections.end), at: TableHeader.indexChecksumAt)
    memory.store(start.day, at: TableHeader.startDayAt)
    memory.store(start.fraction, at: TableHeader.startFractionAt)
    memory.store(days, at: TableHeader.daysAt)
    memory.store(UInt32(objects), at: TableHeader.objectCountAt)
    memory.store(UInt32(pieces), at: TableHeader.pieceCountAt)
    memory.store(UInt32(blocks), at: TableHeader.blockCountAt)
    memory.store(UInt32(covariances), at: TableHeader.covarianceCountAt)
    memory.store(UInt32(ended.count), at: TableHeader.endedCountAt)
    memory.store(UInt32(laws.count), at: TableHeader.lawCountAt)
    memory.store(fingerprint, at: TableHeader.fingerprintAt)
    memory.store(NightTable.headerChecksum(memory), at: TableHeader.headerChecksumAt)
  }
}

extension NightTable {
  /// Of a block and its covariances.
  static func checksum(_ memory: TableMemory, _ sections: Sections, _ block: Int) -> UInt64 {
    let at = sections.blocks + BlockLayout.size * block
    let first = Int(memory.load(UInt32.self, at: at + BlockLayout.firstCovariance))
    let count = memory.load(UInt8.self, at: at + BlockLayout.covarianceMask).nonzeroBitCount
    let begin = sections.covariances + CovarianceLayout.size * first
    let end = begin + CovarianceLayout.size * count
    // 84 bytes each: an odd number of them ends in half a word.
    let whole = end - (end - begin) % 8
    guard end <= sections.nodes else { return 0 }
    let tail = whole < end ? UInt64(memory.load(UInt32.self, at: whole)) : 0
    return memory.checksum(at..<at + BlockLayout.checksum)
      ^ (memory.checksum(begin..<whole) &+ tail &* 0x9e37_79b9_7f4a_7c15)
  }
}
