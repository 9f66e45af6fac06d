public import Astrometry
import Astro
public import Dynamics
import GRDB

/// A detection as the catalog has it.
public struct StoredDetection: Sendable {
  public var detection: Detection
  /// MJD of the evening of its night.
  public var night: Int
  /// The object that it belongs to, when one is known.
  public var ssObjectId: Int64?

  public init(detection: Detection, night: Int, ssObjectId: Int64? = nil) {
    self.detection = detection
    self.night = night
    self.ssObjectId = ssObjectId
  }
}

extension Catalog {
  /// The detections of some nights, in the order of time, then identifier.
  ///
  /// - Parameters:
  ///   - free: only those that are no object's.
  ///   - includingSetAside: also those of visits that are set aside (`visitJudgements`).
  public func detections(
    nights: ClosedRange<Int>, free: Bool = false, includingSetAside: Bool = false
  ) throws(CatalogError) -> [StoredDetection] {
    let all = try detections(
      "WHERE night BETWEEN ? AND ?" + (free ? " AND ssObjectId IS NULL" : ""),
      [nights.lowerBound, nights.upperBound])
    return includingSetAside ? all : try withoutSetAside(all, nights)
  }

  /// The detections of a night that are no object's, or one's that we found ourselves and that goes
  /// by no other name yet; without those of visits that are set aside.
  public func unsettledDetections(night: Int) throws(CatalogError) -> [StoredDetection] {
    try withoutSetAside(
      try detections(
        "WHERE night = ? AND (ssObjectId IS NULL OR ssObjectId >= ?)",
        [night, OwnDesignation.firstIdentifier]), night...night)
  }

  private func withoutSetAside(
    _ all: [StoredDetection], _ nights: ClosedRange<Int>
  ) throws(CatalogError) -> [StoredDetection] {
    let aside = Set(
      try visitJudgements(nights: nights).filter(\.judgement.leavesOut).map(\.visit))
    return aside.isEmpty ? all : all.filter { !aside.contains(VisitKey($0)) }
  }

  /// All detections that belong to any of some objects, in the order of time, then identifier.
  public func detections(ofObjects ids: [Int64]) throws(CatalogError) -> [StoredDetection] {
    var found: [StoredDetection] = []
    for start in stride(from: 0, to: ids.count, by: Self.idsAtOnce) {
      let list = ids[start..<min(ids.count, start + Self.idsAtOnce)].map(String.init)
      found += try detections("WHERE ssObjectId IN (\(list.joined(separator: ",")))", [])
    }
    guard ids.count > Self.idsAtOnce else { return found }
    return found.sorted { a, b in
      let (x, y) = (a.detection, b.detection)
      return x.midpoint != y.midpoint ? x.midpoint < y.midpoint : x.diaSourceId < y.diaSourceId
    }
  }

  /// A statement's text is no longer than SQLite takes.
  static let idsAtOnce = 20_000

  private func detections(
    _ condition: String, _ arguments: StatementArguments
  ) throws(CatalogError) -> [StoredDetection] {
    try read("reading detections") { database in
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT diaSourceId, sourceId, midpointMjdTai, ra, dec, raErr, decErr, ra_dec_Cov, mag,
            magErr, band, observatory, visit, designation, trailLength, trailAngle, observerX,
            observerY, observerZ, night, ssObjectId, extendedness
          FROM DiaSource \(condition) ORDER BY midpointMjdTai, diaSourceId
          """, arguments: arguments)
      var found: [StoredDetection] = []
      while let row = try rows.next() {
        let code: String = row[11]
        guard let observatory = ObservatoryCode(code) else {
          throw CatalogError.database(
            path: path, action: "reading detections",
            reason: "\"\(code)\" in DiaSource.observatory is no observatory code")
        }
        found.append(Self.stored(row, observatory: observatory))
      }
      return found
    }
  }

  private static func stored(_ row: Row, observatory: ObservatoryCode) -> StoredDetection {
    let x: Double? = row[16]
    var detection = Detection(
      diaSourceId: row[0], sourceId: row[1], midpoint: Epoch<TAI>(mjd: row[2]), raDeg: row[3],
      decDeg: row[4], raErrDeg: row[5], decErrDeg: row[6], raDecCovDeg2: row[7], mag: row[8],
      magErr: row[9], band: row[10], observatory: observatory, visit: row[12],
      designation: row[13], trailLengthArcsec: row[14], trailAngleDeg: row[15],
      extendedness: row[21],
      observerGeocentricKm: x.map { Vector3($0, row[17], row[18]) })
    // Of catalogs that took impossible errors in as they were stated.
    detection.dropImpossibleErrors()
    return StoredDetection(detection: detection, night: row[19], ssObjectId: row[20])
  }

  /// How many detections of some nights each observatory made, most first.
  public func observatoryCounts(
    nights: ClosedRange<Int>
  ) throws(CatalogError) -> [(observatory: ObservatoryCode, count: Int)] {
    try read("counting detections") { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT observatory, count(*) FROM DiaSource WHERE night BETWEEN ? AND ?
          GROUP BY observatory ORDER BY 2 DESC, 1
          """, arguments: [nights.lowerBound, nights.upperBound]
      ).compactMap { row in ObservatoryCode(row[0] as String).map { ($0, row[1]) } }
    }
  }
}
