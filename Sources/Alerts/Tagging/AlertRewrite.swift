import Astro
public import Astrometry
import Foundation

/// A file's alerts with their tags, before they are copied anywhere: pieces of the file as it is,
/// and what comes new between them.
///
/// Nothing is held but the new bytes: of files that are not compressed, some kilobytes for each
/// tag; the packets themselves are copied once, straight to where they go.
public struct AlertRewrite: Sendable {
  enum Piece: Sendable {
    /// Bytes of the file.
    case kept(Range<Int>)
    case new([UInt8])

    var count: Int {
      switch self {
      case .kept(let range): range.count
      case .new(let bytes): bytes.count
      }
    }
  }

  /// Bytes altogether.
  public private(set) var byteCount = 0
  /// Alerts that should have been tagged but whose schema has no room for it.
  public internal(set) var untaggable: [QuarantinedRecord] = []

  private let data: Data
  private let mapping: FileMapping?
  private var pieces: [Piece] = []
  /// Where each piece begins in the output.
  private var starts: [Int] = []
  /// Copies go in parts of this size, so that cores share them evenly.
  private static let partSize = 4 << 20

  init(of file: AlertFile) {
    data = file.data
    mapping = file.mapping
  }

  /// Bytes that follow each other in the file are one piece.
  mutating func append(_ piece: Piece) {
    guard piece.count > 0 else { return }
    if case .kept(let next) = piece, case .kept(let last)? = pieces.last,
      last.upperBound == next.lowerBound
    {
      pieces[pieces.count - 1] = .kept(last.lowerBound..<next.upperBound)
    } else {
      pieces.append(piece)
      starts.append(byteCount)
    }
    byteCount += piece.count
  }

  /// Copies all of it into memory that has room for ``byteCount`` bytes.
  public func copy(to target: UnsafeMutableRawBufferPointer, jobs: Int) async throws {
    precondition(target.count >= byteCount)
    // Parts do not overlap, and the caller keeps the memory until all are there.
    nonisolated(unsafe) let target = target
    _ = try await parallelMap(count: byteCount, chunk: Self.partSize, jobs: jobs) { range in
      copy(range, to: UnsafeMutableRawBufferPointer(rebasing: target[range]))
    }
  }

  /// All of it as an array: of one message.
  var bytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
      copy(0..<byteCount, to: UnsafeMutableRawBufferPointer(buffer))
      count = byteCount
    }
  }

  /// Writes it, and gives the memory back that the file's pages take, part by part. The caller
  /// commits the output.
  ///
  /// - Throws: ``AlertsError/file(_:reason:)``.
  public func write(to output: AtomicOutput) throws(AlertsError) {
    // Of the file: what was written, and what of it was given back.
    var (done, released) = (0, 0)
    for piece in pieces {
      switch piece {
      case .new(let bytes): try output.write(bytes)
      case .kept(let range):
        if done == 0 { (done, released) = (range.lowerBound, range.lowerBound) }
        var at = range.lowerBound
        while at < range.upperBound {
          let next = min(range.upperBound, at + Self.partSize)
          try output.write(data, at..<next)
          at = next
          done = next
          guard done - released >= PageSweep.step else { continue }
          mapping?.release(released..<done)
          released = done
        }
      }
    }
    if released < done { mapping?.release(released..<done) }
  }

  private func copy(_ range: Range<Int>, to target: UnsafeMutableRawBufferPointer) {
    guard !range.isEmpty, let base = target.baseAddress else { return }
    data.withUnsafeBytes { file in
      var at = range.lowerBound
      var index = piece(at: at)
      while at < range.upperBound {
        let skipped = at - starts[index]
        let count = min(pieces[index].count - skipped, range.upperBound - at)
        let place = base + (at - range.lowerBound)
        switch pieces[index] {
        case .kept(let kept):
          if let source = file.baseAddress {
            memcpy(place, source + kept.lowerBound + skipped, count)
          }
        case .new(let bytes):
          bytes.withUnsafeBytes { source in
            if let start = source.baseAddress { memcpy(place, start + skipped, count) }
          }
        }
        at += count
        index += 1
      }
    }
  }

  /// Index of the piece that an output offset lies in.
  private func piece(at offset: Int) -> Int {
    var low = 0
    var high = pieces.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }
}
