public import Foundation
import GRDB

/// A stage of a nightly run, done.
public struct StageRecord: Sendable, Hashable {
  public var stage: String
  /// MJD of the evening of the last night of the window.
  public var night: Int
  /// Of everything that the run depends on; the same digest, the same result.
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

/// A run in the journal: its number, and the stages that are done, in the order of their ends.
public struct JournaledRun: Sendable {
  public let runId: Int
  public internal(set) var stages: [StageRecord]

  public func stage(_ name: String) -> StageRecord? { stages.first { $0.stage == name } }
}

extension Catalog {
  /// The stage whose record ends a run.
  public static let lastStage = "report"

  /// The newest run of a night with this input, complete or not.
  public func run(night: Int, inputDigest: String) throws(CatalogError) -> JournaledRun? {
    try read("reading the journal") { database in
      guard
        let id = try Int.fetchOne(
          database,
          sql: "SELECT max(runId) FROM runs WHERE night = ? AND inputDigest = ?",
          arguments: [night, inputDigest])
      else { return nil }
      return JournaledRun(
        runId: id,
        stages: try Self.records(
          database, "WHERE runId = ? ORDER BY rowid", [id]))
    }
  }

  /// Begins a run: its number is one that no other has. Runs that were left unfinished are struck
  /// from the journal: the catalog that they would go on from is no more. What they committed
  /// stays.
  public func beginRun() throws(CatalogError) -> JournaledRun {
    try write("beginning a run") { database in
      let last = Self.lastStage
      try database.execute(
        sql: """
          DELETE FROM runs WHERE runId NOT IN (SELECT runId FROM runs WHERE stage = ?)
          """, arguments: [last])
      try database.execute(sql: "DELETE FROM pendingLinkages")
      let newest = try Int.fetchOne(database, sql: "SELECT max(runId) FROM runs") ?? 0
      return JournaledRun(runId: newest + 1, stages: [])
    }
  }

  /// Strikes stages of a run from the journal, so that they are done again.
  public func forget(stages: [String], ofRun runId: Int) throws(CatalogError) {
    try write("striking stages from the journal") { database in
      for stage in stages {
        try database.execute(
          sql: "DELETE FROM runs WHERE runId = ? AND stage = ?", arguments: [runId, stage])
      }
    }
  }

  /// The newest record of a stage.
  public func lastStage(_ stage: String) throws(CatalogError) -> StageRecord? {
    try read("reading the journal") { database in
      try Self.records(
        database, "WHERE stage = ? ORDER BY runId DESC LIMIT 1", [stage]
      ).first
    }
  }

  /// The newest night of which a run was done to the end.
  public func newestNightDone() throws(CatalogError) -> Int? {
    try read("reading the journal") { database in
      try Int.fetchOne(
        database, sql: "SELECT max(night) FROM runs WHERE stage = ?", arguments: [Self.lastStage])
    }
  }

  /// Notes a stage that changes nothing else.
  public func record(_ stage: StageRecord, runId: Int) throws(CatalogError) {
    try write("writing the journal") { try Self.record(stage, runId, $0) }
  }

  static func records(
    _ database: Database, _ condition: String, _ arguments: StatementArguments
  ) throws -> [StageRecord] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT stage, night, inputDigest, startedAt, seconds, figures FROM runs \(condition)
        """, arguments: arguments
    ).map { row in
      let started = try? Date(row[3] as String, strategy: .iso8601)
      return StageRecord(
        stage: row[0], night: row[1], inputDigest: row[2], startedAt: started ?? .distantPast,
        seconds: row[4], figures: row[5])
    }
  }

  static func record(_ stage: StageRecord, _ runId: Int, _ database: Database) throws {
    try database.execute(
      sql: """
        INSERT INTO runs (runId, stage, night, inputDigest, startedAt, seconds, figures)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        runId, stage.stage, stage.night, stage.inputDigest, stage.startedAt.formatted(.iso8601),
        stage.seconds, stage.figures,
      ])
  }
}
