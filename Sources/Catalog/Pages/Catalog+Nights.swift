import GRDB

/// How much a night brought.
public struct NightCounts: Sendable, Hashable {
  /// MJD of the evening.
  public var night: Int
  public var detections: Int
  /// Detections that are known objects', and those objects.
  public var attributed: Int
  public var objects: Int
}

/// A night with its visits and its run.
public struct NightPage: Sendable {
  public struct Visit: Sendable, Hashable {
    public var visit: Int64
    public var observatory: String
    public var midpointMjdTai: Double
    public var band: String?
    /// The middle of its detections [deg].
    public var raDeg: Double?
    public var decDeg: Double?
    public var detections: Int
  }

  public var counts: NightCounts
  public var visits: [Visit]
  /// Of the newest run that ended with this night; empty when there was none.
  public var stages: [StageRecord]
}

extension Catalog {
  private static let counts = """
    SELECT ?1, count(*), count(ssObjectId), count(DISTINCT ssObjectId) FROM DiaSource
    WHERE night = ?1
    """

  /// The newest nights that have detections.
  public func nights(limit: Int) throws(CatalogError) -> [NightCounts] {
    try read("reading nights") { database in
      // The newest first by the index, so that a page does not read the whole table.
      var nights: [NightCounts] = []
      var before = Int.max
      let last = try database.cachedStatement(
        sql: "SELECT max(night) FROM DiaSource WHERE night < ?")
      let counts = try database.cachedStatement(sql: Self.counts)
      while nights.count < limit, let night = try Int.fetchOne(last, arguments: [before]) {
        if let row = try Row.fetchOne(counts, arguments: [night]) { nights.append(Self.night(row)) }
        before = night
      }
      return nights
    }
  }

  private static func night(_ row: Row) -> NightCounts {
    NightCounts(night: row[0], detections: row[1], attributed: row[2], objects: row[3])
  }

  /// All of a night; nil when the catalog has nothing of it.
  public func nightPage(_ night: Int) throws(CatalogError) -> NightPage? {
    try read("reading a night") { database in
      let counts = try Row.fetchOne(database, sql: Self.counts, arguments: [night])
        .map(Self.night)
      let run = try Int.fetchOne(
        database, sql: "SELECT max(runId) FROM runs WHERE night = ? AND stage = ?",
        arguments: [night, Self.lastStage])
      let stages = try run.map {
        try Self.records(database, "WHERE runId = ? ORDER BY rowid", [$0])
      }
      guard let counts, counts.detections > 0 || stages != nil else { return nil }
      return NightPage(
        counts: counts, visits: try Self.visits(database, night), stages: stages ?? [])
    }
  }

  /// The middle of a visit is that of its detections, right ascensions by their sines and cosines.
  private static func visits(_ database: Database, _ night: Int) throws -> [NightPage.Visit] {
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT v.visit, v.observatory, v.midpointMjdTai, v.band, v.nDiaSources, m.ra, m.dec
        FROM visits v LEFT JOIN (
          SELECT visit, avg(dec) AS dec,
            degrees(atan2(avg(sin(radians(ra))), avg(cos(radians(ra))))) AS ra
          FROM DiaSource WHERE night = ?1 AND visit IS NOT NULL GROUP BY visit) m
          ON m.visit = v.visit
        WHERE v.night = ?1 ORDER BY v.midpointMjdTai
        """, arguments: [night])
    var visits: [NightPage.Visit] = []
    while let row = try rows.next() {
      let ra: Double? = row[5]
      visits.append(
        NightPage.Visit(
          visit: row[0], observatory: row[1], midpointMjdTai: row[2], band: row[3],
          raDeg: ra.map { $0 < 0 ? $0 + 360 : $0 }, decDeg: row[6], detections: row[4]))
    }
    return visits
  }
}
