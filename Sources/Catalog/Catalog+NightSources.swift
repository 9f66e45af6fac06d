import GRDB

/// A detection of a night with what is known of its object, for a report.
public struct NightSource: Sendable {
  /// Observatory and number of the visit, or its midpoint.
  public var visit: String
  public var raDeg: Double
  public var decDeg: Double
  public var mag: Double?
  public var band: String?
  public var ssObjectId: Int64?
  /// Observed minus computed [arcsec].
  public var alongArcsec: Double?
  public var acrossArcsec: Double?
  /// Of the object's orbit in force.
  public var perihelionAU: Double?
  public var eccentricity: Double?
}

extension Catalog {
  /// The detections of a night, in the order of time, then identifier.
  public func nightSources(night: Int) throws(CatalogError) -> [NightSource] {
    try read("reading a night") { database in
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT d.observatory || ' ' || coalesce(d.visit, d.midpointMjdTai), d.ra, d.dec, d.mag,
            d.band, d.ssObjectId, s.ephOffsetAlongTrack, s.ephOffsetCrossTrack, m.q, m.e
          FROM DiaSource d LEFT JOIN SSSource s ON s.diaSourceId = d.diaSourceId
          LEFT JOIN mpc_orbits m ON m.ssObjectId = d.ssObjectId
          WHERE d.night = ? ORDER BY d.midpointMjdTai, d.diaSourceId
          """, arguments: [night])
      var found: [NightSource] = []
      while let row = try rows.next() {
        found.append(
          NightSource(
            visit: row[0], raDeg: row[1], decDeg: row[2], mag: row[3], band: row[4],
            ssObjectId: row[5], alongArcsec: row[6], acrossArcsec: row[7], perihelionAU: row[8],
            eccentricity: row[9]))
      }
      return found
    }
  }

  /// The newest record of a stage for each of the last nights before one, the newest first.
  public func stageRecords(
    _ stage: String, before night: Int, count: Int
  ) throws(CatalogError) -> [StageRecord] {
    try read("reading the journal") { database in
      try Self.records(
        database,
        """
        WHERE stage = ?1 AND runId IN (SELECT max(runId) FROM runs WHERE stage = ?1 AND night < ?2
          GROUP BY night) ORDER BY night DESC LIMIT ?3
        """, [stage, night, count])
    }
  }
}
