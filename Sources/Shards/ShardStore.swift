package import Foundation
package import Linking

/// One process's part of a run: it makes one piece, or goes as far as all pieces allow.
package struct ShardStore: PieceStore {
  private let folder: ShardFolder
  private let target: (stage: String, piece: Int)?
  /// Whether missing pieces are waited for.
  private let waits: Bool

  /// For the process that goes as far as it can.
  ///
  /// - Parameter waits: it waits for missing pieces, which others run, and goes on.
  package init(merging folder: ShardFolder, waits: Bool = false) {
    self.folder = folder
    self.waits = waits
    target = nil
  }

  /// For the process that makes one piece of a stage.
  package init(_ folder: ShardFolder, piece: Int, of stage: ShardStage) {
    self.folder = folder
    waits = false
    target = (stage.stage.name, piece)
  }

  package func order(_ stage: PieceStage) throws -> PieceOrder {
    guard let plan = try folder.plan(of: stage.name) else { return try begin(stage) }
    guard plan.stage == stage else {
      throw ShardError.foreign(path: folder.piece(1, of: stage.name).path)
    }
    if let target, target.stage == stage.name {
      let piece = plan.pieces[target.piece - 1]
      return .work(piece.first..<piece.end, piece: target.piece)
    }
    if waits && !plan.isLocal && !folder.missing(plan).isEmpty { try wait(for: plan) }
    let parts: [Data?]
    do { parts = try plan.pieces.map { try bytes(of: $0.number, plan) } } catch {
      if target == nil { try folder.setCurrent(plan) }
      throw error
    }
    let missing = parts.indices.filter { parts[$0] == nil }.map { plan.pieces[$0].number }
    guard missing.isEmpty else {
      if plan.isLocal { return .work(0..<stage.count, piece: 1) }
      if target == nil { try folder.setCurrent(plan) }
      throw ShardError.missing(pieces: missing, stage: stage.name, path: folder.url.path)
    }
    return .given(parts.compactMap { $0 })
  }

  private func begin(_ stage: PieceStage) throws -> PieceOrder {
    let plan = ShardStage(
      stage, workers: folder.manifest.workers, pieceSeconds: folder.manifest.pieceSeconds)
    try folder.write(plan)
    if plan.isLocal { return .work(0..<stage.count, piece: 1) }
    if waits { return try order(stage) }
    try folder.setCurrent(plan)
    throw ShardStop.wanted(plan)
  }

  private func wait(for plan: ShardStage) throws {
    try folder.setCurrent(plan)
    while !folder.missing(plan).isEmpty { Thread.sleep(forTimeInterval: 0.05) }
    try folder.setCurrent(nil)
  }

  package func finish(_ stage: PieceStage, piece: Int, _ bytes: [UInt8]) throws {
    try ShardFile.write(
      bytes, name: name(piece, stage.name), run: folder.run,
      to: folder.piece(piece, of: stage.name))
    if target != nil { throw ShardStop.pieceDone }
  }

  package func kept(_ name: String) throws -> Data? {
    try ShardFile.read(folder.keptFile(name), name: name, run: folder.run)
  }

  package func keep(_ name: String, _ bytes: [UInt8]) throws {
    try ShardFile.write(bytes, name: name, run: folder.run, to: folder.keptFile(name))
  }

  /// The whole result is there: nothing waits any more.
  package func end() throws {
    try folder.setCurrent(nil)
    try folder.setDone()
  }

  /// Whether the piece is there, whole.
  package func isDone(_ piece: Int, of stage: ShardStage) -> Bool {
    (try? bytes(of: piece, stage)) != nil
  }

  private func bytes(of piece: Int, _ plan: ShardStage) throws -> Data? {
    try ShardFile.read(
      folder.piece(piece, of: plan.stage.name), name: name(piece, plan.stage.name),
      run: folder.run)
  }

  private func name(_ piece: Int, _ stage: String) -> String { "\(stage)/\(piece)" }
}
