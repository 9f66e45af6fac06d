import GRDB

/// Something that happened to an object.
public struct ObjectEvent: Sendable, Hashable, Codable {
  public var revision: Int
  /// UTC, ISO 8601; nil for what was before the history began.
  public var at: String?
  /// What made the revision: a stage of a run, an import, an operator's command.
  public var by: String?
  public var what: String
}

extension Catalog {
  /// The life of an object from its first detection on: detections that came and were let go, orbits,
  /// names, parts, states; in the order of the catalog's revisions.
  public func history(ofObject id: Int64) throws(CatalogError) -> [ObjectEvent] {
    try read("reading an object's history") { database in
      var events: [(revision: Int, order: Int, what: String)] = []
      for (order, sql) in Self.eventQueries.enumerated() {
        let rows = try Row.fetchCursor(database, sql: sql, arguments: [id])
        while let row = try rows.next() { events.append((row[0], order, row[1])) }
      }
      let revisions = try database.makeStatement(
        sql: "SELECT at, what FROM revisions WHERE revision = ?")
      return try events.sorted {
        ($0.revision, $0.order, $0.what) < ($1.revision, $1.order, $1.what)
      }
      .map { event in
        let row = try Row.fetchOne(revisions, arguments: [event.revision])
        return ObjectEvent(
          revision: event.revision, at: row?[0], by: row?[1], what: event.what)
      }
    }
  }

  /// Each gives revision and words; ?1 is the object.
  private static let eventQueries = [
    """
    SELECT sinceRevision, 'is called ' || name || ' too (' || kind || ', by ' || source || ')'
    FROM (SELECT name, kind, source, sinceRevision FROM designations WHERE ssObjectId = ?1
      UNION SELECT name, kind, source, sinceRevision FROM designationsHistory
      WHERE ssObjectId = ?1)
    """,
    """
    SELECT sinceRevision, designation || ' (' || ssObjectId || ') became a part of it'
    FROM retiredObjects WHERE mergedInto = ?1
    """,
    """
    SELECT sinceRevision, 'became a part of ' || mergedInto FROM retiredObjects
    WHERE ssObjectId = ?1
    """,
    "SELECT since, count(*) || ' detections came' FROM (\(comings)) GROUP BY since",
    """
    SELECT until, count(*) || ' detections were let go' || CASE WHEN count(*) = 1
      THEN ' (' || min(diaSourceId) || ')' ELSE '' END
    FROM (
      SELECT diaSourceId, max(untilRevision) AS until FROM SSSourceHistory h
      WHERE ssObjectId = ?1 AND NOT EXISTS (
        SELECT 1 FROM SSSource s WHERE s.diaSourceId = h.diaSourceId AND s.ssObjectId = ?1)
      GROUP BY diaSourceId)
    GROUP BY until
    """,
    """
    SELECT max(1, (SELECT coalesce(max(revision), 1) FROM revisions r
        WHERE r.firstSolutionId <= s.solutionId)),
      'orbit ' || solutionId || CASE WHEN source <> '\(OrbitSolution.ownSource)'
        THEN ' of ' || source
        WHEN priorSolutionId IS NOT NULL THEN ', improved from orbit ' || priorSolutionId
        ELSE ', fitted' END
      || coalesce(' (' || nObs || ' observations' || coalesce(
        ', rms ' || round(rmsArcsec, 3) || '″', '') || ')', '')
    FROM orbitSolutions s WHERE ssObjectId = ?1
    """,
    """
    SELECT sinceRevision, state || ': ' || reason FROM (
      SELECT state, reason, sinceRevision FROM objectStates WHERE ssObjectId = ?1
      UNION SELECT state, reason, sinceRevision FROM objectStatesHistory WHERE ssObjectId = ?1)
    """,
  ]

  /// When each detection came to the object for the first time.
  private static let comings = """
    SELECT diaSourceId, min(sinceRevision) AS since FROM (
      SELECT diaSourceId, sinceRevision FROM SSSource WHERE ssObjectId = ?1 UNION ALL
      SELECT diaSourceId, sinceRevision FROM SSSourceHistory WHERE ssObjectId = ?1)
    GROUP BY diaSourceId
    """
}
