import Foundation
package import Linking

/// What a run over many processes is about; the same for all of its pieces.
package struct ShardManifest: Codable, Sendable, Equatable {
  package var formatVersion = 1
  /// SHA-256 of the program: what is kept between stages lies there as it does in memory.
  package var programSHA256: String
  /// As it was named when the run was planned, absolute, and SHA-256 of its bytes.
  package var detectionsPath: String
  package var detectionsSHA256: String
  package var detectionCount: Int
  /// MPC code for rows that name none.
  package var observatory: String
  package var usesTrackletLabels: Bool
  package var knownPath: String?
  package var options: LinkingOptions
  /// For how many processes at once pieces are cut, and how long one should take at most [CPU s].
  package var workers: Int
  package var pieceSeconds: Double

  package init(
    detectionsPath: String, detectionCount: Int, observatory: String, usesTrackletLabels: Bool,
    knownPath: String?, options: LinkingOptions, workers: Int, pieceSeconds: Double
  ) throws(ShardError) {
    self.detectionsPath = detectionsPath
    self.detectionCount = detectionCount
    self.observatory = observatory
    self.usesTrackletLabels = usesTrackletLabels
    self.knownPath = knownPath
    self.options = options
    self.workers = workers
    self.pieceSeconds = pieceSeconds
    detectionsSHA256 = try SHA256Digest.ofFile(detectionsPath)
    programSHA256 = try Self.thisProgram()
  }

  static func thisProgram() throws(ShardError) -> String {
    try SHA256Digest.ofFile("/proc/self/exe")
  }
}

/// A stage that was cut into pieces.
package struct ShardStage: Codable, Sendable, Equatable {
  package struct Piece: Codable, Sendable, Equatable {
    /// From 1.
    package var number: Int
    package var first: Int
    package var end: Int
    package var estimatedCpuSeconds: Double
  }

  package var stage: PieceStage
  package var pieces: [Piece]
  /// Small enough for the process that merges.
  package var isLocal: Bool

  /// Pieces of about equal work. At least four for each worker, so that none waits long for the last,
  /// unless they would take less than a second.
  init(_ stage: PieceStage, workers: Int, pieceSeconds: Double) {
    self.stage = stage
    let total = stage.secondsEach * Double(stage.count)
    isLocal = total < min(Self.localSeconds, pieceSeconds)
    let chunks = (stage.count + stage.chunk - 1) / stage.chunk
    let wanted =
      isLocal
      ? 1
      : max(
        Int((total / pieceSeconds).rounded(.up)),
        min(4 * workers, Int((total / min(1, pieceSeconds)).rounded(.up))))
    let count = max(1, min(wanted, chunks))
    pieces = (0..<count).map { k in
      let first = min(stage.count, chunks * k / count * stage.chunk)
      let end = min(stage.count, chunks * (k + 1) / count * stage.chunk)
      return Piece(
        number: k + 1, first: first, end: end,
        estimatedCpuSeconds: stage.secondsEach * Double(end - first))
    }
  }

  /// A stage that takes less is done by the process that merges [CPU s].
  private static let localSeconds = 4.0
}
