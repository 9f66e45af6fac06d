import Foundation
import GRDB

/// What a run found out about one object: everything that the catalog is to hold of it.
public struct ObjectUpdate: Sendable {
  public var ssObjectId: Int64
  public var designation: String
  /// All its detections, each once.
  public var sources: [SSSourceRecord]
  /// First and last time [MJD TAI].
  public var firstMjdTai: Double
  public var lastMjdTai: Double
  /// Detections in each of LSST's bands (u, g, r, i, z, y); others count in none.
  public var bandCounts: [String: Int]
  /// Brightness in each of LSST's bands that has magnitudes.
  public var bandPhotometry: [String: BandPhotometry] = [:]
  public var solution: OrbitSolution?
  public var tisserandJupiter: Double?
  /// Minimum orbit intersection distance to the Earth [au], and where on the object's orbit: true
  /// anomaly [deg].
  public var moidEarth: (distanceAU: Double, trueAnomalyDeg: Double)?
  /// Objects that turned out to be parts of this one.
  public var absorbed: [Int64]

  public init(
    ssObjectId: Int64, designation: String, sources: [SSSourceRecord], firstMjdTai: Double,
    lastMjdTai: Double, bandCounts: [String: Int], solution: OrbitSolution?,
    tisserandJupiter: Double?, moidEarth: (distanceAU: Double, trueAnomalyDeg: Double)? = nil,
    absorbed: [Int64] = []
  ) {
    self.ssObjectId = ssObjectId
    self.designation = designation
    self.sources = sources
    self.firstMjdTai = firstMjdTai
    self.lastMjdTai = lastMjdTai
    self.bandCounts = bandCounts
    self.solution = solution
    self.tisserandJupiter = tisserandJupiter
    self.moidEarth = moidEarth
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
      // First everything is let go, then taken: a detection may go from one object to another.
      var release = try BulkInsert(
        database, sql: "UPDATE DiaSource SET ssObjectId = NULL WHERE ssObjectId = ?")
      var forget = try BulkInsert(database, sql: "DELETE FROM SSSource WHERE ssObjectId = ?")
      for update in updates {
        for id in [update.ssObjectId] + update.absorbed {
          release.bind(id)
          try release.run()
          forget.bind(id)
          try forget.run()
        }
        for id in update.absorbed { try Self.retire(database, id, into: update.ssObjectId) }
      }
      try Self.write(updates, database)
      try Self.add(additions, database)
      try Self.note(released, night: stage.night, database)
      try database.execute(sql: "DELETE FROM pendingLinkages")
      try Self.record(stage, runId, database)
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

  private static func retire(_ database: Database, _ id: Int64, into survivor: Int64) throws {
    try database.execute(
      sql: """
        INSERT INTO retiredObjects (ssObjectId, designation, mergedInto)
        SELECT ssObjectId, designation, ? FROM SSObject WHERE ssObjectId = ?
        """, arguments: [survivor, id])
    try database.execute(
      sql: "UPDATE retiredObjects SET mergedInto = ? WHERE mergedInto = ?",
      arguments: [survivor, id])
    try database.execute(sql: "DELETE FROM SSObject WHERE ssObjectId = ?", arguments: [id])
    try database.execute(sql: "DELETE FROM mpc_orbits WHERE ssObjectId = ?", arguments: [id])
  }

  private static func write(_ updates: [ObjectUpdate], _ database: Database) throws {
    let bands = ["u", "g", "r", "i", "z", "y"]
    let columns =
      ["ssObjectId", "designation", "nObs", "arc", "firstObservationMjdTai", "tisserand_J"]
      + ["MOIDEarth", "MOIDEarthTrueAnomalyObject"]
      + bands.map { "\($0)_nObs" } + bands.flatMap(BandPhotometry.columns)
    var object = try BulkInsert(
      database,
      sql: """
        INSERT INTO SSObject (\(columns.joined(separator: ", ")))
        VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))
        ON CONFLICT (ssObjectId) DO UPDATE SET
          \(columns.dropFirst().map { "\($0) = excluded.\($0)" }.joined(separator: ", "))
        """)
    var take = try BulkInsert(
      database, sql: "UPDATE DiaSource SET ssObjectId = ? WHERE diaSourceId = ?")
    var source = try BulkInsert(database, sql: SSSourceRecord.insert)
    var solutions = try SolutionWriter(database)
    for update in updates {
      object.bind(update.ssObjectId)
      object.bind(update.designation)
      object.bind(update.sources.count)
      object.bind(update.lastMjdTai - update.firstMjdTai)
      object.bind(update.firstMjdTai)
      object.bind(update.tisserandJupiter)
      object.bind(update.moidEarth?.distanceAU)
      object.bind(update.moidEarth?.trueAnomalyDeg)
      for band in bands { object.bind(update.bandCounts[band] ?? 0) }
      for band in bands { BandPhotometry.bind(update.bandPhotometry[band], to: &object) }
      try object.run()
      for record in update.sources {
        take.bind(update.ssObjectId)
        take.bind(record.diaSourceId)
        try take.run()
        record.bind(
          to: &source, ssObjectId: update.ssObjectId, designation: update.designation)
        try source.run()
      }
      if let solution = update.solution {
        _ = try solutions.write(solution, id: update.ssObjectId)
      }
    }
  }
}
