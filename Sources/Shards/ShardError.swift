/// What keeps a run over many processes from going on.
package enum ShardError: Error, Equatable, CustomStringConvertible {
  case notAFolder(path: String)
  case exists(path: String)
  case unreadable(path: String, reason: String)
  case unwritable(path: String, reason: String)
  /// Not written whole, or changed since.
  case damaged(path: String, reason: String)
  /// Of another run.
  case foreign(path: String)
  case otherProgram(path: String)
  case otherDetections(path: String, file: String)
  case noSuchPiece(Int, stage: String, count: Int)
  case notTheStage(String, current: String)
  case nothingToRun(path: String)
  case missing(pieces: [Int], stage: String, path: String)

  package var description: String {
    switch self {
    case .notAFolder(let path):
      "\(path): holds no manifest.json of a planned run; make one with ecliptic shard plan"
    case .exists(let path):
      "\(path): holds a run already; go on with it (shard run, shard merge), or give another folder"
    case .unreadable(let path, let reason): "\(path): cannot be read: \(reason)"
    case .unwritable(let path, let reason): "\(path): cannot be written: \(reason)"
    case .damaged(let path, let reason):
      "\(path): \(reason); delete it and run its piece again"
    case .foreign(let path):
      "\(path): belongs to another run; delete it and run its piece again"
    case .otherProgram(let path):
      "\(path): was planned with another build of ecliptic: use that one for all of its pieces, or"
        + " plan anew"
    case .otherDetections(let path, let file):
      "\(file): has changed since \(path) was planned; bring the old file back, or plan anew"
    case .noSuchPiece(let piece, let stage, let count):
      "piece \(piece): the stage \"\(stage)\" has pieces 1 to \(count); see ecliptic shard status"
    case .notTheStage(let stage, let current):
      "the run is no longer at stage \"\(stage)\" but at \"\(current)\": nothing was done"
    case .nothingToRun(let path):
      "\(path): no stage waits for pieces; go on with ecliptic shard merge"
    case .missing(let pieces, let stage, let path):
      "\(path): stage \"\(stage)\" lacks \(pieces.count) of its pieces:"
        + " \(pieces.prefix(20).map(String.init).joined(separator: ", "))"
        + (pieces.count > 20 ? ", …" : "") + "; run them with ecliptic shard run"
    }
  }
}

/// How a process's part of a run ends without the result.
package enum ShardStop: Error, Equatable {
  /// A stage waits for its pieces.
  case wanted(ShardStage)
  /// The piece is there.
  case pieceDone
}
