import Dispatch
import Synchronization

/// Takes pieces from a source, works on several of them at once, hands the results over in order.
///
/// The source and ``next()`` run on the caller's thread, so that a source may be a file that is
/// being read and a caller a transaction that is being written; the work runs on others. At most
/// `jobs` pieces are under way or wait to be taken: memory is bounded. What comes out does not
/// depend on the number of jobs.
public final class OrderedPipeline<Piece: Sendable, Output: Sendable> {
  private let jobs: Int
  private let source: () throws -> Piece?
  private let work: @Sendable (Piece) throws -> Output
  private var underWay: [Slot<Output>] = []
  private var atEnd = false

  /// - Parameters:
  ///   - jobs: pieces at work at once, at least 1; with 1 all runs on the caller's thread.
  ///   - source: the next piece, nil at the end.
  ///   - work: pure function of a piece.
  public init(
    jobs: Int, source: @escaping () throws -> Piece?,
    work: @escaping @Sendable (Piece) throws -> Output
  ) {
    self.jobs = jobs
    self.source = source
    self.work = work
  }

  /// The next result, in the order of the pieces; nil at the end.
  ///
  /// - Throws: what the source or the work throws; nothing more is to be asked for then.
  public func next() throws -> Output? {
    if jobs <= 1 { return try source().map(work) }
    while !atEnd, underWay.count < jobs {
      guard let piece = try source() else {
        atEnd = true
        break
      }
      let slot = Slot<Output>()
      underWay.append(slot)
      DispatchQueue.global().async { [work] in slot.finish(Result { try work(piece) }) }
    }
    return underWay.isEmpty ? nil : try underWay.removeFirst().wait()
  }
}

/// Where a piece's result is put and waited for.
private final class Slot<Output: Sendable>: Sendable {
  private let done = DispatchSemaphore(value: 0)
  private let result = Mutex<Result<Output, any Error>?>(nil)

  func finish(_ value: sending Result<Output, any Error>) {
    result.withLock { $0 = value }
    done.signal()
  }

  func wait() throws -> Output? {
    done.wait()
    return try result.withLock { try $0?.get() }
  }
}
