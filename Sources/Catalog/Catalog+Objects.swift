import Foundation
import GRDB

/// What a run found out about one object: everything that the catalog is to hold of it, but for
/// what follows from it (``ObjectQuantities``).
public struct ObjectUpdate: Sendable {
  public var arc: ObservedArc
  /// All its detections, each once.
  public var sources: [SSSourceRecord]
  public var solution: OrbitSolution?
  /// Objects that turned out to be parts of this one.
  public var absorbed: [Int64]

  public var ssObjectId: Int64 { arc.ssObjectId }
  public var designation: String { arc.designation }

  public init(
    arc: ObservedArc, sources: [SSSourceRecord], solution: OrbitSolution?, absorbed: [Int64] = []
  ) {
    self.arc = arc
    self.sources = sources
    self.solution = solution
    self.absorbed = absorbed
  }
}

extension Catalog {
  /// Brings objects up to date and notes the stage that led there, all in one transaction.
  ///
  /// An object's detections, sources and SSObject row become exactly what the update says; its
  /// earlier orbits stay in `orbitSolutions`. Nothing waits for its fit any more.
  ///
  /// - Parameters:
  ///   - additions: to objects that stay as they are otherwise.
  ///   - released: detections that the updates leave out, with the reasons.
  public func apply(
    _ updates: [ObjectUpdate], additions: [SourceAddition] = [], released: [ReleasedSource] = [],
    stage: StageRecord, runId: Int
  ) throws(CatalogError) {
    try write("updating objects") { database in
      let revision = try Revision(database, stage.stage)
      var changes = try Self.letGo(updates, database)
      for update in updates {
        for id in update.absorbed {
          try Self.retire(database, id, into: update.ssObjectId, revision: revision.number)
          changes += 1
        }
      }
      changes += try Self.write(updates, revision: revision.number, database)
      changes += try Self.add(additions, revision: revision.number, database)
      try Self.note(released, night: stage.night, database)
      try database.execute(sql: "DELETE FROM pendingLinkages")
      try revision.end(database, changes: changes)
      try Self.record(stage, runId, database)
    }
  }

  /// First everything is let go, then taken: a detection may go from one object to another. Rows of
  /// `SSSource` that one of the updates writes again stay, so that only what changes has a past.
  private static func letGo(_ updates: [ObjectUpdate], _ database: Database) throws -> Int {
    let kept = Set(updates.lazy.flatMap { $0.sources.lazy.map(\.diaSourceId) })
    var release = try BulkInsert(
      database, sql: "UPDATE DiaSource SET ssObjectId = NULL WHERE ssObjectId = ?")
    var forget = try BulkInsert(database, sql: "DELETE FROM SSSource WHERE diaSourceId = ?")
    let sources = try database.makeStatement(
      sql: "SELECT diaSourceId FROM SSSource WHERE ssObjectId = ?")
    var changes = 0
    for update in updates {
      for id in [update.ssObjectId] + update.absorbed {
        release.bind(id)
        try release.run()
        for source in try Int64.fetchAll(sources, arguments: [id]) where !kept.contains(source) {
          forget.bind(source)
          changes += try forget.run()
        }
      }
    }
    return changes
  }

  /// Identifiers that were ever given, with their designations: of objects that are and that were.
  package func takenDesignations() throws(CatalogError) -> [Int64: String] {
    try read("reading identifiers") { database in
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT ssObjectId, designation FROM SSObject UNION
          SELECT ssObjectId, designation FROM retiredObjects UNION
          SELECT ssObjectId, designation FROM mpc_orbits WHERE ssObjectId >= ?
          """, arguments: [OwnDesignation.firstIdentifier])
      var taken: [Int64: String] = [:]
      while let row = try rows.next() { taken[row[0]] = row[1] }
      return taken
    }
  }

  static func retire(
    _ database: Database, _ id: Int64, into survivor: Int64, revision: Int
  ) throws {
    try database.execute(
      sql: """
        INSERT INTO retiredObjects (ssObjectId, designation, mergedInto, sinceRevision)
        SELECT ssObjectId, designation, ?, ? FROM SSObject WHERE ssObjectId = ?
        """, arguments: [survivor, revision, id])
    try database.execute(
      sql: "UPDATE retiredObjects SET mergedInto = ?, sinceRevision = ? WHERE mergedInto = ?",
      arguments: [survivor, revision, id])
    try database.execute(sql: "DELETE FROM SSObject WHERE ssObjectId = ?", arguments: [id])
    try database.execute(sql: "DELETE FROM mpc_orbits WHERE ssObjectId = ?", arguments: [id])
  }

  private static func write(
    _ updates: [ObjectUpdate], revision: Int, _ database: Database
  ) throws -> Int {
    var changes = 0
    var object = try ObservedArcWriter(database, .replace, revision: revision)
    var take = try BulkInsert(
      database, sql: "UPDATE DiaSource SET ssObjectId = ? WHERE diaSourceId = ?")
    var source = try BulkInsert(database, sql: SSSourceRecord.upsert(revision: revision))
    var solutions = try SolutionWriter(database, revision: revision)
    for update in updates {
      changes += try object.write(update.arc)
      for record in update.sources {
        take.bind(update.ssObjectId)
        take.bind(record.diaSourceId)
        try take.run()
        record.bind(
          to: &source, ssObjectId: update.ssObjectId, designation: update.designation)
        changes += try source.run()
      }
      if let solution = update.solution, try solutions.write(solution, id: update.ssObjectId) {
        changes += 1
      }
    }
    return changes
  }
}
