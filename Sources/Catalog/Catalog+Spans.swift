import GRDB

/// How many detections an object has here, and over which time.
public struct ObservedSpan: Sendable, Hashable {
  public var count: Int
  public var firstMjdTai: Double
  public var lastMjdTai: Double
}

extension Catalog {
  /// What `SSObject` says of the detections of some objects; those that have none are left out.
  ///
  /// - Parameter limits: of some of them [MJD TAI]: only later detections count.
  public func observedSpans(
    ofObjects ids: [Int64], after limits: [Int64: Double] = [:]
  ) throws(CatalogError) -> [Int64: ObservedSpan] {
    try read("reading objects") { database in
      let statement = try database.makeStatement(
        sql: "SELECT nObs, firstObservationMjdTai, arc FROM SSObject WHERE ssObjectId = ?")
      let later = try database.makeStatement(
        sql: """
          SELECT count(*), min(midpointMjdTai), max(midpointMjdTai) FROM DiaSource
          WHERE ssObjectId = ? AND midpointMjdTai > ?
          """)
      var found: [Int64: ObservedSpan] = [:]
      for id in ids {
        if let limit = limits[id] {
          guard let row = try Row.fetchOne(later, arguments: [id, limit]),
            let first = row[1] as Double?, let last = row[2] as Double?
          else { continue }
          found[id] = ObservedSpan(count: row[0], firstMjdTai: first, lastMjdTai: last)
          continue
        }
        guard let row = try Row.fetchOne(statement, arguments: [id]) else { continue }
        let (count, first, arc): (Int, Double?, Double?) = (row[0], row[1], row[2])
        guard let first else { continue }
        found[id] = ObservedSpan(count: count, firstMjdTai: first, lastMjdTai: first + (arc ?? 0))
      }
      return found
    }
  }

  /// Objects whose orbit in force came from elsewhere, it or a part of the object since a revision,
  /// that one included, and that have detections: by ascending number.
  public func objectsWithNewImports(sinceRevision first: Int) throws(CatalogError) -> [Int64] {
    try read("reading imported orbits") { database in
      try Int64.fetchAll(
        database,
        sql: """
          SELECT o.ssObjectId FROM SSObject o JOIN mpc_orbits m USING (ssObjectId)
          JOIN orbitSolutions s ON s.solutionId = m.solutionId
          WHERE s.source <> '\(OrbitSolution.ownSource)' AND (m.sinceRevision >= ?1
            OR o.ssObjectId IN (SELECT mergedInto FROM retiredObjects WHERE sinceRevision >= ?1))
          ORDER BY o.ssObjectId
          """, arguments: [first])
    }
  }
}
