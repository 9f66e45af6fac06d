import GRDB

/// What follows from an object's orbit and detections: the columns of SSObject that are computed.
public struct ObjectQuantities: Sendable {
  public var ssObjectId: Int64
  public var moid: EarthMOID?
  public var tisserandJupiter: Double?
  /// Of the detections' `extendedness`; nil where none has one.
  public var extendedness: Extendedness?
  /// By band, of those of LSST's bands that have magnitudes.
  public var bands: [String: BandPhotometry] = [:]

  public init(ssObjectId: Int64) { self.ssObjectId = ssObjectId }

  public struct Extendedness: Sendable, Hashable {
    public var least: Double
    public var median: Double
    public var greatest: Double

    public init(least: Double, median: Double, greatest: Double) {
      self.least = least
      self.median = median
      self.greatest = greatest
    }
  }

  /// Where the object's orbit and the Earth's come nearest.
  public struct EarthMOID: Sendable, Hashable {
    public var distanceAU: Double
    /// Of the object against the Earth, each at its point [km/s].
    public var deltaVKmS: Double
    /// Ecliptic J2000 longitude of the Earth's point [deg], 0…360.
    public var eclipticLongitudeDeg: Double
    /// [deg], 0…360.
    public var trueAnomalyEarthDeg: Double
    public var trueAnomalyObjectDeg: Double

    public init(
      distanceAU: Double, deltaVKmS: Double, eclipticLongitudeDeg: Double,
      trueAnomalyEarthDeg: Double, trueAnomalyObjectDeg: Double
    ) {
      self.distanceAU = distanceAU
      self.deltaVKmS = deltaVKmS
      self.eclipticLongitudeDeg = eclipticLongitudeDeg
      self.trueAnomalyEarthDeg = trueAnomalyEarthDeg
      self.trueAnomalyObjectDeg = trueAnomalyObjectDeg
    }
  }
}

/// A detection of an object as the phase curve needs it.
public struct PhotometricSource: Sendable {
  public var band: String?
  public var mag: Double?
  public var magErr: Double?
  public var extendedness: Double?
  /// [au]
  public var helioRange: Double?
  public var topoRange: Double?
  /// [deg]
  public var phaseAngleDeg: Double?
}

extension Catalog {
  /// Objects whose row, sources or orbit changed at a revision or later, ascending.
  public func objectsChanged(sinceRevision revision: Int) throws(CatalogError) -> [Int64] {
    try read("reading objects") { database in
      try Int64.fetchAll(
        database,
        sql: """
          SELECT ssObjectId FROM SSObject o WHERE sinceRevision >= ?1
            OR (SELECT sinceRevision FROM mpc_orbits m WHERE m.ssObjectId = o.ssObjectId) >= ?1
          ORDER BY 1
          """, arguments: [revision])
    }
  }

  /// The newest revision's number.
  public func newestRevision() throws(CatalogError) -> Int {
    try read("reading revisions") {
      try Int.fetchOne($0, sql: "SELECT max(revision) FROM revisions") ?? 0
    }
  }

  /// The detections of some objects with their places relative to Sun and observer, in the order of
  /// time.
  public func photometricSources(
    ofObjects ids: [Int64]
  ) throws(CatalogError) -> [Int64: [PhotometricSource]] {
    try read("reading sources") { database in
      let statement = try database.makeStatement(
        sql: """
          SELECT d.band, d.mag, d.magErr, d.extendedness, s.helioRange, s.topoRange, s.phaseAngle,
            d.midpointMjdTai, d.diaSourceId
          FROM SSSource s JOIN DiaSource d USING (diaSourceId)
          WHERE s.ssObjectId = ? ORDER BY d.midpointMjdTai, d.diaSourceId
          """)
      var found: [Int64: [PhotometricSource]] = [:]
      for id in ids {
        let rows = try Row.fetchCursor(statement, arguments: [id])
        while let row = try rows.next() {
          found[id, default: []].append(
            PhotometricSource(
              band: row[0], mag: row[1], magErr: row[2], extendedness: row[3], helioRange: row[4],
              topoRange: row[5], phaseAngleDeg: row[6]))
        }
      }
      return found
    }
  }

  /// Writes what follows from objects' orbits and detections; nothing else of them changes.
  ///
  /// - Parameters:
  ///   - stage: noted in the same transaction, with the run's number.
  public func write(
    _ quantities: [ObjectQuantities], stage: (record: StageRecord, runId: Int)? = nil
  ) throws(CatalogError) {
    try write("writing objects' quantities") { database in
      let revision = try Revision(database, stage?.record.stage ?? "quantities")
      var changes = 0
      var object = try BulkInsert(database, sql: Self.quantityUpdate(revision.number))
      var orbit = try BulkInsert(
        database,
        sql: """
          UPDATE mpc_orbits SET earth_moid = ?1, sinceRevision = \(revision.number)
          WHERE ssObjectId = ?2 AND earth_moid IS NULL AND ?1 IS NOT NULL
          """)
      var state = try BulkInsert(database, sql: Self.stateUpdate(revision.number))
      for line in quantities {
        line.bind(to: &object)
        changes += try object.run()
        orbit.bind(line.moid?.distanceAU)
        orbit.bind(line.ssObjectId)
        changes += try orbit.run()
        state.bind(line.ssObjectId)
        changes += try state.run()
      }
      try revision.end(database, changes: changes)
      if let stage { try Self.record(stage.record, stage.runId, database) }
    }
  }

  private static func stateUpdate(_ revision: Int) -> String {
    """
    INSERT INTO objectStates (ssObjectId, state, reason, sinceRevision)
    SELECT o.ssObjectId, CASE WHEN \(isConfirmed) THEN 'confirmed' ELSE 'candidate' END,
      CASE WHEN s.source <> '\(OrbitSolution.ownSource)' OR s.priorSolutionId IS NOT NULL
          THEN 'its orbit is known elsewhere'
        WHEN \(isConfirmed) THEN 'four nights and more determine its orbit'
        ELSE 'its orbit is not determined by four nights yet' END, \(revision)
    FROM SSObject o LEFT JOIN mpc_orbits m USING (ssObjectId)
      LEFT JOIN orbitSolutions s ON s.solutionId = m.solutionId
    WHERE o.ssObjectId = ?
    ON CONFLICT (ssObjectId) DO UPDATE SET state = excluded.state, reason = excluded.reason,
      sinceRevision = \(revision)
    WHERE objectStates.state <> excluded.state OR objectStates.reason <> excluded.reason
    """
  }

  private static let quantityColumns =
    [
      "MOIDEarth", "MOIDEarthDeltaV", "MOIDEarthEclipticLongitude", "MOIDEarthTrueAnomaly",
      "MOIDEarthTrueAnomalyObject", "tisserand_J", "extendednessMax", "extendednessMedian",
      "extendednessMin",
    ] + SSObjectColumns.bands.flatMap(BandPhotometry.columns)

  private static func quantityUpdate(_ revision: Int) -> String {
    let list = quantityColumns.enumerated().map { "\($1) = ?\($0 + 1)" }
    let values = quantityColumns.indices.map { "?\($0 + 1)" }
    return """
      UPDATE SSObject SET \(list.joined(separator: ", ")), sinceRevision = \(revision)
      WHERE ssObjectId = ?\(quantityColumns.count + 1)
        AND (\(quantityColumns.joined(separator: ", "))) IS NOT (\(values.joined(separator: ", ")))
      """
  }
}

extension ObjectQuantities {
  fileprivate func bind(to statement: inout BulkInsert) {
    statement.bind(moid?.distanceAU)
    statement.bind(moid?.deltaVKmS)
    statement.bind(moid?.eclipticLongitudeDeg)
    statement.bind(moid?.trueAnomalyEarthDeg)
    statement.bind(moid?.trueAnomalyObjectDeg)
    statement.bind(tisserandJupiter)
    statement.bind(extendedness?.greatest)
    statement.bind(extendedness?.median)
    statement.bind(extendedness?.least)
    for band in SSObjectColumns.bands { BandPhotometry.bind(bands[band], to: &statement) }
    statement.bind(ssObjectId)
  }
}
