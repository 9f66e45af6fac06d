public import Foundation
import GRDB

/// A stage of a nightly run, done.
public struct StageRecord: Sendable, Hashable {
  public var stage: String
  /// MJD of the evening of the last night of the window.
  public var night: Int
  /// Of everything that the stage depends on; the same digest, the same result.
  public var inputDigest: String
  public var startedAt: Date
  public var seconds: Double
  /// What it found, as JSON.
  public var figures: String

  public init(
    stage: String, night: Int, inputDigest: String, startedAt: Date, seconds: Double,
    figures: String
  ) {
    self.stage = stage
    self.night = night
    self.inputDigest = inputDigest
    self.startedAt = startedAt
    self.seconds = seconds
    self.figures = figures
  }
}

extension Catalog {
  /// The newest record of a stage with this input, if it was ever done.
  public func stage(
    _ stage: String, night: Int, inputDigest: String
  ) throws(CatalogError) -> StageRecord? {
    try newest("stage = ? AND night = ? AND inputDigest = ?", [stage, night, inputDigest])
  }

  /// The newest record of a stage.
  public func lastStage(_ stage: String) throws(CatalogError) -> StageRecord? {
    try newest("stage = ?", [stage])
  }

  private func newest(
    _ condition: String, _ arguments: StatementArguments
  ) throws(CatalogError) -> StageRecord? {
    try read("reading the journal") { database in
      guard
        let row = try Row.fetchOne(
          database,
          sql: """
            SELECT stage, night, inputDigest, startedAt, seconds, figures FROM runs
            WHERE \(condition) ORDER BY runId DESC LIMIT 1
            """, arguments: arguments)
      else { return nil }
      let started = try? Date(row[3] as String, strategy: .iso8601)
      return StageRecord(
        stage: row[0], night: row[1], inputDigest: row[2], startedAt: started ?? .distantPast,
        seconds: row[4], figures: row[5])
    }
  }

  static func record(_ stages: [StageRecord], _ database: Database) throws {
    let run =
      (try Int.fetchOne(database, sql: "SELECT max(runId) FROM runs") ?? 0) + 1
    for stage in stages {
      try database.execute(
        sql: """
          INSERT INTO runs (runId, stage, night, inputDigest, startedAt, seconds, figures)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          run, stage.stage, stage.night, stage.inputDigest,
          stage.startedAt.formatted(.iso8601), stage.seconds, stage.figures,
        ])
    }
  }
}
