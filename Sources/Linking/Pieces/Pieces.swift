import Astro
package import Foundation

/// A long stage of a run: items that don't depend on one another.
package struct PieceStage: Sendable, Codable, Hashable {
  /// Unique in a run.
  package var name: String
  package var count: Int
  /// Pieces begin at multiples of it.
  package var chunk: Int
  /// About what an item costs [CPU s].
  package var secondsEach: Double
}

/// What is to be done with a stage.
package enum PieceOrder {
  /// It has been done: what its pieces gave, in order.
  case given([Data])
  /// These items are to be done here, as the piece of that number.
  case work(Range<Int>, piece: Int)
}

/// Keeps what a run that is spread over processes has reached.
package protocol PieceStore: Sendable {
  /// - Throws: what ends this process's part of the run, or a failure to read.
  func order(_ stage: PieceStage) throws -> PieceOrder
  /// Keeps what a piece gave. Throws as ``order(_:)`` when nothing is left to do here.
  func finish(_ stage: PieceStage, piece: Int, _ bytes: [UInt8]) throws
  /// What was kept under a name; nil: nothing yet.
  func kept(_ name: String) throws -> Data?
  func keep(_ name: String, _ bytes: [UInt8]) throws
}

/// Who does the pieces of a run: this process with all its cores, or many, each some of them.
///
/// All go the same way through the same stages. Of a stage that has been done they take what it gave,
/// and what was kept stands for all that led to it: so one process and many give the same.
package struct Pieces: Sendable {
  package let jobs: Int
  /// Nil: all of it is done here, and nothing is kept.
  package let store: (any PieceStore)?

  package init(jobs: Int, store: (any PieceStore)? = nil) {
    self.jobs = jobs
    self.store = store
  }

  /// `parallelMap` over the items of a stage.
  func map<Output: PieceRecord>(
    _ stage: PieceStage, _ body: @escaping @Sendable (Range<Int>) throws -> Output
  ) async throws -> [Output] {
    guard let store else {
      return try await parallelMap(
        count: stage.count, chunk: stage.chunk, jobs: jobs, body)
    }
    switch try store.order(stage) {
    case .given(let parts): return try parts.flatMap { try [Output](pieceBytes: $0) }
    case .work(let items, let piece):
      let outputs = try await parallelMap(count: items.count, chunk: stage.chunk, jobs: jobs) {
        try body(items.lowerBound + $0.lowerBound..<items.lowerBound + $0.upperBound)
      }
      try store.finish(stage, piece: piece, outputs.pieceBytes)
      return outputs
    }
  }

  /// What was kept under a name, else what is made now.
  func kept<Value: PieceRecord>(
    _ name: String, make: () async throws -> Value
  ) async throws -> Value {
    guard let store else { return try await make() }
    if let bytes = try store.kept(name) { return try Value(pieceBytes: bytes) }
    let value = try await make()
    try store.keep(name, value.pieceBytes)
    return value
  }
}
