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
      try Self.change(
        updates, additions, released, what: stage.stage, night: stage.night, database)
      try database.execute(sql: "DELETE FROM pendingLinkages")
      try Self.record(stage, runId, database)
    }
  }

  /// As ``apply(_:additions:released:stage:runId:)``, for what is not a stage of a run.
  public func apply(
    _ updates: [ObjectUpdate], additions: [SourceAddition] = [], released: [ReleasedSource] = [],
    what: String, night: Int
  ) throws(CatalogError) {
    try write("updating objects") { database in
      try Self.change(updates, additions, released, what: what, night: night, database)
    }
  }

  private static func change(
    _ updates: [ObjectUpdate], _ additions: [SourceAddition], _ released: [ReleasedSource],
    what: String, night: Int, _ database: Database
  ) throws {
    let revision = try Revision(database, what)
    var changes = try letGo(updates, additions, database)
    let absorbed =
      updates.flatMap { update in update.absorbed.map { ($0, update.ssObjectId) } }
      + additions.flatMap { addition in addition.absorbed.map { ($0, addition.arc.ssObjectId) } }
    var forgive = try BulkInsert(
      database, sql: "DELETE FROM releasedSources WHERE diaSourceId = ? AND ssObjectId = ?")
    // What was taken from the survivor before is its own all the same.
    let joined =
      updates.filter { !$0.absorbed.isEmpty }.map { ($0.arc, $0.sources) }
      + additions.filter { !$0.absorbed.isEmpty }.map { ($0.arc, $0.sources) }
    for (arc, sources) in joined {
      for source in sources {
        forgive.bind(source.diaSourceId)
        forgive.bind(arc.ssObjectId)
        try forgive.run()
      }
    }
    for (id, survivor) in absorbed {
      try retire(database, id, into: survivor, revision: revision.number)
      changes += 1
    }
    changes += try write(updates, revision: revision.number, database)
    changes += try add(additions, revision: revision.number, database)
    try note(released, night: night, database)
    let whole = Set(updates.map(\.ssObjectId))
    try free(released.filter { !whole.contains($0.ssObjectId) }, database)
    for id in Set(released.map(\.ssObjectId)).subtracting(whole).sorted() {
      try recount(database, id, revision: revision.number)
      changes += 1
    }
    try revision.end(database, changes: changes)
  }

  /// First everything is let go, then taken: a detection may go from one object to another. Rows of
  /// `SSSource` that one of the updates writes again stay, so that only what changes has a past.
  private static func letGo(
    _ updates: [ObjectUpdate], _ additions: [SourceAddition], _ database: Database
  ) throws -> Int {
    let kept = Set(updates.flatMap(\.sources).map(\.diaSourceId))
      .union(additions.flatMap { $0.absorbed.isEmpty ? [] : $0.sources }.map(\.diaSourceId))
    let ids =
      updates.flatMap { [$0.ssObjectId] + $0.absorbed } + additions.flatMap(\.absorbed)
    var release = try BulkInsert(
      database, sql: "UPDATE main.DiaSource SET ssObjectId = NULL WHERE ssObjectId = ?")
    var forget = try BulkInsert(database, sql: "DELETE FROM SSSource WHERE diaSourceId = ?")
    let sources = try database.makeStatement(
      sql: "SELECT diaSourceId FROM SSSource WHERE ssObjectId = ?")
    var changes = 0
    for id in ids {
      release.bind(id)
      try release.run()
      for source in try Int64.fetchAll(sources, arguments: [id]) where !kept.contains(source) {
        forget.bind(source)
        changes += try forget.run()
      }
    }
    return changes
  }

  /// Takes detections from objects that have no update of their own, unless another one has taken
  /// them.
  private static func free(_ released: [ReleasedSource], _ database: Database) throws {
    var source = try BulkInsert(
      database, sql: "DELETE FROM SSSource WHERE diaSourceId = ? AND ssObjectId = ?")
    var detection = try BulkInsert(
      database,
      sql: "UPDATE main.DiaSource SET ssObjectId = NULL WHERE diaSourceId = ? AND ssObjectId = ?")
    for line in released {
      source.bind(line.diaSourceId)
      source.bind(line.ssObjectId)
      try source.run()
      detection.bind(line.diaSourceId)
      detection.bind(line.ssObjectId)
      try detection.run()
    }
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

  /// The detections that an object had when it became a part of another one, and are that one's now.
  package func formerSources(of id: Int64) throws(CatalogError) -> [Int64] {
    try read("reading former sources") { database in
      try Int64.fetchAll(
        database,
        sql: """
          SELECT h.diaSourceId FROM retiredObjects r JOIN SSSourceHistory h
            ON h.ssObjectId = r.ssObjectId AND h.untilRevision = r.sinceRevision
          JOIN SSSource s ON s.diaSourceId = h.diaSourceId AND s.ssObjectId = r.mergedInto
          WHERE r.ssObjectId = ? ORDER BY 1
          """, arguments: [id])
    }
  }

  /// Objects that became parts of one, with their designations.
  package func parts(of id: Int64) throws(CatalogError) -> [(id: Int64, designation: String)] {
    try read("reading retired objects") { database in
      try Row.fetchAll(
        database,
        sql: "SELECT ssObjectId, designation FROM retiredObjects WHERE mergedInto = ? ORDER BY 1",
        arguments: [id]
      ).map { ($0[0], $0[1]) }
    }
  }

  static func retire(
    _ database: Database, _ id: Int64, into survivor: Int64, revision: Int
  ) throws {
    try retireNames(database, id, into: survivor, revision: revision)
    try database.execute(sql: "DELETE FROM SSObject WHERE ssObjectId = ?", arguments: [id])
    try database.execute(sql: "DELETE FROM mpc_orbits WHERE ssObjectId = ?", arguments: [id])
    try database.execute(sql: "DELETE FROM objectStates WHERE ssObjectId = ?", arguments: [id])
  }

  private static func write(
    _ updates: [ObjectUpdate], revision: Int, _ database: Database
  ) throws -> Int {
    var changes = 0
    var object = try ObservedArcWriter(database, .replace, revision: revision)
    var take = try BulkInsert(
      database, sql: "UPDATE main.DiaSource SET ssObjectId = ? WHERE diaSourceId = ?")
    var source = try BulkInsert(database, sql: SSSourceRecord.upsert(revision: revision))
    var solutions = try SolutionWriter(database, revision: revision)
    var revive = try BulkInsert(database, sql: "DELETE FROM retiredObjects WHERE ssObjectId = ?")
    var ownName = try BulkInsert(database, sql: "DELETE FROM designations WHERE nameId = ?")
    for update in updates {
      // An object that was a part of another one and is one again.
      revive.bind(update.ssObjectId)
      if try revive.run() > 0 {
        ownName.bind(update.ssObjectId)
        try ownName.run()
        changes += 1
      }
      changes += try object.write(update.arc)
      for record in update.sources {
        take.bind(update.ssObjectId)
        take.bind(record.diaSourceId)
        try take.run()
        record.bind(
          to: &source, ssObjectId: update.ssObjectId, designation: update.designation)
        changes += try source.run()
      }
      if let solution = update.solution,
        try solutions.write(
          solution, id: update.ssObjectId, designation: update.designation) == .added
      {
        changes += 1
      }
    }
    return changes
  }
}
