import Astrometry
import Astro
public import Dynamics
import GRDB

/// What was seen in one exposure of one observatory.
public struct VisitKey: Sendable, Hashable, Comparable, CustomStringConvertible {
  public var observatory: ObservatoryCode
  /// MJD of the evening.
  public var night: Int
  /// Its number, or `t` and the midpoint [MJD TAI] where detections have no visit number.
  public var name: String

  public init(observatory: ObservatoryCode, night: Int, name: String) {
    self.observatory = observatory
    self.night = night
    self.name = name
  }

  public init(_ stored: StoredDetection) {
    let detection = stored.detection
    self.init(
      observatory: detection.observatory, night: stored.night,
      name: detection.visit.map { "\($0)" } ?? "t\(detection.midpoint.mjd)")
  }

  public var description: String { "\(name) of \(observatory)" }

  public static func < (a: VisitKey, b: VisitKey) -> Bool {
    (a.night, a.observatory, a.name.utf8.count, a.name)
      < (b.night, b.observatory, b.name.utf8.count, b.name)
  }
}

/// What is held of a visit that something is wrong with, or that the operator decided on.
public struct VisitJudgement: Sendable, Hashable {
  public enum Judgement: String, Sendable, Codable, CaseIterable {
    /// A run found it wrong: left out.
    case suspect
    /// The operator left it out.
    case aside
    /// The operator says that it is good.
    case kept
    /// The operator left it to the next run.
    case open

    /// Whether its detections are left out.
    var leavesOut: Bool { self == .suspect || self == .aside }
  }

  public var visit: VisitKey
  public var judgement: Judgement
  /// `offset`, `clock`, `order`, or `operator`.
  public var kind: String
  public var reason: String
  /// Observed minus predicted, RA × cos(dec) and dec [arcsec].
  public var offsetArcsec: (ra: Double, dec: Double)?
  /// What its times lack [s].
  public var clockSeconds: Double?
  /// Known objects that it was judged by, and its detections.
  public var knownCount: Int?
  public var detectionCount: Int?
  /// When the operator last spoke about it; nil: never.
  public internal(set) var decidedAt: String?

  public init(
    visit: VisitKey, judgement: Judgement, kind: String, reason: String,
    offsetArcsec: (ra: Double, dec: Double)? = nil, clockSeconds: Double? = nil,
    knownCount: Int? = nil, detectionCount: Int? = nil
  ) {
    self.visit = visit
    self.judgement = judgement
    self.kind = kind
    self.reason = reason
    self.offsetArcsec = offsetArcsec
    self.clockSeconds = clockSeconds
    self.knownCount = knownCount
    self.detectionCount = detectionCount
  }

  public static func == (a: VisitJudgement, b: VisitJudgement) -> Bool {
    a.visit == b.visit && a.judgement == b.judgement && a.kind == b.kind && a.reason == b.reason
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(visit)
    hasher.combine(judgement)
  }

  /// What releases by this judgement are known by.
  static let releasePrefix = "visit set aside: "
}

extension Catalog {
  /// Numbers of a night's visits that known objects were left out of.
  package func visitsWithoutKnown(night: Int) throws(CatalogError) -> Set<Int64> {
    try read("reading visits") { database in
      Set(
        try Int64.fetchAll(
          database, sql: "SELECT visit FROM visits WHERE night = ? AND knownLeftOut",
          arguments: [night]))
    }
  }

  /// The visits of some nights that there is a judgement on, by night, observatory and name.
  public func visitJudgements(
    nights: ClosedRange<Int>
  ) throws(CatalogError) -> [VisitJudgement] {
    try read("reading judgements of visits") { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT observatory, night, visit, judgement, kind, reason, offsetRa, offsetDec,
            clockSeconds, nKnown, nDiaSources, decidedAt FROM visitJudgements WHERE night BETWEEN ? AND ?
          """, arguments: [nights.lowerBound, nights.upperBound]
      ).compactMap { row -> VisitJudgement? in
        guard let observatory = ObservatoryCode(row[0] as String),
          let judgement = VisitJudgement.Judgement(rawValue: row[3])
        else { return nil }
        let (ra, dec): (Double?, Double?) = (row[6], row[7])
        var found = VisitJudgement(
          visit: VisitKey(observatory: observatory, night: row[1], name: row[2]),
          judgement: judgement, kind: row[4], reason: row[5],
          offsetArcsec: ra.flatMap { ra in dec.map { (ra, $0) } }, clockSeconds: row[8],
          knownCount: row[9], detectionCount: row[10])
        found.decidedAt = row[11]
        return found
      }.sorted { $0.visit < $1.visit }
    }
  }

  /// Replaces what runs found about a night's visits; the operator's word stays. Detections of
  /// visits that are set aside are taken from their objects. One transaction with the stage's
  /// record.
  public func judge(
    night: Int, _ judgements: [VisitJudgement], stage: StageRecord, runId: Int
  ) throws(CatalogError) {
    try write("judging visits") { database in
      try database.execute(
        sql: """
          DELETE FROM visitJudgements WHERE night = ? AND judgement = 'suspect' AND decidedAt IS NULL
          """, arguments: [night])
      try database.execute(
        sql: """
          UPDATE visitJudgements SET judgement = 'open' WHERE night = ? AND judgement = 'suspect'
          """, arguments: [night])
      for judgement in judgements { try Self.set(judgement, byOperator: false, database) }
      try Self.record(stage, runId, database)
    }
  }

  /// The operator's word on visits: set aside, kept whatever a run finds, or left to the next run.
  public func decide(_ judgements: [VisitJudgement]) throws(CatalogError) {
    try write("judging visits") { database in
      for judgement in judgements { try Self.set(judgement, byOperator: true, database) }
    }
  }

  private static func set(
    _ judgement: VisitJudgement, byOperator: Bool, _ database: Database
  ) throws {
    let visit = judgement.visit
    let now = byOperator ? "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')" : "NULL"
    // The operator's word stands against a run's.
    let conflict =
      "DO UPDATE SET judgement = excluded.judgement, kind = excluded.kind, reason = excluded.reason,"
      + (byOperator
        ? " decidedAt = excluded.decidedAt"
        : """
         offsetRa = excluded.offsetRa, offsetDec = excluded.offsetDec,
          clockSeconds = excluded.clockSeconds, nKnown = excluded.nKnown
          WHERE visitJudgements.judgement = 'open'
        """)
    try database.execute(
      sql: """
        INSERT INTO visitJudgements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, \(now))
        ON CONFLICT \(conflict)
        """,
      arguments: [
        visit.observatory.description, visit.night, visit.name, judgement.judgement.rawValue,
        judgement.kind, judgement.reason, judgement.offsetArcsec?.ra, judgement.offsetArcsec?.dec,
        judgement.clockSeconds, judgement.knownCount, judgement.detectionCount,
      ])
    guard database.changesCount > 0 else { return }
    if judgement.judgement.leavesOut {
      try release(visit, reason: VisitJudgement.releasePrefix + judgement.reason, database)
    } else {
      try giveBack(visit, database)
    }
  }

  /// A condition on `DiaSource`, with its arguments.
  private static func condition(_ visit: VisitKey) -> (sql: String, arguments: StatementArguments) {
    let place: StatementArguments = [visit.night, visit.observatory.description]
    if visit.name.hasPrefix("t"), let midpoint = Double(visit.name.dropFirst()) {
      return (
        "night = ? AND observatory = ? AND visit IS NULL AND midpointMjdTai = ?",
        place + [midpoint]
      )
    }
    return ("night = ? AND observatory = ? AND visit = ?", place + [Int64(visit.name)])
  }

  private static func release(_ visit: VisitKey, reason: String, _ database: Database) throws {
    let (sql, arguments) = condition(visit)
    let ids = try Int64.fetchAll(
      database,
      sql: "SELECT diaSourceId FROM DiaSource WHERE \(sql) AND ssObjectId IS NOT NULL",
      arguments: arguments)
    guard !ids.isEmpty else { return }
    let revision = try Revision(database, reason)
    try release(ids, reason: reason, revision, database)
  }

  /// Detections that were taken from their objects because of their visit may come back to them.
  private static func giveBack(_ visit: VisitKey, _ database: Database) throws {
    let (sql, arguments) = condition(visit)
    try database.execute(
      sql: """
        DELETE FROM releasedSources WHERE reason LIKE '\(VisitJudgement.releasePrefix)%'
          AND diaSourceId IN (SELECT diaSourceId FROM DiaSource WHERE \(sql))
        """, arguments: arguments)
  }

  /// Whether detections of a visit are there.
  public func detectionCount(of visit: VisitKey) throws(CatalogError) -> Int {
    try read("counting detections") { database in
      let (sql, arguments) = Self.condition(visit)
      return try Int.fetchOne(
        database, sql: "SELECT count(*) FROM DiaSource WHERE \(sql)", arguments: arguments) ?? 0
    }
  }
}
